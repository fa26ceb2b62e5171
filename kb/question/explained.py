"""The acronyms of a base as people read them: as written, what they stand for, and which documents say so."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kb.question.glossary import Entries
from kb.text.acronyms import Mention, glossary
from kb.text.folding import fold
from kb.text.stems import stems

MOST_SOURCES = 5
"""Documents that are named for a meaning; the others are counted."""


@dataclass(frozen=True, slots=True)
class Source:
    """A document that explains an acronym."""

    document_id: str
    title: str


@dataclass(frozen=True, slots=True)
class Meaning:
    """What an acronym stands for; `documents` is how many say so, the first ones in `sources`. None does where the
    agency's own file says it.
    """

    text: str
    sources: tuple[Source, ...] = ()
    documents: int = 0


@dataclass(frozen=True, slots=True)
class Acronym:
    """`written` as most documents write it; `key` as `fold` makes it. The surest meaning stands first."""

    key: str
    written: str
    meanings: tuple[Meaning, ...]


def explained(
    told: Iterable[tuple[str, Mention]], titles: Mapping[str, str], written: Entries | None = None
) -> tuple[Acronym, ...]:
    """What (document id, mention) pairs explain, in the order of the alphabet; an entry of `written`, a file, takes the
    place of theirs. `titles` gives those of the documents.
    """
    pairs = list(told)
    forms: dict[str, Counter[str]] = defaultdict(Counter)
    mentioned: dict[str, list[tuple[str, tuple[str, ...]]]] = defaultdict(list)
    for document_id, mention in pairs:
        key = fold(mention.acronym)
        forms[key][mention.acronym] += 1
        mentioned[key].append((document_id, tuple(stems(mention.expansion))))
    found = {
        key: Acronym(
            key,
            forms[key].most_common(1)[0][0],
            tuple(_meaning(expansion, mentioned[key], titles) for expansion in expansions),
        )
        for key, expansions in glossary(pairs).items()
    }
    for name, expansions in (written or {}).items():
        found[fold(name)] = Acronym(fold(name), name, tuple(map(Meaning, expansions)))
    return tuple(found[key] for key in sorted(found) if found[key].meanings)


def _meaning(expansion: str, mentioned: Iterable[tuple[str, tuple[str, ...]]], titles: Mapping[str, str]) -> Meaning:
    # A mention that is not sure may begin too early: its last words are those that count.
    content = tuple(stems(expansion))
    ids = sorted({name for name, said in mentioned if said[-len(content) :] == content and name in titles})
    return Meaning(expansion, tuple(Source(name, titles[name]) for name in ids[:MOST_SOURCES]), len(ids))
