"""Headers of tables that stand on several rows, made one: a table of the block form has one header row."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest


def joined_header(rows: Sequence[Sequence[str]]) -> list[str]:
    """One header of the header `rows`: the texts of each column from the top, « Recettes, 2025 », each once.

    A cell over several columns or rows is repeated in each of them before.
    """
    columns = zip_longest(*rows, fillvalue="")
    return [", ".join(dict.fromkeys(text for cell in column if (text := cell.strip()))) for column in columns]
