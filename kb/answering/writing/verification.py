"""Does the evidence prove what a language model wrote? Sentence by sentence; what is not proven is left out.

A sentence stands when every figure, date and proper name of it is held by a passage that it cites (or its document's
title or date), most of its words are there, and it does not deny what the evidence says. One with figures or names must
besides follow a single unit of evidence nearly word for word: whose figure it is, is what a small model mixes up. A
sentence without a number, or with the wrong one, gets the number of the evidence that proves it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import LCSseq

from kb.answering.hostile import harmless, is_hostile
from kb.answering.proof.citations import marked, numbers_in, without_marks
from kb.answering.proof.draft import marked_sentences
from kb.answering.proof.exactness import inexact
from kb.question.intent import names
from kb.text.context import in_context
from kb.text.figures import figures, missing_figures
from kb.text.folding import fold, visible
from kb.text.stems import stems, words
from kb.types import Evidence

_LEAST_SUPPORT = 0.5  # of the words of a sentence, in the passages that it cites
_LEAST_IN_ORDER = 0.8  # of a sentence with figures or names: « les communes ont réglé 35 % de leur part » must fail
# where the document says « la région avait réglé 35 % de sa part et les communes 45 % de la leur »
_LEAST_TO_CITE = 0.6  # for a citation that the model did not give itself
_LINK = re.compile(r"!?\[([^\]\d][^\]]*)\]\([^)]*\)")
_URL = re.compile(
    r"(?:https?://|www\.)\S+|\b[a-z\d-]+(?:\.[a-z\d-]+)*\.[a-z]{2,}/\S|"
    r"\b[a-z\d-]+\.(?:com|org|net|fr|eu|io|info|example|test|app|dev|biz|xyz)\b",
    re.IGNORECASE,
)
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,200}>")
# A sentence may begin with a word that no document needs to hold; any other word of its beginning must be there.
_OPENERS = frozenset(
    "ainsi cependant toutefois neanmoins selon enfin ensuite puis depuis cela ceci celle celui celles ceux cet cette "
    "egalement aussi notamment actuellement aujourd'hui desormais dernierement concernant outre parmi total oui non "
    "or donc alors mais car ils elles voici quant lors afin".split()
)
_DENIES = re.compile(r"\b(?:ne|n')\b|\bn'|\bjamais\b|\baucune?s?\b|\bpas\b|\bni\b|\bsans\b")
_SHORT_ACRONYM = re.compile(r"\b[A-Z]{2,}[A-Z0-9+]*\b")
_BULLET = re.compile(r"^(\s*)(?:[-*•]|\d{1,2}[.)])\s+")
_HEADING = re.compile(r"^\s*#+\s*")


@dataclass(frozen=True, slots=True)
class Verified:
    """What is proven of a draft: its text, `[n]` numbered from 1 in the order of `used`, and what was left out."""

    text: str
    used: tuple[Evidence, ...]
    removed: tuple[tuple[str, str], ...]


def verify(draft: str, evidence: Sequence[Evidence]) -> Verified:
    """The sentences of `draft` that `evidence` proves; in the draft, `[n]` is the n-th unit of evidence, from 1.

    `removed` holds each sentence left out with the reason, in French.
    """
    sources = [_source(unit) for unit in evidence]
    used: list[int] = []
    removed: list[tuple[str, str]] = []
    lines: list[str] = []
    for bullet, sentences in _lines(draft):
        kept: list[str] = []
        for sentence in sentences:
            bare = without_marks(sentence)
            if not any(sign.isalnum() for sign in bare):
                continue
            cited = [number - 1 for number in numbers_in(sentence) if 0 < number <= len(evidence)]
            proof, reason = _proof(bare, cited, evidence, sources)
            if not proof:
                removed.append((bare, reason))
                continue
            used += [index for index in proof if index not in used]
            kept.append(marked(bare, [used.index(index) + 1 for index in proof]))
        if kept:
            lines.append(bullet + " ".join(kept))
    return Verified("\n".join(lines), tuple(evidence[index] for index in used), tuple(removed))


def lost_figures(text: str, units: Sequence[Evidence]) -> list[str]:
    """The figures of `units` that `text` does not hold, as they are written there."""
    return [figure.text for unit in units for figure in missing_figures(unit.text, [text])]


def _proof(
    sentence: str, cited: Sequence[int], evidence: Sequence[Evidence], sources: Sequence[str]
) -> tuple[list[int], str]:
    """The evidence (indexes) that proves a sentence, none with the reason when there is none."""
    if is_hostile(sentence) or _URL.search(sentence):
        return [], "consigne ou adresse"
    if figures(sentence) or _names(sentence):
        # A passage may hold the figure of one and the name of another: both must come from one unit, in its order.
        following = [index for index in range(len(evidence)) if _follows(sentence, evidence[index])]
        order = sorted(following, key=lambda index: index not in cited)
        for index in order:
            if not (reason := _fault(sentence, sources[index], [evidence[index]], _LEAST_SUPPORT)):
                return [index], ""
        together = "\n".join(sources[index] for index in cited)
        reason = _fault(sentence, together, [evidence[index] for index in cited], 0.0) if cited else ""
        return [], reason or "aucune phrase citée ne dit cela de cette façon"
    if cited:
        together = "\n".join(sources[index] for index in cited)
        reason = _fault(sentence, together, [evidence[index] for index in cited], _LEAST_SUPPORT)
        if not reason:
            return list(cited), ""
    else:
        reason = "aucun passage ne la prouve"
    # The number is wrong or missing: the unit that proves it by itself, the nearest first.
    said = set(stems(sentence))
    order = sorted(range(len(evidence)), key=lambda index: -len(said & set(stems(evidence[index].text))))
    for index in order:
        if not _fault(sentence, sources[index], [evidence[index]], _LEAST_TO_CITE):
            return [index], ""
    return [], reason


def _follows(sentence: str, unit: Evidence) -> bool:
    """Whether a sentence follows a unit: nearly all its words and figures stand there, in the same order."""
    said = _sequence(sentence)
    return int(LCSseq.similarity(said, _sequence(unit.text))) >= _LEAST_IN_ORDER * len(said)


def _sequence(text: str) -> list[str]:
    """The stems of a text in order, each figure as its value: « 12 Md€ » and « 12 milliards d'euros » are one."""
    found, at = [], 0
    for figure in figures(text):
        found += [*stems(text[at : figure.start]), f"#{figure.value.normalize()}"]
        at = figure.end
    return [*found, *stems(text[at:])]


