"""Messages for staff: what they say in plain words, and behind « Détails techniques » the settings and commands that
only who runs the application has a use for.
"""

from __future__ import annotations

import re

from kb.text.sentences import sentence_spans
from kb.web.render import escape

TECHNICAL = "Détails techniques"
FOR_WHO_RUNS_IT = "La personne qui gère l'application peut y remédier."
_JARGON = re.compile(r"\bREPERES_\w+|\breperes [a-z-]+|(?<!\w)--[a-z-]+")
_APART = re.compile(r"\s*\(([^()]*(?:\bREPERES_\w+|\breperes [a-z-]+)[^()]*)\)")


def plain_and_technical(text: str) -> tuple[str, str]:
    """A message in two: what it says in plain words, and its settings and commands, empty without any.

    « note.pdf : plus de 10 Mo (REPERES_MAX_FILE_MB). » is « note.pdf : plus de 10 Mo. » and « REPERES_MAX_FILE_MB ».
    """
    technical = [match[1].strip() for match in _APART.finditer(text)]
    plain: list[str] = []
    rest = _APART.sub("", text)
    for start, end in sentence_spans(rest):
        sentence = rest[start:end].strip()
        (technical if _JARGON.search(sentence) else plain).append(sentence)
    if technical and not plain:
        plain.append(FOR_WHO_RUNS_IT)
    return " ".join(plain) if technical else text, " ".join(technical)


def plain_html(text: str) -> str:
    """A message as HTML, for what may hold more than words: a `<div>` or a `<li>`, not a `<p>`."""
    plain, technical = plain_and_technical(text)
    if not technical:
        return escape(plain)
    return (
        f'{escape(plain)}<details class="technical"><summary>{escape(TECHNICAL)}</summary>'
        f"<p>{escape(technical)}</p></details>"
    )
