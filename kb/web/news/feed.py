"""The feed of the base: Atom (RFC 4287), an entry for each change of a document and for what is new of a question."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from kb.records.spreadsheet import held
from kb.web import strings

TYPE = "application/atom+xml; charset=utf-8"
_ATOM = "http://www.w3.org/2005/Atom"


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry; `key` tells it from all others for good, `address` is where it leads."""

    key: tuple[str, ...]
    at: str
    title: str
    address: str
    text: str = ""


def atom(title: str, address: str, page: str, entries: Sequence[Entry], updated: str) -> bytes:
    """The feed at `address`, of which `page` is the page; `updated` is told where there is no entry."""
    ET.register_namespace("", _ATOM)
    feed = ET.Element(_name("feed"), {"xml:lang": "fr"})
    _add(feed, "id", _id(address))
    _add(feed, "title", title)
    _add(feed, "updated", max((entry.at for entry in entries), default=updated))
    _link(feed, address, "self", "application/atom+xml")
    _link(feed, page, "alternate", "text/html")
    _add(ET.SubElement(feed, _name("author")), "name", strings.NAME)
    for entry in entries:
        element = ET.SubElement(feed, _name("entry"))
        _add(element, "id", _id(address, *entry.key))
        _add(element, "title", entry.title)
        _add(element, "updated", entry.at)
        _link(element, entry.address, "alternate", "text/html")
        if entry.text:
            _add(element, "summary", entry.text)
    written: bytes = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return written


def _add(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, _name(name)).text = held(text)  # without what no XML can hold


def _link(parent: ET.Element, address: str, relation: str, kind: str) -> None:
    ET.SubElement(parent, _name("link"), {"href": held(address), "rel": relation, "type": kind})


def _name(name: str) -> str:
    return f"{{{_ATOM}}}{name}"


def _id(*parts: str) -> str:
    text = "\n".join(parts).encode("utf-8", "replace").decode()
    return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, text)}"
