"""Tasks of recognition that go wrong as the content of a file says: one letter a page."""

from __future__ import annotations

import hashlib
import os
from typing import Any

_LINE = {"size": 10.0, "x": 50.0, "right": 90.0, "base": 700.0, "place": 0.8, "is_row": False}


def mark(content: bytes, about: dict[str, Any]) -> dict[str, Any]:
    """The mark of a page's letter."""
    return {"mark": hashlib.sha256(content[about["page"] : about["page"] + 1]).hexdigest()}


def recognise(content: bytes, about: dict[str, Any]) -> Any:
    """One line for the letter b; for others: a crash, a process without end, an answer that is none."""
    letter = content[about["page"] : about["page"] + 1]
    if letter == b"c":
        os.abort()
    while letter == b"t":
        pass
    if letter == b"n":
        return [1]
    line = {"text": f"page {about['page']}, {os.getpid()}"} | _LINE
    return {"lines": [line], "outcome": "fait" if letter == b"f" else "read", "left_out": 0}
