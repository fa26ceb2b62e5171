"""Undoing a compression piece by piece: what comes out, where it ends, what is refused."""

from __future__ import annotations

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.remote.unpacking import Coding, TooBigError, Unpacker, UnpackingError, beginning, coding_of, unpacked

MANY = 50_000_000


def unpack(coding: Coding, packed: bytes, most: int = MANY, step: int = 1000) -> bytes:
    unpacker = Unpacker(coding, most)
    pieces = [piece for start in range(0, len(packed), step) for piece in unpacker.unpack(packed[start : start + step])]
    unpacker.finish()
    assert all(0 < len(piece) <= 1 << 16 for piece in pieces)
    assert unpacker.size == sum(map(len, pieces))
    return b"".join(pieces)


def bare(content: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(content) + packer.flush()


@given(st.binary(max_size=3000).map(lambda content: content * 7), st.integers(1, 500))
def test_what_was_packed_comes_out_however_it_is_cut(content: bytes, step: int) -> None:
    assert unpack("", content, step=step) == content
    assert unpack("gzip", gzip.compress(content), step=step) == content
    assert unpack("deflate", zlib.compress(content), step=step) == content
    assert unpack("deflate", bare(content), step=step) == content
    assert unpack("gzip", gzip.compress(content) + gzip.compress(b"fin"), step=step) == content + b"fin"
    assert unpack("gzip", gzip.compress(content) + b"\0\0reste", step=step) == content


@given(st.binary(max_size=300), st.sampled_from(["", "gzip", "deflate"]), st.integers(1, 50))
def test_whatever_comes_is_content_or_an_error(content: bytes, coding: Coding, step: int) -> None:
    try:
        unpack(coding, content, step=step)
    except UnpackingError as error:
        assert "abîmé" in str(error)  # noqa: PT017


@pytest.mark.parametrize("size", [1 << 16, (1 << 16) + 1, (1 << 17), 1_000_000])
def test_the_edges_of_pieces(size: int) -> None:
    content = bytes(size)
    for step in (1, 7, 1 << 14, 1 << 20):
        assert unpack("gzip", gzip.compress(content), step=step) == content


def test_it_ends_at_a_size_and_where_it_swells() -> None:
    with pytest.raises(TooBigError, match="trop gros"):
        unpack("gzip", gzip.compress(bytes(3_000_000)), most=2_000_000)
    with pytest.raises(TooBigError, match="100 fois"):
        unpack("gzip", gzip.compress(bytes(20_000_000)))
    with pytest.raises(TooBigError, match="trop gros"):
        unpack("", bytes(3000), most=2000)
    empty = zlib.compressobj(wbits=31).flush(zlib.Z_SYNC_FLUSH) + b"\0\0\0\xff\xff" * 100_000
    with pytest.raises(TooBigError, match="trop gros"):
        unpack("gzip", empty, most=100_000)
    regular = b"".join(b"<url><loc>https://m.fr/page-%d</loc></url>\n" % number for number in range(500_000))
    assert unpack("gzip", gzip.compress(regular)) == regular


def test_members_are_counted() -> None:
    assert unpack("gzip", gzip.compress(b"a") * 2000) == b"a" * 2000
    with pytest.raises(UnpackingError, match="trop de morceaux"):
        unpack("gzip", gzip.compress(b"a") * 2001)


@pytest.mark.parametrize(
    ("coding", "packed"),
    [
        ("gzip", gzip.compress(b"a" * 999, mtime=0)[:-1]),
        ("gzip", gzip.compress(b"a" * 999, mtime=0)[:20]),
        ("gzip", b"\x1f"),
        ("gzip", b"<html>"),
        ("gzip", gzip.compress(b"a", mtime=0)[:-8] + bytes(8)),
        ("deflate", zlib.compress(b"a" * 99)[:-2]),
        ("deflate", b"\xff\xff\xff\xff"),
    ],
)
def test_what_is_damaged_or_cut_is_told(coding: Coding, packed: bytes) -> None:
    with pytest.raises(UnpackingError, match="abîmé"):
        unpack(coding, packed)


def test_no_content_at_all_is_no_content() -> None:
    assert unpack("gzip", b"") == unpack("deflate", b"") == b""


@pytest.mark.parametrize(
    ("header", "coding"),
    [("", ""), ("identity", ""), ("gzip", "gzip"), (" GZip ", "gzip"), ("x-gzip", "gzip"), ("deflate", "deflate"),
     ("identity, gzip", "gzip"), ("gzip,", "gzip")],
)  # fmt: skip
def test_one_coding_is_known(header: str, coding: str) -> None:
    assert coding_of(header) == coding


@pytest.mark.parametrize(
    "header", ["br", "zstd", "compress", "gzip, gzip", "br, gzip", "gzip;q=1", "x" * 999, "\u00b2"]
)
def test_others_and_several_are_refused(header: str) -> None:
    with pytest.raises(UnpackingError, match="compressé") as caught:
        coding_of(header)
    assert len(str(caught.value)) < 120


def test_a_file_may_be_packed_or_not() -> None:
    content = b"<urlset>" + bytes(range(256)) * 100
    for file in (content, gzip.compress(content)):
        assert b"".join(unpacked(file, MANY)) == content
        assert beginning(file, 4096) == content[:4096]
    assert beginning(b"\x1f\x8bcass\xe9", 4) == b"\x1f\x8bca"
    assert beginning(gzip.compress(content)[:200], 8) == b"<urlset>"
