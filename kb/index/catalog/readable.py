"""The part of the catalog that somebody may read: the tables that every reading query is asked of.

What is hidden is left out here, in the database, and nowhere else: no query can name a row that is not in these.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from kb.index.catalog.rows import ACRONYMS, DOCUMENTS, FACETS, PASSAGES, SECTIONS, WINDOWS
from kb.rights.rights import ANY, Rights


@dataclass(frozen=True, slots=True)
class Readable:
    """The tables, or what is to be read of them."""

    documents: sa.FromClause = DOCUMENTS
    passages: sa.FromClause = PASSAGES
    sections: sa.FromClause = SECTIONS
    windows: sa.FromClause = WINDOWS
    acronyms: sa.FromClause = ACRONYMS
    facets: sa.FromClause = FACETS


@lru_cache(maxsize=64)
def readable(rights: Rights) -> Readable:
    """What somebody with `rights` may read."""
    if not rights.hidden:
        return Readable()
    shown = sa.and_(*(sa.not_(_is_of(pattern, DOCUMENTS.c.source)) for pattern in rights.hidden))

    def of_shown(table: sa.Table) -> sa.FromClause:
        # By the key, row by row: a query asks for few of the rows, whatever number there is.
        document = sa.exists().where(DOCUMENTS.c.id == table.c.document_id, shown)
        return sa.select(table).where(document).subquery(table.name)

    return Readable(
        sa.select(DOCUMENTS).where(shown).subquery(DOCUMENTS.name),
        of_shown(PASSAGES),
        of_shown(SECTIONS),
        of_shown(WINDOWS),
        of_shown(ACRONYMS),
        _facets(rights),
    )


def _facets(rights: Rights) -> sa.FromClause:
    # By their own rows of sources, all that is asked of them in an index: those of documents hold whole texts.
    source = FACETS.alias("source")
    of_shown = sa.exists().where(
        source.c.document_id == FACETS.c.document_id,
        source.c.field == "source",
        *(sa.not_(_is_of(pattern, source.c.key)) for pattern in rights.hidden),
    )
    return sa.select(FACETS).where(of_shown).subquery(FACETS.name)


def readable_report(report: Mapping[str, Any], documents: Collection[str]) -> dict[str, Any] | None:
    """What a report of an ingestion tells of `documents`, in its own form; None where it tells nothing of them.

    Numbers are those of the changes that are told; what failed, was ignored or is to be known names files of any
    source, and is left out.
    """
    changes = [change for change in report.get("changes", ()) if change["document"] in documents]
    if not changes:
        return None
    counts = {kind: sum(change["change"] == kind for change in changes) for kind in ("added", "updated", "withdrawn")}
    nothing = {"unchanged": 0, "ignored": 0, "failed": [], "ignored_files": [], "notices": []}
    return {"began": report.get("began"), "seconds": report.get("seconds", 0), **nothing, **counts, "changes": changes}


def _is_of(pattern: str, source: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """`kb.rights.rights.matches`, in SQL. Not LIKE: SQLite's knows no capitals."""
    if not pattern.endswith(ANY):
        return source == pattern
    beginning = pattern.removesuffix(ANY)
    return sa.func.substr(source, 1, len(beginning)) == beginning
