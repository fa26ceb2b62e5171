"""Undoing a compression without being blown up by it: piece by piece, each one counted before the next is asked for.

A kilobyte can unpack to a gigabyte. So at most one coding is undone, gzip or deflate (zlib bounds what a call gives;
brotli in httpx does not), and it ends at a size, and where it swells as only a bomb does.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Literal

Coding = Literal["", "gzip", "deflate"]

ACCEPTED = "gzip, deflate"  # what servers are told (Accept-Encoding)
_KNOWN: dict[str, Coding] = {"": "", "identity": "", "gzip": "gzip", "x-gzip": "gzip", "deflate": "deflate"}
_MAGIC = b"\x1f\x8b"
_PIECE = 1 << 16  # bytes that one step may give
_SLICE = 1 << 14  # bytes that one step may be given: what is left of them is copied at each step
_MOST_MEMBERS = 2_000  # of one gzip: programs that pack in parallel write one for each 64 kB and more
_SMALL = 10_000_000  # bytes that may come of anything
_MOST_SWELLING = 100  # beyond that, how much bigger it may get: the most regular sitemaps reach 30
_FRAME = 10_000  # bytes that a compression may add to what cannot be compressed


class UnpackingError(ValueError):
    """What came cannot be unpacked. `str(error)` is the reason in French, without capital or full stop."""


class TooBigError(UnpackingError):
    """More came out than may."""


class Unpacker:
    """Undoes one coding as bytes come in. `size` is how many bytes came out so far."""

    def __init__(self, coding: Coding, most: int) -> None:
        """`most` is how many bytes may come out, and go in."""
        self.size = 0
        self._coding = coding
        self._most = most
        self._packed = 0
        self._members = 0
        self._member: zlib._Decompress | None = None
        self._held = b""  # the first byte of a member whose second one is needed
        self._ended = False

    def unpack(self, packed: bytes) -> Iterator[bytes]:
        """What `packed`, the next bytes, unpacks to, in pieces of at most 64 kB. Raises UnpackingError."""
        for start in range(0, len(packed), _SLICE):
            part = packed[start : start + _SLICE]
            self._packed += len(part)
            if self._packed > self._most + _FRAME:
                raise TooBigError("le contenu est trop gros")
            if not self._coding:
                yield self._counted(part)
            else:
                yield from self._steps(part)

    def finish(self) -> None:
        """Tells that no more comes. Raises UnpackingError when the end is missing."""
        if self._held or self._member is not None:
            raise UnpackingError("le contenu envoyé par le site est abîmé ou incomplet")

    def _steps(self, data: bytes) -> Iterator[bytes]:
        while not self._ended:
            if self._member is None:
                data = self._held + data
                self._held = b""
                if len(data) < 2:
                    self._held = data
                    return
                self._member = self._next_member(data)
                if self._member is None:
                    self._ended = True  # what follows the end is nobody's
                    return
            try:
                piece = self._member.decompress(data, _PIECE)
            except zlib.error:
                raise UnpackingError("le contenu envoyé par le site est abîmé ou incomplet") from None
            if piece:
                yield self._counted(piece)
            if self._member.eof:
                data, self._member = self._member.unused_data, None
            else:
                data = self._member.unconsumed_tail
                if not data and len(piece) < _PIECE:
                    return

    def _next_member(self, data: bytes) -> zlib._Decompress | None:
        self._members += 1
        if self._coding == "deflate":
            if self._members > 1:
                return None
            # Some servers leave the frame of zlib out.
            is_framed = data[0] & 0x0F == 8 and int.from_bytes(data[:2], "big") % 31 == 0
            return zlib.decompressobj(zlib.MAX_WBITS if is_framed else -zlib.MAX_WBITS)
        if self._members > 1 and not data.startswith(_MAGIC):
            return None
        if self._members > _MOST_MEMBERS:
            raise UnpackingError("le contenu est compressé en trop de morceaux")
        return zlib.decompressobj(zlib.MAX_WBITS | 16)

    def _counted(self, piece: bytes) -> bytes:
        self.size += len(piece)
        if self.size > self._most:
            raise TooBigError("le contenu est trop gros")
        if self.size > max(_SMALL, _MOST_SWELLING * self._packed):
            raise TooBigError(f"le contenu, une fois décompressé, est plus de {_MOST_SWELLING} fois plus gros")
        return piece


def coding_of(header: str) -> Coding:
    """The coding that a Content-Encoding names. Raises UnpackingError for any other, and for more than one."""
    named = [name.strip().lower() for name in header.split(",")]
    codings = [name for name in named if name not in {"", "identity"}]
    if len(codings) > 1:
        raise UnpackingError("le site envoie un contenu compressé plusieurs fois, ce qui n'est pas lu")
    found = _KNOWN.get(codings[0] if codings else "")
    if found is None:
        shown = codings[0][:20].encode("ascii", "replace").decode()
        raise UnpackingError(f"le site envoie un contenu compressé en « {shown} » ; seul gzip est lu")
    return found


def unpacked(content: bytes, most: int) -> Iterator[bytes]:
    """A file that may be gzip, in pieces; other content as it is. Raises UnpackingError, at its end when it is cut."""
    unpacker = Unpacker("gzip" if content.startswith(_MAGIC) else "", most)
    for start in range(0, len(content), _PIECE):
        yield from unpacker.unpack(content[start : start + _PIECE])
    unpacker.finish()


def beginning(content: bytes, length: int) -> bytes:
    """The first `length` bytes of a file that may be gzip; as it is when it only looks like one."""
    start = bytearray()
    try:
        for piece in unpacked(content[: 16 * length], 1 << 30):
            start += piece
            if len(start) >= length:
                break
    except UnpackingError:
        return bytes(start[:length]) or content[:length]
    return bytes(start[:length])
