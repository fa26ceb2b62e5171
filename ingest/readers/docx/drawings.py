"""Diagrams (« SmartArt »): their words stand in parts of their own, and are put where the diagram is drawn."""

from __future__ import annotations

from typing import Any

from lxml import etree

from ingest.readers.docx.ooxml import R, W
from ingest.readers.docx.package import Package

_DIAGRAM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
# The points that somebody typed; the others are lines between them and how they look.
_TYPED = frozenset({"node", "asst", "doc"})


def settle_diagrams(package: Package, root: Any) -> None:
    """Gives each diagram of the document's main part, whose root is `root`, a text box with its words, each once."""
    targets = package.targets(package.main)
    known: set[str] = set()
    for reference in list(root.iter(f"{_DIAGRAM}relIds")):
        target = targets.get(reference.get(f"{R}dm", ""))
        if target is None or target[0] != "diagramData" or target[1] in known:
            continue
        known.add(target[1])
        data = package.root(target[1])
        box = etree.SubElement(reference, f"{W}txbxContent")
        for point in data.iter(f"{_DIAGRAM}pt") if data is not None else ():
            if point.get("type", "node") in _TYPED:
                for line in point.iter(f"{_A}p"):
                    run = etree.SubElement(etree.SubElement(box, f"{W}p"), f"{W}r")
                    etree.SubElement(run, f"{W}t").text = "".join(part.text or "" for part in line.iter(f"{_A}t"))


def charts(package: Package) -> int:
    """How many charts the document draws: their figures stand in parts that are not read."""
    return len(package.related("chart")) + len(package.related("chartEx"))
