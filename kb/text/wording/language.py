"""In which language a text is written, as far as it matters here: French or English."""

from __future__ import annotations

import re
from typing import Literal

from kb.text.folding import fold

Language = Literal["fr", "en"]

# Words of grammar that the other language does not have.
_FRENCH = frozenset(
    "le la les des du de un une et est sont dans pour par avec sur qui que quoi quel quelle quels quelles combien ou "
    "comment pourquoi quand au aux ce cette ces ne pas il elle ils elles nous vous leur leurs se sa son ses".split()
)
_ENGLISH = frozenset(
    "the of and is are was were in for by with from which what who whom whose how why when where does do did has have "
    "had this these those that not it they their its an to at be been can could would should will much many".split()
)
_WORD = re.compile(r"[a-z]+")


def language(text: str) -> Language | None:
    """The language whose words of grammar are more, None where neither has any or both as many."""
    found = _WORD.findall(fold(text))
    french = sum(word in _FRENCH for word in found)
    english = sum(word in _ENGLISH for word in found)
    return "fr" if french > english else "en" if english > french else None