def _fault(sentence: str, source: str, units: Sequence[Evidence], least: float) -> str:
    """Why `source` does not prove `sentence`, in French; empty when it does."""
    if missing := missing_figures(sentence, [source]):
        return f"« {missing[0].text} » n'est pas dans le passage cité"
    if wrong := inexact(sentence, source, units_elsewhere=any(unit.passage.table_header for unit in units)):
        return f"« {wrong} » n'est pas dit ainsi dans le passage cité"
    there = set(words(source))
    if (first := _first_word(sentence)) and not set(stems(first)) <= set(stems(source)):
        return f"« {first} » n'est pas dans le passage cité"
    for name in _names(sentence):
        if not set(words(name)) <= there:
            return f"« {name} » n'est pas dans le passage cité"
    said = set(stems(sentence))
    held = said & set(stems(source))
    if said and len(held) < least * len(said):
        return "le passage cité ne dit pas cela"
    nearest = max(units, key=lambda unit: len(said & set(stems(f"{unit.context} {unit.text}"))))
    if _denies(sentence) != _denies(f"{nearest.context} {nearest.text}"):
        return "elle nie ce que le passage dit, ou l'inverse"
    return ""


def _denies(text: str) -> bool:
    return bool(_DENIES.search(fold(text)))


def _names(sentence: str) -> list[str]:
    """Proper names and acronyms, the first word of the sentence apart when it is no acronym."""
    return list(dict.fromkeys([*names(sentence), *_SHORT_ACRONYM.findall(sentence)]))


def _first_word(sentence: str) -> str:
    """The first word when it may be a name (« Lille compte… »): a capital says nothing there."""
    match = re.match(r"\W*(?:[LDldQqJjCcSsNn]['’])?([^\W\d_][^\W_]*(?:-[^\W_]+)*)", sentence)
    if match is None or not any(sign.isupper() for sign in match[0]) or fold(match[1]) in _OPENERS:
        return ""
    return match[1]


def _source(unit: Evidence) -> str:
    """All that may prove a sentence that cites a unit: its passage, with what says where and when it was written.

    Nothing of it that is hostile: an order in a heading, or beside the unit, would prove what it orders.
    """
    return harmless(in_context(unit.document, unit.passage, unit.passage.text, unit.text))


def _plain(draft: str) -> str:
    """A draft without what no reader sees, links and images (their text stays), and the tags of HTML."""
    return _TAG.sub("", _LINK.sub(r"\1", visible(draft)))


def _lines(draft: str) -> Iterator[tuple[str, list[str]]]:
    """The lines of a draft as (bullet, sentences with their marks), without links, images and headings."""
    for line in _plain(draft).splitlines():
        bullet = "- " if _BULLET.match(line) else ""
        plain = _HEADING.sub("", _BULLET.sub("", line)).replace("**", "").strip()
        if not plain:
            continue
        yield bullet, marked_sentences(plain)
