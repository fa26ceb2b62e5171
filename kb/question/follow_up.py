"""Follow-up questions: what a question means by itself, given what was said before."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence

from kb.question.intent import names
from kb.question.known_names import CAPITAL, NO_NAMES, Gender, KnownNames
from kb.question.substitution import is_fragment, put_instead
from kb.text.folding import fold
from kb.text.stems import stems, words
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
_TURNS = 6  # of the user that are looked back on
_FEW_WORDS = 3
_LONGEST_BEFORE = 400  # characters: both questions together stay within what the encoder reads
_LONGEST_BETWEEN = 150  # of them, for a follow-up between the question that named the subject and this one

# A thing with its article: « la convention tripartite de 2018 ».
_ADJECTIVE = r"[a-zà-ÿ]+(?:ale|elle|aire|ique|ive|euse|ite|al|el|if|ain|aine)"
_COMPLEMENT = (
    rf"(?: (?:de la|de|du|des) (?:[a-zà-ÿ]{{3,}}|{CAPITAL}|\d{{4}})| (?:d'|de l')(?:[a-zà-ÿ]{{3,}}|{CAPITAL}))"
)
_THING = re.compile(
    rf"(?<![\w'-])(?P<det>la |le |l'|cette |ce |du |au )(?P<noun>{CAPITAL}|[a-zà-ÿ]{{4,}})"
    rf"(?P<rest>(?: {_ADJECTIVE}(?![\w'-])| {CAPITAL})*{_COMPLEMENT}*)(?= ?(?P<after>[\w'-]*))"
)
_BARE_NAME = re.compile(rf"(?<=\w )(?<!\bla )(?<!\ble )(?<!\bdu )(?<!\bau ){CAPITAL}")
_ENDS = frozenset("a est ont sont en et depuis dans pour par avec selon".split())  # words that no thing's name holds
# What the question before asks for is named by its answer, and may be what the pronoun stands for.
_NAMED_BY_ANSWER = re.compile(r"\b(?:qui|quels?|quelles?|lequel|laquelle|un|une)\b")
_INVERTED = re.compile(
    r"(?:quand|comment|pourquoi|où|(?:depuis|jusqu'à) quand|combien)\s+(?P<verb>[\w']+)-(?:t-)?(?P<pronoun>il|elle)\b"
    r"(?P<rest>[\w ,-]*\??)",
    re.IGNORECASE,
)
_OBJECT = re.compile(r"qui (?P<pronoun>le|la) (?P<verb>[a-zà-ÿ]+e|finit|dirige|conduit)(?P<rest> ?\?*)", re.IGNORECASE)
_IMPERSONAL = re.compile(r"(?:^|')(?:a|faut|fallait|faudra|reste|existe|suffit|vaut|agit|manque|convient)$")
_ANOTHER_PRONOUN = re.compile(r"\b(?:le|la|les|lui|leur|y|en|son|sa|ses) \w+(?:er|ir|re)\b|\b(?:cela|ca|celui|celle)\b")


def standalone_question(question: str, history: Sequence[Message] = (), known: KnownNames = NO_NAMES) -> str:
    """`question` in words that need no history, as the user's questions before it let it be understood.

    A first question, and one that stands by itself, is returned unchanged. One that points back says what it points
    to where that is sure (« Et pour l'école ? », « Qui le préside ? »); else the question before stands in front.
    `known` holds the names of the base; without them only rules of French tell.
    """
    asked = [
        " ".join(message.content.split()) for message in history if message.role == "user" and message.content.strip()
    ]
    before, between = "", ""  # the question that named the subject, the follow-up to it that is not understood alone
    for earlier in asked[-_TURNS:]:
        shortened = textwrap.shorten(earlier, _LONGEST_BEFORE, placeholder="…")
        before, between = _understood(shortened, before, between, known)
    if not before or not _points_back(question, known):
        return question
    before, between = _understood(question.strip(), before, between, known)
    return f"{before} {between}".strip()


def _understood(question: str, before: str, between: str, known: KnownNames) -> tuple[str, str]:
    """(what names the subject, what follows it) once `question` is asked after the two before."""
    if not before or not _points_back(question, known):
        return question, ""
    if not between and (alone := put_instead(question, before, known) or _with_antecedent(question, before, known)):
        return alone, ""
    if between:
        room = _LONGEST_BEFORE - _LONGEST_BETWEEN
        between = textwrap.shorten(between, _LONGEST_BETWEEN, placeholder="…")
        before = f"{textwrap.shorten(before, room, placeholder='…')} {between}"
    return before, question


def _with_antecedent(question: str, previous: str, known: KnownNames) -> str | None:
    """« Quand a-t-elle été signée ? », « Qui le préside ? » with the one thing of `previous` that is meant."""
    plain = " ".join(question.replace("’", "'").split())
    inverted, objected = _INVERTED.fullmatch(plain), _OBJECT.fullmatch(plain)
    match = inverted or objected
    if match is None or _ANOTHER_PRONOUN.search(fold(match["rest"])):
        return None
    if inverted and _IMPERSONAL.search(match["verb"]) and not re.match(r" (?:été|\w+(?:é|i|u)e?\b)", match["rest"]):
        return None
    gender: Gender = "f" if match["pronoun"].lower() in {"elle", "la"} else "m"
    thing = _only_thing(previous.replace("’", "'"), gender, known)
    if thing is None:
        return None
    if objected:
        return f"Qui {match['verb']} {thing}{match['rest'] or ' ?'}"
    return f"{plain[: match.start('verb')]}{thing} {plain[match.start('verb') :]}"


def _only_thing(previous: str, gender: Gender, known: KnownNames) -> str | None:
    """The one thing in `previous` that a pronoun of this gender can stand for, with its article."""
    if _NAMED_BY_ANSWER.search(fold(previous)) or re.search(r"[?:;].*\w", previous) or _BARE_NAME.search(previous):
        return None
    found, position = [], 0
    while match := _THING.search(previous, position):
        position = match.end("noun")
        of = _gender(match["det"].strip(), match["noun"], known)
        if of not in {gender, None}:
            continue
        after = fold(match["after"])
        if of is None or (after and after not in _ENDS):
            return None  # not sure what it is, or where it ends
        article = {"du ": "le ", "au ": "le ", "cette ": "la ", "ce ": "le "}.get(match["det"], match["det"])
        found.append(f"{article}{match['noun']}{match['rest']}")
    return found[0] if len(found) == 1 else None


def _gender(determiner: str, noun: str, known: KnownNames) -> Gender | None:
    if determiner != "l'":
        return "f" if determiner in {"la", "cette"} else "m"
    return known.gender(noun)


def _points_back(question: str, known: KnownNames) -> bool:
    folded = fold(question)
    if is_fragment(question, known) or _GOES_ON.match(folded) or _BEGINS_WITH_PRONOUN.match(folded):
        return True
    if names(question) or (_ACRONYM.search(question) and any(letter.islower() for letter in question)):
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
