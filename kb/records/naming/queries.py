"""The names of test queries: what an editor calls theirs, whatever is called so among those that they may not see.

A query is kept under its name, or, where one that its editor does not see has that name already, under the name with a
mark after it. The mark is made by chance: a number would tell how many others there are. It is shown only to those who
see both.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Container

MARK = "~[0-9a-f]{6}"
"""What a mark looks like, as a regular expression."""
_AT_THE_END = re.compile(f"{MARK}$")


def set_apart(name: str, taken: Container[str]) -> str:
    """A key for a query called `name` that is none of `taken`."""
    while (key := f"{name}~{secrets.token_hex(3)}") in taken:
        pass
    return key


def plain_name(key: str) -> str:
    """What the query that is kept under a key is called."""
    return _AT_THE_END.sub("", key)
