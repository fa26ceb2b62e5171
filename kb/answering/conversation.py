"""Follow-up questions: what a question means by itself, given what was said before."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence

from kb.french.folding import fold
from kb.french.stems import stems
from kb.types import Message

# Words that point back, and beginnings that go on from what was said.
_POINTS_BACK = re.compile(
    r"\b(?:ils?|elles?|celui|celle|ceux|celles|leurs?|cela|ca|ci|la|y|en|son|sa|ses|dernier|derniere|premier|premiere|"
    r"deuxieme|second|seconde|troisieme|autres?|avant|apres|precedente?|suivante?|meme)\b"
)
_GOES_ON = re.compile(r"(?:et|mais|pourtant|alors|donc|aussi|sinon|ok|pourquoi|quand|combien|ou|qui)\b")
_FEW_WORDS = 4
_LONGEST_BEFORE = 400  # characters: both questions together stay within what the encoder reads


def standalone_question(question: str, history: Sequence[Message] = ()) -> str:
    """`question` in words that need no history: with the user's question before in front when it points back to it.

    A first question, and one that stands by itself, is returned unchanged.
    """
    previous = next((each.content for each in reversed(history) if each.role == "user"), None)
    if previous is None or not _needs_history(question):
        return question
    return f"{textwrap.shorten(previous, _LONGEST_BEFORE, placeholder='…')} {question.strip()}"


def _needs_history(question: str) -> bool:
    folded = fold(question)
    content = len(stems(question))
    if re.match(r"(?:et|mais|pourtant)\b", folded):
        return True
    if content <= _FEW_WORDS and _GOES_ON.match(folded):
        return True
    return bool(_POINTS_BACK.search(folded)) and content <= 2 * _FEW_WORDS
