"""« Strict Open XML »: the same elements under other names (ECMA-376, part 1), given those of the usual standard."""

from __future__ import annotations

from typing import Any

_STRICT = "{http://purl.oclc.org/ooxml/"
_OFFICE = "{http://schemas.openxmlformats.org/"
# What follows the common beginning of the strict names -> of the transitional ones (ECMA-376, parts 1 and 4).
_YEAR = "2006/"


def as_transitional(root: Any) -> Any:
    """`root` itself, every strict name of its elements and attributes put into its transitional form."""
    if not any(f"{{{address}".startswith(_STRICT) for address in root.nsmap.values()):
        return root
    known: dict[str, str] = {}
    for element in root.iter():
        element.tag = _renamed(element.tag, known)
        for name in [name for name in element.attrib if name.startswith(_STRICT)]:
            element.set(_renamed(name, known), element.attrib.pop(name))
    return root


def _renamed(name: str, known: dict[str, str]) -> str:
    """`…/ooxml/wordprocessingml/main` is `…/wordprocessingml/2006/main`: the year comes after the first word."""
    if not name.startswith(_STRICT):
        return name
    if name not in known:
        first, _, rest = name.removeprefix(_STRICT).partition("/")
        known[name] = f"{_OFFICE}{first}/{_YEAR}{rest}"
    return known[name]
