"""Bytes -> text. French is found in UTF-8, and in old files in Windows-1252 (what « Latin-1 » means in practice)."""

from __future__ import annotations

import codecs
import re

import ftfy

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
# A letter of UTF-8 read as Windows-1252 (é -> Ã©, ’ -> â€™, « -> Â«), two bytes or three.
_TWICE = re.compile(
    "Ã(?:[\u00a0-\u00bf\u0081\u008d\u008f\u0090\u009d€‚ƒ„…†‡ˆ‰Š‹Œ\u017d‘’“”•–—˜™š›œ\u017eŸ]| (?=[a-z]| ))|"
    "â€[\u0080-\u00bf™œ¦“”˜\u009d¢]|"
    "â‚¬|Â[\u00a0«»°²³§·]|Å[“’]"
)
_ACCENTED = re.compile("[àâçéèêëîïôûùüœÀÇÉÈÊËÎÏÔÛÙÜŒ’]")
_ABOUT_ENCODINGS = re.compile(
    r"utf-?8|unicode|mojibake|\bencodages?\b|jeux? de caract|iso-?8859|latin-?1|windows-?1252", re.IGNORECASE
)
_TAGS = re.compile("<[^<>]{0,2000}>")  # a page names its own encoding in one
_PIECES = re.compile(r"(?<=[\n<>])")
_UNLIKELY = re.compile("[\u0100-\u0151\u0154-\u0177\u0179-\u0fff]")  # « É» » in Windows-1252 is one of these in UTF-8
_SURE = 3  # sequences in a line that are no accident in a text with other lines as they should be
_OTHER_BYTES = "reperes.windows-1252"  # the name of what reads bytes that are no UTF-8
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def decode(content: bytes, name: str, declared: str | None = None) -> str:
    """`content` as text, without its byte order mark. `declared` is the encoding that the document or server names.

    A mark wins over UTF-8, which wins over what is declared; Windows-1252 is the last resort, line by line where a file
    mixes it with UTF-8. What was encoded twice is repaired where that is certain; a few stray controls go. Raises
    DocumentError for content that is no text.
    """
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            try:
                return content.decode(encoding).removeprefix("\ufeff")
            except UnicodeDecodeError:
                raise _binary(name) from None
    content = _without_nul(content, name)
    text = _utf_8(content)
    known = _known(declared or "")
    if text is None and known and known != "utf-8" and known not in _WINDOWS:
        try:
            text = content.decode(known)
        except (UnicodeDecodeError, LookupError):
            text = None
    if text is None:
        text = _by_line(content, iso_15=known == "iso8859-15")
    if len(_CONTROLS.findall(text)) > _most_strays(len(text)):
        raise _binary(name)
    return decoded_once(text)


def decoded_once(text: str) -> str:
    """`text` with what was encoded in UTF-8 twice made whole (« rÃ©habilitÃ© »), line by line, where it is certain.

    Certain is a line that holds such sequences and no accented letter besides, in a text most of whose accents are
    such sequences, or that holds several of them. A text that speaks of encodings may be quoting: it stays.
    """
    if not _TWICE.search(text):
        return text
    lines = _PIECES.split(text)
    twice = {at for at, line in enumerate(lines) if _TWICE.search(line)}
    right = sum(1 for at, line in enumerate(lines) if at not in twice and _ACCENTED.search(line))
    if _ABOUT_ENCODINGS.search(_TAGS.sub(" ", text)):
        return text
    for at in twice:
        if len(twice) > right or len(_TWICE.findall(lines[at])) >= _SURE:
            lines[at] = _once(lines[at])
    return "".join(lines)


def _once(line: str) -> str:
    """`line` decoded once more, unless it holds accented letters besides, or does not become a text."""
    if _ACCENTED.search(_TWICE.sub("", line)):
        return line
    # A no-break space that somebody made an ordinary one: « Ã Paris » was « à Paris ».
    mended = ftfy.fix_encoding(line)
    return line if _TWICE.search(mended) or "\ufffd" in mended else mended


def _without_nul(content: bytes, name: str) -> bytes:
    """`content` without stray NUL bytes. Text in UTF-16 that lost its mark is refused with the rest: it is all NUL."""
    strays = content.count(0)
    if strays > _most_strays(len(content)):
        raise _binary(name)
    return content.replace(b"\x00", b"") if strays else content


def _most_strays(size: int) -> float:
    """How many controls may have strayed into a text of that size; three into a short one."""
    return max(size / 200, min(3, size / 20))


def _utf_8(content: bytes) -> str | None:
    """`content` as UTF-8, or None."""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _by_line(content: bytes, *, iso_15: bool) -> str:
    """Each line in UTF-8 if it is that, else in Windows-1252; in both at once where UTF-8 prevails in the line.

    A text without a line in UTF-8 has them all in Windows-1252: « É» » would look like a letter of UTF-8.
    """
    lines = content.splitlines(keepends=True)
    if not any(not line.isascii() and _utf_8(line) is not None for line in lines) and not any(map(_is_mixed, lines)):
        return _windows(content, iso_15=iso_15)
    return "".join(
        text
        if (text := _utf_8(line)) is not None
        else _mixed(line)
        if _is_mixed(line)
        else _windows(line, iso_15=iso_15)
        for line in lines
    )


def _is_mixed(line: bytes) -> bool:
    """Whether a line that is not all UTF-8 is UTF-8 for the most part."""
    text = line.decode("utf-8", errors="replace")
    broken = text.count("\ufffd")
    return not _UNLIKELY.search(text) and sum(character > "\x7f" for character in text) - broken > broken


def _mixed(line: bytes) -> str:
    """A line in UTF-8, its other bytes in Windows-1252; what is left of a letter that was cut goes."""
    return line.decode("utf-8", errors=_OTHER_BYTES)


def _other_bytes(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    wrong = error.object[error.start : error.end]
    is_cut = wrong[0] in b"\xc2\xc3" or wrong[:2] in (b"\xe2\x80", b"\xe2\x82")
    return "" if is_cut else _windows(wrong, iso_15=False), error.end


codecs.register_error(_OTHER_BYTES, _other_bytes)


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
