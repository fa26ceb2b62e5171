"""Follow-up questions: what a question means by itself, given what was said before."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence

from kb.answering.question import names
from kb.french.folding import fold
from kb.french.stems import stems, words
from kb.types import Message

# A question that goes on from what was said.
_GOES_ON = re.compile(r"(?:et|mais|pourtant|sinon|alors|donc|ok|oui|non|d'accord)\b(?!-)")
# Words that stand for something said before, unless the question itself says it first.
_PRONOUNS = frozenset("il ils elle elles celui celle ceux celles cela".split())
_BEGINS_WITH_PRONOUN = re.compile(r"(?:ils?|elles?|celui|celle|ceux|celles|cela)\b")
_POINTING = re.compile(r"(?<!-)\b(?:cet|cette|ces|son|sa|ses|leurs?)\b|(?<![-'])\bce (?!qu|sont|ser|fut|n)")
_ASKS = re.compile(r"(?:\w+ )?(?:quand|quels?|quelles?|combien|cb|comment|ou|qui|que|quoi|pourquoi)\b")
_PLACES = frozenset("deuxieme second seconde troisieme dernier derniere precedent precedente suivant suivante".split())
# « Qu'est-ce qu'un internat ? » has one word to say and needs no other; nor has « c'est quoi l'ingénierie ? ».
_DEFINITION = re.compile(r"qu'est[ -]ce qu|c'est quoi|\bc quoi|\bveut dire|\bsignifie|\bdefini")
_ACRONYM = re.compile(r"\b[A-Z]{2,}")
_INSTEAD = re.compile(
    r"(?:et|mais)[ ,]+(?:(?:pour|en|dans|avec|sur|du|de|au|à|depuis)\s+)?(?:(?:le|la|les)\s+|l['’])?"
    r"(?P<new>[\w+]+)\s*[?.!]*",
    re.IGNORECASE,
)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_CAPITALS = re.compile(r"\b[A-Z]{2,}[A-Z+]*\b")
_TURNS = 6  # of the user that are looked back on
_FEW_WORDS = 3
_LONGEST_BEFORE = 400  # characters: both questions together stay within what the encoder reads


def standalone_question(question: str, history: Sequence[Message] = ()) -> str:
    """`question` in words that need no history: with the user's question before in front when it points back to it.

    A first question, and one that stands by itself, is returned unchanged. So is one in doubt: an answer about the
    subject before, to a question about another one, would be wrong without looking it.
    """
    asked = [each.content for each in history if each.role == "user"][-_TURNS:]
    if not asked or not _points_back(question):
        return question
    previous = asked[-1]
    # « Et pour le PNRU ? », then « Et en 2020 ? »: the one before is itself understood after those before it.
    if len(asked) > 1 and _INSTEAD.fullmatch(previous.strip()):
        previous = standalone_question(previous, [Message("user", each) for each in asked[:-1]])
    if instead := _put_instead(question, previous):
        return instead
    return f"{textwrap.shorten(previous, _LONGEST_BEFORE, placeholder='…')} {question.strip()}"


def _put_instead(question: str, previous: str) -> str | None:
    """« Et pour le PNRU ? » after a question about one other acronym or year: that question about this one.

    None when it says more, or when what it stands for is not the only one of its kind in the question before.
    """
    match = _INSTEAD.fullmatch(question.strip())
    if match is None:
        return None
    new = match["new"]
    for kind in (_YEAR, _CAPITALS):
        if kind.fullmatch(new):
            old = list(dict.fromkeys(kind.findall(previous)))
            return re.sub(rf"(?<!\w){re.escape(old[0])}(?!\w)", new, previous) if len(old) == 1 else None
    return None


def _points_back(question: str) -> bool:
    folded = fold(question)
    if _GOES_ON.match(folded) or _BEGINS_WITH_PRONOUN.match(folded):
        return True
    if names(question) or (_ACRONYM.search(question) and any(each.islower() for each in question)):
        return False  # it says whom it is about
    content = set(stems(question))
    if not content or _pronoun_comes_first(folded):
        return True
    if len(content) > _FEW_WORDS or _DEFINITION.search(folded):
        return False
    said = set(words(question))
    # « L'école, elle est où ? » says itself what « elle » is; « quelle part paie-t-elle ? » does not.
    if _POINTING.search(folded) or (said & _PRONOUNS and _ASKS.match(folded)):
        return True
    return len(content) == 1 or (bool(said & _PLACES) and len(content) == 2)


def _pronoun_comes_first(folded: str) -> bool:
    """Whether a pronoun stands before any word that it could stand for: « quand a-t-elle été signée ? »."""
    for word in words(folded):
        if word in _PRONOUNS:
            return True
        if stems(word):
            return False
    return False
