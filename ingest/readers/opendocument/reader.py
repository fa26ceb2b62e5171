"""ODT, ODS, ODP: which of the three a file is, and what it says of itself."""

from __future__ import annotations

import re
from zipfile import ZipFile

from lxml import etree

from ingest.readers.block_builder import Block, assemble, first_title, one_line, paragraph
from ingest.readers.dates import date_near_title
from ingest.readers.metadata import Metadata, authors_title, canonical_url
from ingest.readers.office import sheets as office_sheets
from ingest.readers.office import slides as office_slides
from ingest.readers.office.package import check_package, damaged, parse_xml
from ingest.readers.opendocument.numbering import Numbering
from ingest.readers.opendocument.sheets import read_workbook
from ingest.readers.opendocument.slides import read_slides
from ingest.readers.opendocument.styles import OFFICE, STYLE, TEXT, Element, Styles
from ingest.readers.opendocument.text import Body, comments_left_out, words
from ingest.readers.reading import STRUCK, Given, Reading, no_text
from kb.errors import DocumentError

_KIND = "document OpenDocument"
_DIGITS = re.compile(r"\d{2}")
_PAGE_FIELDS = (f"{TEXT}page-number", f"{TEXT}page-count")


def read(given: Given) -> Reading:
    """The text of an OpenDocument file. Raises DocumentError for one that is none, encrypted, damaged or unsafe."""
    archive = check_package(given, _KIND, ".odt, .ods ou .odp", "content.xml")
    try:
        return _read(given, archive)
    except RecursionError:
        raise DocumentError(given.name, "le document imbrique trop d'éléments ; simplifiez-le") from None
    except (etree.XMLSyntaxError, KeyError, ValueError, AttributeError, TypeError) as error:
        raise damaged(given, _KIND) from error


def _read(given: Given, archive: ZipFile) -> Reading:
    if b"encryption-data" in _part(archive, "META-INF/manifest.xml"):
        raise DocumentError(given.name, f"{_KIND} protégé par un mot de passe ; enregistrez-le sans protection")
    content = parse_xml(archive.read("content.xml"))
    shared = parse_xml(_part(archive, "styles.xml") or b"<none/>")
    styles = Styles(shared, content)
    struck = [STRUCK] if styles.mark_spans(content) else []
    meta = parse_xml(_part(archive, "meta.xml") or b"<none/>")
    declared = next((one_line(element.text or "") for element in meta.iter("{*}title")), "")
    body = content.find(f"{OFFICE}body")
    kinds = {child.tag.removeprefix(OFFICE): child for child in body if isinstance(child.tag, str)}
    if (workbook := kinds.get("spreadsheet")) is not None:
        made = read_workbook(workbook, styles)
        left_out = [*struck, *comments_left_out(made.comments)]
        return office_sheets.reading_of(given, made.sheets, made.hidden, declared, left_out)
    if (presentation := kinds.get("presentation")) is not None:
        slides, comments = read_slides(presentation, styles, Numbering(shared, content))
        return office_slides.reading_of(given, slides, declared, [*struck, *comments_left_out(comments)])
    if (text := kinds.get("text")) is None:
        raise DocumentError(given.name, f"ce {_KIND} n'est ni un texte, ni un classeur, ni une présentation")
    return _text(given, text, Body(styles, Numbering(shared, content)), declared, _running_lines(shared), struck)


def _part(archive: ZipFile, name: str) -> bytes:
    return archive.read(name) if name in archive.namelist() else b""


def _text(given: Given, body: Element, reader: Body, declared: str, running: list[Block], struck: list[str]) -> Reading:
    read_blocks = reader.read(body)
    first = first_title(read_blocks)
    blocks = [*running, *read_blocks]
    if not blocks:
        raise no_text(given)
    title = authors_title(declared) or authors_title(next(iter(reader.titles), None)) or first
    date = date_near_title([block.text for block in blocks[:6] if block.kind != "table"])
    found = Metadata(title=title, date=date, url=canonical_url(None, given.url))
    return Reading(found, assemble(blocks, title), remarks=(*struck, *comments_left_out(reader.comments)))


def _running_lines(shared: Element) -> list[Block]:
    """What headers and footers say once for all pages, where it is a reference or a date: it holds figures."""
    found: dict[str, None] = {}
    for region in shared.iter(f"{STYLE}header", f"{STYLE}footer", f"{STYLE}header-first", f"{STYLE}footer-first"):
        for line in region.iter(f"{TEXT}p"):
            is_counter = any(next(line.iter(tag), None) is not None for tag in _PAGE_FIELDS)
            text = one_line(words(line))
            if not is_counter and _DIGITS.search(text):
                found[text] = None
    return [paragraph(text) for text in found]
