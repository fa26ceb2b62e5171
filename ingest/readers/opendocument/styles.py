"""Names of OpenDocument, and what styles say that readers need: headings, what is raised, what is not shown."""

from __future__ import annotations

import re
from typing import Any

OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
DRAW = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
PRESENTATION = "{urn:oasis:names:tc:opendocument:xmlns:presentation:1.0}"
FIELD = "{urn:openoffice:names:experimental:ooo-ms-interop:xmlns:field:1.0}"
SVG = "{urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0}"

Element = Any  # lxml comes without types
RAISED_SPAN, STRUCK_SPAN = f"{TEXT}raised-span", f"{TEXT}struck-span"
_RAISED = re.compile(r"super|[1-9]")  # « super 58% », « 33% 58% »; « sub » and « -33% » are below the line
_MOST_PARENTS = 20  # styles that stand on each other; a ring of them ends here


class Styles:
    """The styles of a document, those of its content and its shared ones."""

    def __init__(self, *roots: Element) -> None:
        self._parents: dict[str, str] = {}
        self._unseen: set[str] = set()
        self._raised: set[str] = set()
        self._struck: set[str] = set()
        for root in roots:
            for style in root.iter(f"{STYLE}style"):
                name = style.get(f"{STYLE}name", "")
                self._parents[name] = style.get(f"{STYLE}parent-style-name", "")
                for properties in style:
                    if (
                        properties.get(f"{TABLE}display") == "false"
                        or properties.get(f"{PRESENTATION}visibility") == "hidden"
                        or properties.get(f"{TEXT}display") == "none"
                    ):
                        self._unseen.add(name)
                    if properties.get(f"{STYLE}text-line-through-style", "none") != "none":
                        self._struck.add(name)
                    if _RAISED.match(properties.get(f"{STYLE}text-position", "")):
                        self._raised.add(name)

    def names(self, name: str | None) -> list[str]:
        """A style and those that it stands on, spelled as people see them (« Heading 1 »)."""
        found: list[str] = []
        while name and len(found) < _MOST_PARENTS:
            found.append(name.replace("_20_", " "))
            name = self._parents.get(name)
        return found

    def mark_spans(self, root: Element) -> bool:
        """Tells, by the tag of a span, what is raised or struck out by its style; whether anything is struck out."""
        for span in list(root.iter(f"{TEXT}span")):
            if span.get(f"{TEXT}style-name") in self._raised:
                span.tag = RAISED_SPAN
            if span.get(f"{TEXT}style-name") in self._struck:
                span.tag = STRUCK_SPAN
        return next(root.iter(STRUCK_SPAN), None) is not None

    def is_unseen(self, name: str | None) -> bool:
        """Whether what has the style is not shown."""
        return name in self._unseen


def number_of(element: Element, name: str, default: int = 1) -> int:
    """An attribute that counts something; `default` for none, or one that is no number."""
    value = element.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else default
