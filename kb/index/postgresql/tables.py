"""The tables that only a server has, beside those of the catalog; and the schemas that all of them stand in.

A base is the index whose schema `IN_USE` names; another one is made in a schema of its own, and takes its place there.
"""

from __future__ import annotations

from collections.abc import Mapping

import psycopg
import sqlalchemy as sa
from pgvector import HalfVector
from pgvector.psycopg.halfvec import HalfVectorBinaryDumper
from pgvector.sqlalchemy import HALFVEC

from kb.index.catalog.among import Space
from kb.index.vectors import SPACES

CONTROL = "reperes"
"""The schema of what belongs to no index in particular."""

INDEX = "reperes_index_"
"""What the names of the indexes' schemas begin with; a number follows."""

IDENTITY = "identity"
"""The key, in the catalog's values, of what tells an index from every other: a copy of its words bears it."""

COMMIT = "commit"
"""The key of what tells the last commit from every other, also from one of the same generation before a restore."""

UNVACUUMED = "unvacuumed"
"""The key that is there while rows that were erased may still stand in the server's files."""

IN_USE = sa.Table(
    "index_in_use",
    sa.MetaData(schema=CONTROL),
    sa.Column("number", sa.Integer, sa.CheckConstraint("number = 1"), primary_key=True),  # there is one row
    sa.Column("schema", sa.Text, nullable=False),
)
# Which ids a generation brought, changed or took away: what the copies of the words catch up by. Its commit stands
# there as an id too: a copy made at a commit that the base does not know (a backup was restored) is made anew.
CHANGED = sa.Table(
    "changed",
    sa.MetaData(),
    sa.Column("generation", sa.Integer, primary_key=True),
    sa.Column("id", sa.Text, primary_key=True),
)

# As text, 384 numbers take four times as long to send as all the rest of their row.
psycopg.adapters.register_dumper(HalfVector, HalfVectorBinaryDumper)


class _Binary(HALFVEC):
    """A vector that the driver is given as it is."""

    cache_ok = True

    def bind_processor(self, dialect: sa.Dialect) -> None:
        """Nothing is done before the driver's own."""


def vector_tables(dimension: int | None = None) -> Mapping[Space, sa.Table]:
    """The tables of the vectors; they are made with the `dimension` of the encoder, and used without.

    halfvec: two bytes a number. A unit vector of 384 dimensions keeps its direction to a cosine of 0.9999999.
    """
    metadata = sa.MetaData()
    return {
        space: sa.Table(
            f"vectors_of_{space}",
            metadata,
            sa.Column("id", sa.Text, primary_key=True),
            sa.Column("document_id", sa.Text, nullable=False, index=True),
            sa.Column("vector", _Binary(dimension), nullable=False),
        )
        for space in SPACES
    }
