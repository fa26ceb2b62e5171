"""EML: a mail as a document: its subject, its date, who wrote to whom, its text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from email.message import EmailMessage

from ingest.readers import text as plain_text
from ingest.readers.block_builder import assemble, bullets, item
from ingest.readers.dates import parse_date
from ingest.readers.html import reader as html
from ingest.readers.mail.parsing import BROKEN, content_of, file_name, header, parse, parts_of
from ingest.readers.metadata import Metadata, authors_title, canonical_url
from ingest.readers.reading import Given, Reading, too_long
from kb.errors import DocumentError

_LINES = (("De", "From"), ("À", "To"), ("Copie", "Cc"))
_SIGNATURES = {"application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature"}
_QUOTED = re.compile(r"^(?:>\s?)+", re.MULTILINE)
_FORWARDED = re.compile(r"(?:(?:re|tr|fw|fwd|ré|rép)\s?:\s*)+", re.IGNORECASE)


def read(given: Given) -> Reading:
    """The text of a mail. Raises DocumentError for a file that is none."""
    message = parse(given.content, given.name)
    parts = list(parts_of(message, given.name))
    subject = authors_title(_FORWARDED.sub("", header(message, "Subject"), count=1))
    text = "\n\n".join(part for part in (_who(message, parts), _body(given, parts, subject or "Courriel")) if part)
    found = Metadata(title=subject, date=parse_date(header(message, "Date")), url=canonical_url(None, given.url))
    return Reading(found, text)


def _who(message: EmailMessage, parts: Sequence[EmailMessage]) -> str:
    """Who wrote to whom, and what came along, as a list."""
    said = {label: header(message, name) for label, name in _LINES} | {"Pièces jointes": _attached(parts)}
    lines = [item(f"{label} : {text}") for label, text in said.items() if text]
    return assemble([bullets(lines)], None) if lines else ""


def is_attached(part: EmailMessage) -> bool:
    """Whether a part is a file that comes along, not the text of the mail or a picture in it."""
    if part.get_content_type() in _SIGNATURES:
        return False
    if part.get_content_maintype() == "message":
        return True
    if part.get_content_disposition() == "attachment":
        return True
    is_shown = part.get_content_maintype() == "image" and part.get("Content-ID") is not None
    return bool(file_name(part)) and not is_shown


def _body(given: Given, parts: Sequence[EmailMessage], subject: str) -> str:
    """The text of the mail: of the two forms that it often has, the plain one, unless it only says that there is
    another; HTML by the reader of pages."""
    texts = [part for part in parts if part.get_content_maintype() == "text" and not is_attached(part)]
    plain = "\n".join(_decoded(part) for part in texts if part.get_content_subtype() == "plain")
    pages = [part for part in texts if part.get_content_subtype() == "html"]
    found = [text for part in pages if (text := _page(given, part))]
    from_pages = "\n\n".join(found)
    # A table keeps its rows in HTML only; « Votre messagerie ne lit pas le HTML » is no text.
    if found and ("\n| --- |" in from_pages or len(plain.split()) * 2 < len(from_pages.split())):
        return from_pages
    plain = _QUOTED.sub("", plain.replace("\r\n", "\n"))
    if len(plain.encode(errors="ignore")) > given.max_text_bytes:
        raise too_long(given, len(plain.encode(errors="ignore")))
    if not re.search(r"\w", plain):
        return from_pages
    # Under its subject, so that its own first line is not taken for a title.
    return plain_text.read(replace(given, content=f"# {subject}\n\n{plain}".encode(errors="ignore"))).text


def _page(given: Given, part: EmailMessage) -> str:
    try:
        charset = part.get_content_charset() or "utf-8"
        media_type = f"text/html; charset={charset}"
        return html.read(replace(given, content=content_of(part), media_type=media_type)).text
    except (DocumentError, *BROKEN):
        return ""


def _decoded(part: EmailMessage) -> str:
    content = content_of(part)
    for charset in (part.get_content_charset() or "utf-8", "utf-8", "cp1252"):
        try:
            return content.decode(charset)
        except (UnicodeDecodeError, LookupError):
            continue
    return content.decode("latin-1")


def _attached(parts: Sequence[EmailMessage]) -> str:
    return ", ".join(file_name(part) or _unnamed(part) for part in parts if is_attached(part))


def _unnamed(part: EmailMessage) -> str:
    return "courriel transmis" if part.get_content_maintype() == "message" else "sans nom"
