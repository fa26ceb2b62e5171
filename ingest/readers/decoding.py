"""Bytes -> text. French is found in UTF-8, and in old files in Windows-1252 (what « Latin-1 » means in practice)."""

from __future__ import annotations

import codecs
import re

from kb.errors import DocumentError

# The longer mark first: that of UTF-32 begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Browsers read these names as Windows-1252, and so do we: it is the same but for controls that nobody writes.
_WINDOWS = {"iso8859-1", "iso8859-15", "ascii", "cp1252", "latin-1"}
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def decode(content: bytes, name: str, declared: str | None = None) -> str:
    """`content` as text, without its byte order mark. `declared` is the encoding that the document or server names.

    A mark wins over UTF-8, which wins over what is declared; Windows-1252 is the last resort. Raises DocumentError for
    content that is no text.
    """
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            try:
                return content.decode(encoding).removeprefix("\ufeff")
            except UnicodeDecodeError:
                raise _binary(name) from None
    if b"\x00" in content:
        raise _binary(name)
    text = _utf_8(content)
    known = _known(declared or "")
    if text is None and known and known != "utf-8" and known not in _WINDOWS:
        try:
            text = content.decode(known)
        except (UnicodeDecodeError, LookupError):
            text = None
    if text is None:
        text = _windows(content, iso_15=known == "iso8859-15")
    if len(_CONTROLS.findall(text)) > len(text) / 200:
        raise _binary(name)
    return text


def _utf_8(content: bytes) -> str | None:
    """`content` as UTF-8, or None. A few broken bytes in a text that is UTF-8 everywhere else are dropped."""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        text = content.decode("utf-8", errors="replace")
    broken = text.count("\ufffd")
    whole = sum(character > "\x7f" for character in text) - broken
    return text.replace("\ufffd", "") if whole >= 10 * broken else None


def _windows(content: bytes, *, iso_15: bool) -> str:
    if iso_15 and not re.search(rb"[\x80-\x9f]", content):
        return content.decode("iso8859-15")
    # The five codes that Windows-1252 leaves free are controls in Latin-1.
    return content.decode("cp1252", errors="ignore")


def _known(declared: str) -> str | None:
    try:
        return codecs.lookup(declared.strip().strip("\"'")).name
    except LookupError:
        return None


def _binary(name: str) -> DocumentError:
    return DocumentError(name, "le contenu est binaire, ce n'est pas du texte ; vérifiez le format du fichier")
