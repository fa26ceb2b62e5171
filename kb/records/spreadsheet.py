"""Cells that a spreadsheet takes as text: what looks like a formula is kept from being one."""

from __future__ import annotations

import re

# The signs that begin a formula, or an import of cells, in one spreadsheet or another; an apostrophe in front says that
# it is text, and others before it are the text's own.
_FORMULA = re.compile("^'*[\\s\x00-\x1f\ufeff]*[=+\\-@|%\t\r\n\uff1d\uff0b\uff0d\uff20]")
# What the XML of a workbook cannot hold.
_UNHELD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def guarded(cell: str) -> str:
    """`cell` with an apostrophe in front when a spreadsheet would take it for a formula."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def unguarded(cell: str) -> str:
    """What was guarded."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def held(cell: str) -> str:
    """`cell` without the characters that no workbook holds."""
    return _UNHELD.sub("", cell)
