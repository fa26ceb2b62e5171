"""What a file is by its bytes: its name, or the server that sends it, may say otherwise, or nothing."""

from __future__ import annotations

import re
import struct
from pathlib import PurePosixPath

# How a file begins -> the suffix of its format. A PDF may begin with other bytes; one that does keeps its suffix.
_STARTS = ((b"%PDF-", ".pdf"), (b"{\\rtf", ".rtf"))
# A part that a container has to hold -> the suffix of its format.
_PARTS = ((b"word/document.xml", ".docx"), (b"xl/workbook.xml", ".xlsx"), (b"ppt/presentation.xml", ".pptx"))
_OPEN_DOCUMENTS = {"text": ".odt", "spreadsheet": ".ods", "presentation": ".odp"}
_LONGEST_END = 66_000  # bytes of what ends a container, its comment included
_HTML = re.compile(
    rb"(?:\s|\xef\xbb\xbf|<\?xml[^>]{0,200}\?>|<!--.{0,2000}?-->)*<(?:!doctype\s+html|html[\s>])", re.I | re.S
)
_START = 4_096  # bytes in which a page says that it is one
# Suffixes of programs that send files, and of files that nothing is known of.
_SAYS_NOTHING = re.compile(r"(?:\.(?:php\d?|aspx?|jspx?|cgi|do|action|bin|dat|download|file|tmp|bak))?(?:\?.*)?", re.I)


def sniffed(content: bytes) -> str | None:
    """The suffix of the format that `content` certainly is (« .pdf », « .docx », « .html »…), or None."""
    start = content[:_START].lstrip(b"\xef\xbb\xbf \t\r\n")
    for mark, suffix in _STARTS:
        if start.startswith(mark):
            return suffix
    if start.startswith(b"PK\x03\x04"):
        return _in_container(content)
    return ".html" if _HTML.match(content[:_START]) else None


def is_page(content: bytes, media_type: str) -> bool:
    """Whether content that came as `media_type` is a page of HTML."""
    kind = media_type.split(";", 1)[0].strip().lower()
    found = sniffed(content)
    return found == ".html" or (found is None and "html" in kind)


def says_nothing(name: str) -> bool:
    """Whether the suffix of a file's name says nothing of its format: the bytes have to."""
    base = name.rpartition("/")[2]
    dot = base.find(".") if "?" in base else base.rfind(".")
    return _SAYS_NOTHING.fullmatch(base[dot:] if dot >= 0 else "") is not None or not PurePosixPath(name).suffix


def _in_container(content: bytes) -> str | None:
    """What a ZIP container holds, by the names in its directory: nothing of it is unpacked."""
    if content[30:38] == b"mimetype":
        kind = re.match(rb"application/vnd\.oasis\.opendocument\.(text|spreadsheet|presentation)", content[38:120])
        return _OPEN_DOCUMENTS[kind[1].decode()] if kind else None
    end = content.rfind(b"PK\x05\x06", -_LONGEST_END)
    if end < 0 or len(content) < end + 20:
        return None
    size, start = struct.unpack("<II", content[end + 12 : end + 20])
    directory = content[start : start + size]
    return next((suffix for part, suffix in _PARTS if part in directory), None)
