"""Titles that programs write into a file when its author gave none."""

from __future__ import annotations

import re

from ingest.readers.block_builder import one_line

_NO_TITLE = re.compile(
    r"(?:microsoft (?:word|powerpoint|excel)\b.*|\(?anonym(?:ous|e)\)?|untitled.*|sans(?: |-)titre.*"
    r"|(?:document|classeur|book|workbook|presentation|présentation|diapositive|slide|feuil(?:le)?|sheet) ?\d*"
    r"|présentation powerpoint|powerpoint[- ]presentation|titre(?: de la présentation| du document)?|title|projet"
    r"|.*\.(?:docx?|od[pst]|pdf|pptx?|xlsx?|rtf|csv)|[\W\d_]*)",
    re.IGNORECASE,
)


def meaningful(title: object) -> str | None:
    """`title` on one line when somebody gave it, None when a program did, or nobody."""
    text = one_line(title) if isinstance(title, str) else ""
    return None if _NO_TITLE.fullmatch(text) else text
