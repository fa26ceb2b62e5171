"""Names of Office Open XML (ECMA-376) and what is asked of its elements everywhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"

# Elements that only wrap others, with the tracked insertions and moves to here; deletions and moves from here are not
# among them, so what they hold is left out.
WRAPPERS = frozenset(
    f"{W}{name}" for name in "ins moveTo smartTag sdt sdtContent customXml hyperlink fldSimple dir bdo".split()
)
_OFF = frozenset({"0", "false", "off"})
# Word counts to 32,767 and knows no larger measure of what is asked here (levels, columns, starts).
_LARGEST = 32_767


def value(parent: Any, name: str) -> str | None:
    """The `w:val` of the child `w:name` of `parent`; None without a child or a value."""
    child = parent.find(f"{W}{name}") if parent is not None else None
    found = child.get(f"{W}val") if child is not None else None
    return None if found is None else str(found)


def switch(parent: Any, name: str) -> bool | None:
    """Whether the switch `w:name` is set on or off in `parent`; None when it is not set."""
    child = parent.find(f"{W}{name}") if parent is not None else None
    return None if child is None else is_on(child)


def is_on(mark: Any) -> bool:
    """Whether an element that switches something on does."""
    return str(mark.get(f"{W}val", "true")).lower() not in _OFF


def whole(text: str | None, default: int) -> int:
    """`text` as a whole number from 0 to the largest that Word knows; `default` for what is none."""
    text = (text or "").strip()
    return min(int(text), _LARGEST) if text.isascii() and text.isdigit() and len(text) < 10 else default


def children(element: Any, name: str) -> Iterator[Any]:
    """The children `w:name` of `element`, those in wrappers (content controls, insertions) as well."""
    for child in element:
        if child.tag == f"{W}{name}":
            yield child
        elif child.tag in WRAPPERS:
            yield from children(child, name)
