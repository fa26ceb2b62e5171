"""« Et pour le PNRU ? », « Et en 2020 ? »: the question before, about another thing of the same kind.

Every function gives None when it is not sure: the question before then stays in front, which loses nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from kb.text.folding import fold

Kind = Literal["year", "programme", "ordinal", "name"]

_LEAD = r"(?:(?:et|mais|sinon|ok|d'accord)[ ,]+)?(?:(?:qu'en est-il|quid|même question|pareil|idem)[ ,]*)?"
_PREPOSITION = r"pour|en|dans|avec|sur|de|du|d'|des|au|aux|à|par|chez|depuis"
_FRAGMENT = re.compile(
    rf"(?P<lead>{_LEAD})(?:(?P<prep>{_PREPOSITION})(?:(?<=')|\s+))?(?:(?P<article>le|la|les)\s+|(?P<elided>l'))?"
    r"(?P<new>[\w+'-]+(?:\s+[\w+'-]+){0,4})(?:\s+(?:alors|aussi))?\s*[?.!]*",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?<![\w.,-])(?:19|20)\d\d(?![\w%€-]| ?(?:€|%|euros?|logements?|quartiers?|sites?|projets?))")
_BEFORE_YEAR = re.compile(r"(?:\b(?P<prep>[a-zà-ÿ]+)\s+)?$", re.IGNORECASE)
_MONTH_OR_DAY = re.compile(
    r"\b(?:janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre|\d{1,2})$"
)
_PROGRAMME = re.compile(r"N?PNRU|PNRQAD|PIA|ANRU ?[23+]")
_ORDINAL = re.compile(r"(?:premi(?:er|ère)|second|seconde|dernier|dernière|[a-zà-ÿ]+ième)", re.IGNORECASE)
# Names that go on in small letters, or hold small words.
_KNOWN = (
    r"[Aa]ction [Ll]ogement|[Bb]anque des [Tt]erritoires|[Cc]aisse des [Dd]épôts|[Ff]oncière [Ll]ogement|"
    r"[Qq]uartiers (?:[Ff]ertiles|[Rr]ésilients|de [Dd]emain)|France Stratégie"
)
CAPITAL = r"[A-ZÀ-ÖØ-Þ][\w+]*(?:-[\w+]+)*"
_NAME = re.compile(rf"(?<!\w)(?:{_KNOWN}|ANRU ?[23](?!\w)|{CAPITAL}(?:[ ]{CAPITAL})*)")
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
FEMININE_ACRONYMS = frozenset("anru anct ademe anah ush".split())
"""Folded: acronyms whose first word is feminine, where « l' » does not say it."""
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


def is_fragment(question: str) -> bool:
    """Whether a question is only « Et pour … ? », « Qu'en est-il de … ? », « Pour le PNRU ? »: one thing, no verb."""
    match = _FRAGMENT.fullmatch(_plain(question))
    if match is None or not (match["lead"] or match["prep"]):
        return False
    return bool(_kind(match["new"]))


def put_instead(question: str, previous: str) -> str | None:
    """`previous` asked about the one thing that `question` names, where it has exactly one counterpart."""
    question, previous = _plain(question), _plain(previous)
    match = _FRAGMENT.fullmatch(question)
    if match is None or not (match["lead"] or match["prep"]) or re.search(r"\?.*\w", previous):
        return None
    kind, new = _kind(match["new"]), match["new"]
    if kind is None:
        return None
    prep = (match["prep"] or "").lower()
    if kind == "year":
        return _with_year(previous, new, prep)
    article = (match["article"] or match["elided"] or "").lower()
    if prep in {"du", "des", "au", "aux"}:
        prep, article = _SPLIT[prep + " "]
    prep = "de" if prep == "d'" else prep
    if "en est-il" in match["lead"].lower() or "quid" in match["lead"].lower():
        prep = ""
    found = [each for each in _elements(previous) if each.kind == kind]
    if len({fold(each.text) for each in found}) != 1 or fold(found[0].text) == fold(new):
        return None
    if not all(each.sure and _goes_with(each, kind, prep, article, previous) for each in found):
        return None
    for each in reversed(found):
        written = _determined(each, article, new)
        if written is None:
            return None
        previous = previous[: each.start] + _cased(written, each.start) + previous[each.end :]
    return previous


def _kind(text: str) -> Kind | None:
    if _YEAR.fullmatch(text):
        return "year"
    if _PROGRAMME.fullmatch(text):
        return "programme"
    if _ORDINAL.fullmatch(text):
        return "ordinal"
    return "name" if _NAME.fullmatch(text) else None


def _with_year(previous: str, year: str, prep: str) -> str | None:
    """`previous` about another year: only one that stands there as the new one does, never part of a full date."""
    found = list(_YEAR.finditer(previous))
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


def _elements(text: str) -> list[_Element]:
    found = []
    for match in _NAME.finditer(text):
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
        kind: Kind = "programme" if _PROGRAMME.fullmatch(words) else "name"
        known = bool(re.fullmatch(_KNOWN, words)) or words.isupper()
        # « Quartiers fertiles »: a name may go on in small letters; a first word may be no name at all.
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


def _goes_with(old: _Element, kind: Kind, prep: str, article: str, previous: str) -> bool:
    """Whether the new element stands as the old one does; « Et Lyon ? » is no payer, « Et à Lyon ? » is a place."""
    if kind == "ordinal":
        return prep in {"", "pour", old.prep} and article == old.article
    if _article_gender(old.article, old.text) != _article_gender(article, "") and re.search(
        r"-t-(?:il|elle)", previous
    ):
        return False
    before = previous[: old.start]
    has_preposition = bool(old.prep or _OTHER_PREPOSITION.search(before))
    if kind == "programme":
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


def _article_gender(article: str, text: str) -> str:
    if article == "l'":
        return "la" if fold(text) in {*FEMININE_ACRONYMS, "agence"} else "?"
    return article if article in {"le", "la"} else "?"


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("’", "'")).strip()


def _cased(text: str, start: int) -> str:
    return text[0].upper() + text[1:] if start == 0 else text
