"""What the documents say of each of some things: two that are compared, or one that is asked for as a word alone."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from kb.answering.reading import Read, Scored, read
from kb.models.reader.passage_reader import Reader
from kb.text.context import in_context
from kb.text.folding import fold
from kb.text.stems import stems
from kb.types import Document, Hit, Question

_PASSAGES_OF_EACH = 6
_UNITS_OF_EACH = 2
_IS_A, _IN_BRACKETS, _FARTHEST = 1, 2, 3
_PRONOUN = re.compile(r"(?:Il|Elle|Ils|Elles|Son|Sa|Ses|Leur|Leurs) ")
_ARTICLE = r"(?:l'|les? |la |une? )"
_IS = r"(?:est|sont|etait|designe\w*|signifie\w*|veut dire|regroupe\w*|rassemble\w*)"
_AN_AMOUNT = (
    r"d'environ |de (?:l'ordre |pres |plus |moins )?(?:de |d')?\d"  # « the THING est de 564,78 € » says not what
)

Acronyms = Mapping[str, Sequence[str]]
"""What acronyms, folded, stand for."""


def of_each(
    question: Question, things: Sequence[str], hits: Sequence[Hit], reader: Reader, acronyms: Acronyms
) -> list[Read] | None:
    """What is read about each of the `things`, as of a question of its own; None where one is not spoken of."""
    found = []
    is_alone = len(things) == 1
    for thing in things:
        names, forms = _names_and_forms(thing, question, acronyms)
        # What spells an acronym out says what it is.
        held = [(sum(form <= _held(hit) for form in forms), hit) for hit in hits]
        spoken = [
            (_farness(names, hit.passage.text), not (is_alone and _is_page_of(names, hit.document)), -number, hit)
            for number, hit in held
            if number
        ]
        own = [hit for *_, hit in sorted(spoken, key=lambda found: found[:3])][:_PASSAGES_OF_EACH]
        if not own:
            return None
        # As a word alone: what its words are in tells nothing of what it is.
        alone = replace(question, standalone=thing, figure=None, names=())
        about = read(alone, own, reader)
        of_its_page = _of_its_page(names, forms, about.units) if is_alone else []
        named = [unit for unit in about.units if any(form <= set(stems(_said(unit))) for form in forms)]
        if not named and not of_its_page:
            return None
        named.sort(key=lambda unit: (*_plainness(thing, names, unit.evidence.text, acronyms), -_spelt(forms, unit)))
        best = named[:_UNITS_OF_EACH]
        if of_its_page and (not best or _farness(names, best[0].evidence.text) == _FARTHEST):
            best = of_its_page
        elif (nearest := _farness(names, best[0].evidence.text)) < _FARTHEST:
            # Beside what says what it is, only what says so too, or goes on about it.
            others = [unit for unit in best[1:] if _is_about(names, unit.evidence.text)]
            best = [best[0], *(others or (_going_on(best[0], about.units) if nearest == _IS_A else []))]
        found.append(Read(tuple(best), about.relevances))
    return found


def is_spoken_of(thing: str, question: Question, hits: Sequence[Hit], acronyms: Acronyms) -> bool:
    """Whether one of the passages of `hits` holds all words of a thing, or of another form of it."""
    _, forms = _names_and_forms(thing, question, acronyms)
    return any(form <= _held(hit) for hit in hits for form in forms)


def _names_and_forms(thing: str, question: Question, acronyms: Acronyms) -> tuple[tuple[str, ...], list[set[str]]]:
    names = (thing, *acronyms.get(fold(thing), ()))
    return names, [*_forms(thing, question), *(set(stems(name)) for name in names[1:])]


def _going_on(unit: Scored, units: Sequence[Scored]) -> list[Scored]:
    """The unit right behind another one that says more of the same thing: « Elle a été créée… »."""
    return [other for other in _behind(unit, units)[:1] if _PRONOUN.match(other.evidence.text)]


def _behind(unit: Scored, units: Sequence[Scored]) -> list[Scored]:
    """The units behind another one in its passage, in their order."""
    evidence = unit.evidence
    behind = [
        other
        for other in units
        if other.evidence.passage.id == evidence.passage.id and other.evidence.start > evidence.end - 1
    ]
    return sorted(behind, key=lambda other: other.evidence.start)


def _is_page_of(names: Sequence[str], document: Document) -> bool:
    """Whether a document has a thing for its subject: its title is one of the names, alone, or with what it says of it
    (« The parks: a hundred in three years »), and no question.
    """
    said = "|".join(re.escape(fold(name)) for name in names)
    titled = rf"\W*{_ARTICLE}?(?:{said})(?: \([^)]*\))?(?:\s*(?::|,(?! le \d)|$)| - )"
    return "?" not in document.title and re.match(titled, fold(document.title)) is not None


def _of_its_page(names: Sequence[str], forms: Sequence[set[str]], units: Sequence[Scored]) -> list[Scored]:
    """What the document about a thing says of it: its first sentence with the one behind, where that names it, answers
    likelier than not, or nothing does; else its best ones. None without such a document.
    """
    own = [one for one in units if one.evidence.kind == "sentence" and _is_page_of(names, one.evidence.document)]
    begun = [one for one in own if one.evidence.passage.ordinal == 0]
    best = sorted((one for one in own if one.read > 0), key=lambda one: -one.read)
    if begun:
        first = min(begun, key=lambda one: one.evidence.start)
        if first.read > 0 or not best or any(form <= set(stems(first.evidence.text)) for form in forms):
            return [first, *_behind(first, begun)][:_UNITS_OF_EACH]
    return best[:_UNITS_OF_EACH]


def defines(thing: str, unit: Scored, acronyms: Acronyms, *, by_place: bool = False) -> bool:
    """Whether a unit says what a thing is by its form: « THING : what it is », « the THING is a… », « … (THING) »; or,
    `by_place`, because the document about it says it.
    """
    names = (thing, *acronyms.get(fold(thing), ()))
    if by_place and unit.evidence.kind == "sentence" and _is_page_of(names, unit.evidence.document):
        return True
    return _farness(names, unit.evidence.text) < _FARTHEST


def spelled_out(thing: str, text: str, acronyms: Acronyms) -> str | None:
    """What stands for a thing right before its name in brackets: « the programme of parks (THING) », as written; None
    where it does not, or where the text says more of the thing than that.
    """
    if _farness((thing, *acronyms.get(fold(thing), ())), text) != _IN_BRACKETS:
        return None
    for name in sorted(acronyms.get(fold(thing), ()), key=len, reverse=True):
        for match in re.finditer(rf" \({re.escape(thing)}\)", text, re.IGNORECASE):
            said = text[: match.start()][-len(name) :]
            if fold(said) == fold(name):
                return said
    return None


def _farness(names: Sequence[str], text: str) -> int:
    """0 where a line has the form « THING : what it is », 1 for « the THING is a… », under one of its names, 2 where
    the thing stands in brackets after what it is.
    """
    folded = fold(text)
    said = "|".join(re.escape(fold(name)) for name in names)
    if re.search(rf"^[-*•\s]*{re.escape(fold(names[0]))}\s*:", folded, re.MULTILINE):
        return 0
    if re.search(
        rf"(?:^|[.!?»] )\W*{_ARTICLE}?(?:{said})(?: \([^)]*\))?,? {_IS} (?!{_AN_AMOUNT})(?:un|l|d|ce)", folded
    ):
        return 1
    if re.search(rf"\w \({re.escape(fold(names[0]))}\)", folded) or _is_named(names[0], folded):
        return _IN_BRACKETS
    return _FARTHEST


def _is_named(thing: str, folded: str) -> bool:
    """Whether a line gives a thing its acronym, or names what it has just described: « … is left: the lowest sum. »."""
    name = re.escape(fold(thing))
    named = rf"\b{name} \([a-z]{{2,8}}\)|: {_ARTICLE}{name}\W*$"
    return len(thing.split()) > 1 and re.search(named, folded) is not None


def _plainness(thing: str, names: Sequence[str], text: str, acronyms: Acronyms) -> tuple[int, bool]:
    return _farness(names, text), spelled_out(thing, text, acronyms) is None


def _is_about(names: Sequence[str], text: str) -> bool:
    """Whether a line says what the thing is, in brackets only where it begins so: « the programme (THING) helps… »."""
    full = "|".join(re.escape(fold(name)) for name in names[1:]) or "[^.,;:()]*"
    begins = rf"\W*{_ARTICLE}?(?:{full}) ?\({re.escape(fold(names[0]))}\)"
    nearest = _IN_BRACKETS if re.match(begins, fold(text)) else _IS_A
    return _farness(names, text) <= nearest


def _spelt(forms: Sequence[set[str]], unit: Scored) -> int:
    held = set(stems(unit.evidence.text))
    return sum(form <= held for form in forms)


def _said(unit: Scored) -> str:
    return f"{unit.evidence.context}\n{unit.evidence.text}"


def _held(hit: Hit) -> set[str]:
    return set(stems(in_context(hit.document, hit.passage)))


def _forms(thing: str, question: Question) -> list[set[str]]:
    """The stems of a thing as written, and of a word alone those of its other forms: an acronym spelled out, say."""
    own = set(stems(thing))
    same = [group for group in question.groups if any(own & set(way.stems) for way in group)]
    return [own, *(set(way.stems) for group in same for way in group)] if len(own) == 1 else [own]
