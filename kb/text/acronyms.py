"""Acronyms and what they stand for, as the documents themselves say it.

Three ways of writing teach a pair: « délégué à la protection des données (DPO) », « DPO (délégué à la protection des
données) », and a line « DPO : délégué à la protection des données ». Where the initials of the words spell the
acronym, or the line stands in a glossary, one occurrence is enough; where they do not (DPO is an English acronym), the
same words have to go with it in two documents at least.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from kb.text.folding import fold
from kb.text.stems import STOP_WORDS, stems

# Capitals, perhaps with small letters inside; « Insee » is written like a name, only its line in a glossary tells.
_ACRONYM = r"[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þa-z0-9+&]{0,9}[A-ZÀ-ÖØ-Þ0-9+]"
# Bounded runs of spaces and marks: without a bound, a long run is gone through again from each of its characters.
_AFTER = re.compile(rf"[«\"“(\s]{{0,4}}\(\s{{0,3}}[«\"“]?\s{{0,3}}({_ACRONYM})\s{{0,3}}[»\"”]?\s{{0,3}}\)")
_BEFORE = re.compile(rf"\b({_ACRONYM})\s{{0,3}}\(([^()]{{4,120}})\)")
_LINE = re.compile(r"^(?:[-*•]\s+)?([A-ZÀ-ÖØ-Þ][\w+&]{1,11})\s*(?::|=|–|—)\s+(.{4,200})$", re.MULTILINE)
_WORD = re.compile(r"[^\W_]+(?:[’'][^\W_]+)*")
_STOP = re.compile(r"[.;:!?()\[\]\n|]")
_FIRST_CLAUSE = re.compile(r"[.,;:(\n]")
_LONGEST = 12  # words of an expansion
_WORDS_MORE = 2  # words that count, beyond its letters, of an expansion that does not spell the acronym
MOST_EXPANSIONS = 3  # of one acronym


@dataclass(frozen=True, slots=True)
class Mention:
    """An acronym and words that may be what it stands for; `sure` when one occurrence is enough."""

    acronym: str
    expansion: str
    sure: bool


def mentions(text: str, *, is_glossary: bool = False) -> Iterator[Mention]:
    """What `text` says of its acronyms; an expansion may still begin too early when it is not `sure`."""
    for match in _AFTER.finditer(text):
        before = _STOP.split(text[max(0, match.start() - 160) : match.start()])[-1]
        found = [word[0] for word in _WORD.finditer(before)][-_LONGEST:]
        if spelled := _spelled_suffix(match[1], found):
            yield Mention(match[1], spelled, True)
        elif found and _is_capital(match[1]):
            yield Mention(match[1], " ".join(found), False)
    for match in _BEFORE.finditer(text):
        yield from _given(match[1], match[2], sure=False)
    for match in _LINE.finditer(text):
        yield from _given(match[1], _FIRST_CLAUSE.split(match[2])[0], sure=is_glossary)


def glossary(told: Iterable[tuple[str, Mention]]) -> dict[str, tuple[str, ...]]:
    """For each acronym, as folded by `fold`, what (document id, mention) pairs say it stands for, the surest first."""
    sure: dict[str, Counter[str]] = defaultdict(Counter)
    others: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for document, mention in told:
        key = fold(mention.acronym)
        if mention.sure:
            sure[key][_without_article(mention.expansion)] += 1
        else:
            others[key][document].append(mention.expansion)
    found: dict[str, tuple[str, ...]] = {}
    for key in sure.keys() | others.keys():
        ranked = [expansion for expansion, _ in sure[key].most_common()] + _shared_endings(key, others[key])
        distinct: dict[str, str] = {}
        for expansion in ranked:
            distinct.setdefault(" ".join(stems(expansion)), expansion)
        if distinct:
            found[key] = tuple(distinct.values())[:MOST_EXPANSIONS]
    return found


def spells(acronym: str, expansion: Sequence[str]) -> bool:
    """Whether the initials of the words of `expansion`, small words counted or not, spell `acronym`.

    One word that counts may be passed over where the acronym has three letters or more: « analyse d'impact [relative]
    à la protection des données » spells AIPD.
    """
    letters = _letters(acronym)
    parts = [part for word in expansion for part in [fold(word).split("'")[-1]] if part]
    counted = [part[0] for part in parts if part not in STOP_WORDS]
    if len(letters) < 2 or not counted or letters[0] != counted[0]:
        return False
    if letters in {"".join(counted), "".join(part[0] for part in parts)}:
        return True
    rest = iter(counted)
    return len(letters) > 2 and len(counted) == len(letters) + 1 and all(letter in rest for letter in letters)


def _given(acronym: str, text: str, *, sure: bool) -> Iterator[Mention]:
    """A mention whose words are marked off by the text itself."""
    found = [word[0] for word in _WORD.finditer(text)]
    if not 1 < len(found) <= _LONGEST or any(word.isdigit() for word in found):
        return
    if spells(acronym, found) or (sure and _letters(acronym)[:1] == fold(found[0])[:1]):
        yield Mention(acronym, " ".join(found), True)
    elif _is_capital(acronym):
        yield Mention(acronym, " ".join(found), False)


def _spelled_suffix(acronym: str, found: Sequence[str]) -> str:
    """The shortest run of the last words of `found` whose initials spell `acronym`; empty when there is none."""
    for start in range(len(found) - 2, -1, -1):
        if spells(acronym, found[start:]):
            return " ".join(found[start:])
    return ""


def _shared_endings(key: str, by_document: Mapping[str, Sequence[str]]) -> list[str]:
    """The words that end mentions of `key` in two documents or more, most frequent first.

    They begin with its first letter and have about as many words that count as it has letters.
    """
    letters = _letters(key)
    documents: dict[tuple[str, ...], set[str]] = defaultdict(set)
    written: dict[tuple[str, ...], str] = {}
    for document, texts in by_document.items():
        for parts in (text.split() for text in texts):
            for start in range(len(parts)):
                first = fold(parts[start]).split("'")[-1]
                ending = " ".join(parts[start:])
                content = tuple(stems(ending))
                fits = max(2, len(letters)) <= len(content) <= len(letters) + _WORDS_MORE
                if fits and first[:1] == letters[:1] and first not in STOP_WORDS:
                    documents[content].add(document)
                    written.setdefault(content, _without_article(ending))
    shared = sorted(
        (ending for ending in documents if len(documents[ending]) > 1),
        key=lambda ending: (-len(documents[ending]), len(ending)),
    )
    kept: list[tuple[str, ...]] = []
    for longer in shared:
        if not any(longer[-len(shorter) :] == shorter for shorter in kept):
            kept.append(longer)
    return [written[ending] for ending in kept]


def _letters(acronym: str) -> str:
    return re.sub(r"[^a-z0-9]", "", fold(acronym))


def _is_capital(acronym: str) -> bool:
    return sum(letter.isupper() or letter.isdigit() for letter in acronym) * 2 > len(acronym)


def _without_article(expansion: str) -> str:
    return re.sub(r"^[ldLD][’'](?=\w)", "", expansion)
