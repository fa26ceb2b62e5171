"""Word documents: headings, paragraphs, lists, tables and notes in order, as seen with all changes accepted."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ingest.readers.block_builder import assemble, first_title
from ingest.readers.dates import date_near_title
from ingest.readers.docx.drawings import charts, settle_diagrams
from ingest.readers.docx.margins import read_margins
from ingest.readers.docx.notes import comments
from ingest.readers.docx.ooxml import W, is_on
from ingest.readers.docx.package import Package, check_package
from ingest.readers.docx.properties import declared_title
from ingest.readers.docx.source import Source, settle, source_of
from ingest.readers.docx.story import Story
from ingest.readers.metadata import Metadata, canonical_url, from_mapping
from ingest.readers.reading import STRUCK, Given, Reading, no_text
from kb.errors import DocumentError
from kb.text.folding import fold

_CHANGES = tuple(f"{W}{name}" for name in "ins del moveFrom moveTo".split())
_DAMAGED = "le document Word est endommagé ; rouvrez-le et enregistrez-le à nouveau en .docx"


def read(given: Given) -> Reading:
    """The text of a Word document. Raises DocumentError for a file that is none, or that is not safe to unpack."""
    package = check_package(given)
    try:
        return _reading(given, package)
    except RecursionError:
        raise DocumentError(given.name, "le document imbrique trop d'éléments ; simplifiez-le") from None


def _reading(given: Given, package: Package) -> Reading:
    root = package.root(package.main)
    body = root.find(f"{W}body") if root is not None and root.tag == f"{W}document" else None
    if body is None:
        raise DocumentError(given.name, _DAMAGED)
    settle(root)
    settle_diagrams(package, root)
    source = source_of(package, root)
    story = Story(source, root)
    blocks = story.read(body)
    said = {fold(line) for block in blocks for line in block.text.split("\n")}
    declared = declared_title(package)
    margins = read_margins(package, root, source, said | ({fold(declared)} if declared else set()))
    # The file's own dates say when it was saved, not when its text was published.
    lines = [block.text for block in blocks[:6] if block.kind != "table"]
    first = first_title(blocks)
    blocks = [*margins.headers, *blocks, *margins.footers]
    if not blocks:
        raise no_text(given)
    properties = from_mapping(package.custom_properties(), given.name)
    found = properties.or_else(Metadata(date=date_near_title([*lines, *margins.lines])))
    title = declared or (story.titles[0] if story.titles else first) or found.title
    metadata = replace(found, title=title, url=canonical_url(found.url, given.url))
    return Reading(metadata, assemble(blocks, title), remarks=_remarks(package, source, root))


def _remarks(package: Package, source: Source, root: Any) -> tuple[str, ...]:
    remarks = []
    if next(root.iter(*_CHANGES), None) is not None:
        remarks.append("modifications suivies lues comme acceptées")
    if any(is_on(mark) for mark in root.iter(f"{W}strike", f"{W}dstrike")):
        remarks.append(STRUCK)
    if count := comments(package):
        remarks.append(_counted(count, "commentaire laissé de côté", "commentaires laissés de côté"))
    if count := source.left_out:
        remarks.append(_counted(count, "fichier incorporé laissé de côté", "fichiers incorporés laissés de côté"))
    if count := sum(1 for _ in root.iter(f"{W}control")):
        remarks.append(_counted(count, "contrôle ActiveX laissé de côté", "contrôles ActiveX laissés de côté"))
    if count := charts(package):
        remarks.append(_counted(count, "graphique laissé de côté", "graphiques laissés de côté"))
    if parts := dict.fromkeys(package.unreadable):
        remarks.append(f"parties illisibles, laissées de côté : {', '.join(parts)}")
    return tuple(remarks)


def _counted(count: int, one: str, several: str) -> str:
    return f"{count} {one if count == 1 else several}"
