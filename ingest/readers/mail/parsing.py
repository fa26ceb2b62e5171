"""Mails taken apart by the standard library, within limits: how many parts, how deep."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from email.errors import MessageError
from email.message import EmailMessage

from ingest.readers.block_builder import one_line
from kb.errors import DocumentError

MOST_PARTS = 1_000
_DEEPEST = 20  # parts within parts: a reply that was forwarded with its attachments takes five
# What the library raises for headers and bodies that make no sense.
BROKEN = (MessageError, LookupError, ValueError, TypeError, AttributeError, RecursionError)


def parse(content: bytes, name: str) -> EmailMessage:
    """The mail in `content`. Raises DocumentError for what is none, or has parts without end."""
    if content.count(b"\nContent-Type:") + content.count(b"\ncontent-type:") > 10 * MOST_PARTS:
        raise _too_much(name)
    try:
        message = email.message_from_bytes(content.lstrip(b"\r\n \t"), policy=email.policy.default)
    except BROKEN:
        raise DocumentError(name, "le courriel est endommagé ; enregistrez-le à nouveau depuis la messagerie") from None
    if not message.keys():
        raise DocumentError(name, "ce n'est pas un courriel (.eml) ; vérifiez son format")
    if sum(1 for _ in parts_of(message, name)) > MOST_PARTS:
        raise _too_much(name)
    return message


def parts_of(message: EmailMessage, name: str, depth: int = 0) -> Iterator[EmailMessage]:
    """The parts that hold something, in order; a mail within the mail is one part. Raises DocumentError for parts that
    stand one in the other without end."""
    if depth > _DEEPEST:
        raise _too_much(name)
    if message.get_content_maintype() != "multipart" or not message.is_multipart():
        yield message
        return
    for part in message.iter_parts():
        if isinstance(part, EmailMessage):
            yield from parts_of(part, name, depth + 1)


def content_of(part: EmailMessage) -> bytes:
    """The bytes of a part; of a mail within the mail its own."""
    if part.get_content_maintype() == "message":
        inner = part.get_payload()
        if isinstance(inner, list) and inner and isinstance(inner[0], EmailMessage):
            return inner[0].as_bytes(policy=email.policy.SMTP.clone(utf8=True, cte_type="8bit"))
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def header(message: EmailMessage, name: str) -> str:
    """The text of a header on one line; empty when there is none, or none that can be read."""
    try:
        return one_line(str(message.get(name, "")))
    except BROKEN:
        return ""


def file_name(part: EmailMessage) -> str:
    """The name that a part is to be saved under; empty for none."""
    try:
        return one_line(part.get_filename() or "")
    except BROKEN:
        return ""


def _too_much(name: str) -> DocumentError:
    return DocumentError(
        name, "le courriel a trop de parties, ou imbriquées trop profondément ; transférez-le à nouveau"
    )
