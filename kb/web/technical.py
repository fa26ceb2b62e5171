"""Words for whoever runs the application, apart from those for whoever uses it: commands and names of settings."""

from __future__ import annotations

import re

from kb.web import strings
from kb.web.render import escape

_TECHNICAL = re.compile(r"\breperes [a-z]|\bREPERES_[A-Z]")
_BETWEEN_SENTENCES = re.compile(r"(?<=[.!?])\s+(?=[A-ZÀ-Ý«])")


def told_html(text: str) -> str:
    """`text` as HTML, its sentences that name a command or a setting behind « Détails techniques ».

    A text of such sentences alone stays as it is: it would say nothing else.
    """
    sentences = _BETWEEN_SENTENCES.split(text)
    plain = [sentence for sentence in sentences if not _TECHNICAL.search(sentence)]
    technical = [sentence for sentence in sentences if _TECHNICAL.search(sentence)]
    if not plain or not technical:
        return escape(text)
    return f"{escape(' '.join(plain))} {details_html(escape(' '.join(technical)))}"


def details_html(inner: str) -> str:
    """`inner`, HTML, folded."""
    return f'<details class="technical"><summary>{escape(strings.TECHNICAL)}</summary>{inner}</details>'
