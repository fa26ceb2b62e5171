"""« Et pour le Fonds vert ? », « Et en 2020 ? »: the question before, about another thing of the same kind.

Every function gives None when it is not sure: the question before then stays in front, which loses nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from kb.question.known_names import KnownNames
from kb.text.folding import fold
from kb.text.months import MONTHS

Kind = Literal["year", "programme", "ordinal", "name"]

_LEAD = r"(?:(?:et|mais|sinon|ok|d'accord)[ ,]+)?(?:(?:qu'en est-il|quid|même question|pareil|idem)[ ,]*)?"
_PREPOSITION = r"pour|en|dans|avec|sur|de|du|d'|des|au|aux|à|par|chez|depuis"
_FRAGMENT = re.compile(
    rf"(?P<lead>{_LEAD})(?:(?P<prep>{_PREPOSITION})(?:(?<=')|\s+))?(?:(?P<article>le|la|les)\s+|(?P<elided>l'))?"
    r"(?P<new>[\w+'-]+(?:\s+[\w+'-]+){0,4})(?:\s+(?:alors|aussi))?\s*[?.!]*",
    re.IGNORECASE,
)
# What is counted stands in the plural right after its number: « 2000 élèves » is no year, « en 2020 dans… » is one.
_PLURAL = r"(?!(?:alors|apres|après|dans|depuis|mais|plus|puis|sans|sous|vers)\b)[a-zà-ÿ'-]{3,}[sx]\b"
_YEAR = re.compile(rf"(?<![\w.,-])(?:19|20)\d\d(?![\w%€-]| ?(?:€|%|euro\b)| {_PLURAL})")
_BEFORE_YEAR = re.compile(r"(?:\b(?P<prep>[a-zà-ÿ]+)\s+)?$", re.IGNORECASE)
_MONTH_OR_DAY = re.compile(rf"\b(?:{'|'.join(MONTHS)}|\d{{1,2}})$")
_ORDINAL = re.compile(r"(?:premi(?:er|ère)|second|seconde|dernier|dernière|[a-zà-ÿ]+ième)", re.IGNORECASE)
_NOT_A_NAME = frozenset(
    "combien quel quelle quels quelles qui que qu quoi quand comment pourquoi ou est l le la les un une des du de d a "
    "au aux en et sur pour dans par depuis c ce cite donne compare y je".split()
)
_DETERMINER = re.compile(
    r"(?:(?<=\s)|^)(?P<det>de l'|de la |à l'|à la |du |des |au |aux |d'|l'|le |la |les |de |à )$", re.I
)
_SPLIT = {
    "de l'": ("de", "l'"), "de la ": ("de", "la"), "à l'": ("à", "l'"), "à la ": ("à", "la"), "du ": ("de", "le"),
    "des ": ("de", "les"), "au ": ("à", "le"), "aux ": ("à", "les"), "d'": ("de", ""), "l'": ("", "l'"),
    "le ": ("", "le"), "la ": ("", "la"), "les ": ("", "les"), "de ": ("de", ""), "à ": ("à", ""),
}  # fmt: skip
_CONTRACTED = {("de", "le"): "du", ("de", "les"): "des", ("à", "le"): "au", ("à", "les"): "aux"}
_GENDERS = {"le": "m", "la": "f"}
_OTHER_PREPOSITION = re.compile(r"\b(?:par|pour|dans|sur|avec|chez|en) $", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Element:
    """Something that another of its kind can take the place of; `det` is what stands before it, as (preposition,
    article), and begins at `start`."""

    kind: Kind
    text: str
    start: int
    end: int
    prep: str
    article: str
    sure: bool = True


def is_fragment(question: str, names: KnownNames) -> bool:
    """Whether a question is only « Et pour … ? », « Qu'en est-il de … ? », « Pour l'école ? »: one thing, no verb."""
    match = _FRAGMENT.fullmatch(_plain(question))
    if match is None or not (match["lead"] or match["prep"]):
        return False
    return bool(_kind(match["new"], names))


def put_instead(question: str, previous: str, names: KnownNames) -> str | None:
    """`previous` asked about the one thing that `question` names, where it has exactly one counterpart."""
    question, previous = _plain(question), _plain(previous)
    match = _FRAGMENT.fullmatch(question)
    if match is None or not (match["lead"] or match["prep"]) or re.search(r"\?.*\w", previous):
        return None
    kind, new = _kind(match["new"], names), match["new"]
    if kind is None:
        return None
    prep = (match["prep"] or "").lower()
    if kind == "year":
        return _with_year(previous, new, prep, names)
    article = (match["article"] or match["elided"] or "").lower()
    if prep in {"du", "des", "au", "aux"}:
        prep, article = _SPLIT[prep + " "]
    prep = "de" if prep == "d'" else prep
    if "en est-il" in match["lead"].lower() or "quid" in match["lead"].lower():
        prep = ""
    found = [element for element in _elements(previous, names) if element.kind == kind]
    if len({fold(element.text) for element in found}) != 1 or fold(found[0].text) == fold(new):
        return None
    if not all(element.sure and _goes_with(element, prep, article, previous, names) for element in found):
        return None
    for element in reversed(found):
        written = _determined(element, article, new)
        if written is None:
            return None
        previous = previous[: element.start] + _cased(written, element.start) + previous[element.end :]
    return previous


def _kind(text: str, names: KnownNames) -> Kind | None:
    if _YEAR.fullmatch(text):
        return "year"
    if names.is_programme(text):
        return "programme"
    if _ORDINAL.fullmatch(text):
        return "ordinal"
    return "name" if names.name.fullmatch(text) else None


def _with_year(previous: str, year: str, prep: str, names: KnownNames) -> str | None:
    """`previous` about another year: only one that stands there as the new one does, never part of a date or name."""
    named = names.known_spans(previous)
    found = [
        match for match in _YEAR.finditer(previous) if not any(start <= match.start() < end for start, end in named)
    ]
    if not found:
        end = re.search(r"\s*[?.!]*\s*$", previous)
        if prep != "en" or end is None or re.search(r"[:;]", previous):
            return None
        return f"{previous[: end.start()]} en {year}{previous[end.start() :] or ' ?'}"
    if len(found) > 1:
        return None
    before = previous[: found[0].start()]
    stands = _BEFORE_YEAR.search(before)
    word = (stands["prep"] or "").lower() if stands else ""
    if _MONTH_OR_DAY.search(before.strip().lower()):
        return None
    alike = word == prep if prep else word == "en" or word not in _DATING
    return previous[: found[0].start()] + year + previous[found[0].end() :] if alike else None


_DATING = frozenset("de depuis entre avant après dès fin début jusqu'en et à".split())


def _elements(text: str, names: KnownNames) -> list[_Element]:
    found = []
    for match in names.name.finditer(text):
        start, words = match.start(), match[0]
        at_first = not re.search(r"\w", text[:start])
        if at_first and fold(words.split()[0].split("-")[0]) in _NOT_A_NAME:
            first = words.split()[0]
            words = words[len(first) :].lstrip()
            start = match.end() - len(words)
            if not words:
                continue
            at_first = False
        det = _DETERMINER.search(text[:start])
        prep, article = _SPLIT[det["det"].lower()] if det else ("", "")
        kind: Kind = "programme" if names.is_programme(words) else "name"
        known = names.is_known(words) or words.isupper()
        # « Territoires pilotes »: a name may go on in small letters; a first word may be no name at all.
        goes_on = re.match(r" (?!(?:en|au|aux|de|du|des|dans|et|ou|pour|par|sur|a|est|ont|sont|avec)\b)\w+(?!-)\b",
                           text[match.end() :])  # fmt: skip
        sure = known or not ((at_first and " " not in words) or (goes_on and article != "l'"))
        found.append(_Element(kind, words, start - (len(det["det"]) if det else 0), match.end(), prep, article, sure))
    for match in _ORDINAL.finditer(text):
        det = _DETERMINER.search(text[: match.start()])
        if re.search(r"\w$", text[: match.start()]) or det is None:
            continue
        prep, article = _SPLIT[det["det"].lower()]
        found.append(_Element("ordinal", match[0], match.start() - len(det["det"]), match.end(), prep, article))
    return found


def _goes_with(old: _Element, prep: str, article: str, previous: str, names: KnownNames) -> bool:
    """Whether the new element stands as the old one does; « Et Lyon ? » is no payer, « Et à Lyon ? » is a place."""
    if old.kind == "ordinal":
        return prep in {"", "pour", old.prep} and article == old.article
    gender = names.gender(old.text) if old.article == "l'" else _GENDERS.get(old.article)
    if gender != _GENDERS.get(article) and re.search(r"-t-(?:il|elle)", previous):
        return False
    before = previous[: old.start]
    has_preposition = bool(old.prep or _OTHER_PREPOSITION.search(before))
    if old.kind == "programme":
        return prep in {"", "pour", "de", "dans", "sur"} or prep == old.prep
    if prep == "":
        return bool(article and (old.article or not has_preposition)) or (has_preposition and not old.article)
    if prep == "pour":
        return has_preposition and bool(article) == bool(old.article)
    own = _OTHER_PREPOSITION.search(before)
    return prep == old.prep or bool(own and own[0].strip().lower() == prep)


def _determined(old: _Element, article: str, new: str) -> str | None:
    """`new` with its determiner in the place of `old`; None where elision would be wrong."""
    vowel = fold(new)[0] in "aeiouh"
    if not article and old.article:
        article = old.article
        if (article == "l'") != vowel:
            return None
    if not article and old.kind == "programme" and not old.article and old.prep:
        return None
    joined = _CONTRACTED.get((old.prep, article), f"{old.prep} {article}".strip())
    if not article and old.prep == "de" and vowel:
        return f"d'{new}"
    return f"{joined}{new}" if joined.endswith("'") else f"{joined} {new}".strip()


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("’", "'")).strip()


def _cased(text: str, start: int) -> str:
    return text[0].upper() + text[1:] if start == 0 else text
