"""Filters: which documents a search may look at."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from kb.errors import FiltersError, ReperesError
from kb.index.catalog.among import Among
from kb.index.catalog.facets import Choice, Wanted, key_of
from kb.index.catalog.reader import CatalogReader
from kb.text.moments import TYPED_DATES, typed_date
from kb.types import Document

_WANTED = "wanted"  # what filters come to in a base, where what is known of them is kept
_NAMES: Mapping[Choice, str] = {"kind": "type", "rubric": "rubrique", "programme": "programme", "partner": "partenaire"}


@dataclass(frozen=True, slots=True)
class Filters:
    """What a document must be. Values of one field are alternatives; case and accents do not count.

    `since` and `until` are dates as precise as wanted and as people type them (`2025`, `03/2025`, « 14 mars 2025 »,
    `2025-03-14`), kept in ISO, both included; a document
    whose date is less precise fits when its year or month touches the range; one without a date does not. `words` are
    words that a document holds: which ones do is not seen from their headers, but by `kb.retrieval.holding`.
    """

    kind: tuple[str, ...] = ()
    rubric: tuple[str, ...] = ()
    programme: tuple[str, ...] = ()
    partner: tuple[str, ...] = ()
    since: str | None = None
    until: str | None = None
    words: str = ""

    def __post_init__(self) -> None:
        """Writes the dates in ISO. Raises ReperesError for one that is none."""
        for name in ("since", "until"):
            value = getattr(self, name)
            if value is None:
                continue
            if (date := typed_date(value)) is None:
                raise ReperesError(f"Date incorrecte : {value}. Écrivez {TYPED_DATES}.")
            object.__setattr__(self, name, date)  # how a frozen data class sets a field of its own while it is made
        if self.since and self.until and _first(self.since) > _last(self.until):
            raise ReperesError(f"Aucune date possible : {self.since} vient après {self.until}.")

    def __bool__(self) -> bool:
        """Whether anything is asked for."""
        return any(getattr(self, choice.name) for choice in fields(self))

    def select(self, documents: Iterable[Document]) -> list[str]:
        """The ids of those of `documents` that fit, whatever their words.

        Raises FiltersError, with the values there are, when no document at all has a value that is asked for.
        """
        everything = candidates = list(documents)
        for name in _NAMES:
            # Of the spellings of a value always the same one: the last in their order.
            there = {key_of(value): value for value in sorted({v for held in everything for v in _values(held, name)})}
            keys = self._keys(name)
            self._check(name, keys, there)
            if keys:
                candidates = [
                    document
                    for document in candidates
                    if keys.keys() & {key_of(value) for value in _values(document, name)}
                ]
        return [document.id for document in candidates if self._in_range(document.date)]

    def among(
        self, catalog: CatalogReader, named: Collection[str] | None = None, known: dict[str, Any] | None = None
    ) -> Among:
        """The documents of a catalog that fit, as a condition that the base itself looks at; only `named` if given,
        those that hold the words. For `known` see `Among`. Raises FiltersError as `select`.
        """
        known = {} if known is None else known
        if _WANTED not in known:
            known[_WANTED] = self._wanted(catalog)
        return catalog.among(known[_WANTED], named, known)

    def _wanted(self, catalog: CatalogReader) -> Wanted:
        values: list[tuple[Choice, frozenset[str]]] = []
        for name in _NAMES:
            if keys := self._keys(name):
                there = catalog.values(name, keys)
                self._check(name, keys, there if len(there) == len(keys) else catalog.values(name))
                values.append((name, frozenset(keys)))
        since, until = self.since and _first(self.since), self.until and _last(self.until)
        return Wanted(tuple(values), since, until)

    def _keys(self, name: Choice) -> dict[str, str]:
        """The values that are asked for of a field, by their keys."""
        return {key_of(value): value for value in getattr(self, name)}

    def _check(self, name: Choice, keys: Mapping[str, str], there: Mapping[str, str]) -> None:
        if unknown := [value for key, value in keys.items() if key not in there]:
            known = ", ".join(sorted(there.values())[:30]) or "aucune"
            raise FiltersError(f"Aucun document n'a pour {_NAMES[name]} « {unknown[0]} ». Valeurs présentes : {known}.")

    def _in_range(self, date: str | None) -> bool:
        if not self.since and not self.until:
            return True
        if date is None:
            return False
        return (not self.since or _last(date) >= _first(self.since)) and (
            not self.until or _first(date) <= _last(self.until)
        )


def _values(document: Document, name: Choice) -> tuple[str, ...]:
    if name == "programme":
        return document.programmes
    if name == "partner":
        return document.partners
    value = document.kind if name == "kind" else document.rubric
    return (value,) if value else ()


def _first(date: str) -> str:
    """The first day that a date of any precision may mean, in a form that sorts."""
    return date + "-01-01"[len(date) - 4 :]


def _last(date: str) -> str:
    """The last one; the 31st of a short month sorts as well."""
    return date + "-12-31"[len(date) - 4 :]
