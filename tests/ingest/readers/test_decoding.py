from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.readers.decoding import decode
from kb.errors import DocumentError

FRENCH = "L’été à la forêt, où l’on a semé : 25 % d’« œuvres » coûtent 3 €."


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"])
def test_what_a_french_file_may_be_written_in(encoding: str) -> None:
    assert decode(FRENCH.encode(encoding), "a.txt") == FRENCH


@pytest.mark.parametrize("mark", [codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE])
def test_the_mark_tells_the_order_of_the_bytes(mark: bytes) -> None:
    encoding = "utf-16-le" if mark == codecs.BOM_UTF16_LE else "utf-16-be"
    assert decode(mark + FRENCH.encode(encoding), "a.txt") == FRENCH


@pytest.mark.parametrize("declared", ["iso-8859-1", "latin1", "ISO_8859-15", "windows-1252", "us-ascii", "inconnu", ""])
def test_latin_1_is_read_as_windows_1252_whatever_is_declared(declared: str) -> None:
    assert decode("déjà l’œuvre".encode("cp1252"), "a.txt", declared) == "déjà l’œuvre"
    assert decode("déjà l’œuvre".encode(), "a.txt", declared) == "déjà l’œuvre"


def test_latin_9_is_believed_when_nothing_contradicts_it() -> None:
    assert decode("cœur à 3 €, déjà".encode("iso8859-15"), "a.txt", "iso-8859-15") == "cœur à 3 €, déjà"


@pytest.mark.parametrize("declared", ["windows-1250", "macintosh", "'cp850'"])
def test_another_declared_encoding_is_believed(declared: str) -> None:
    name = declared.strip("'")
    assert decode("été".encode(name), "a.txt", declared) == "été"


@pytest.mark.parametrize("content", [b"a\x00b", b"\xff\xfea", bytes(range(1, 9)) * 40])
def test_what_is_no_text_is_refused(content: bytes) -> None:
    with pytest.raises(DocumentError, match=r"^a\.txt : le contenu est binaire"):
        decode(content, "a.txt")


@given(st.binary(), st.sampled_from(["", "utf-8", "cp1252", "utf-16", "rot13", "base64", "idna", "punycode"]))
def test_any_bytes_are_decoded_or_refused(content: bytes, declared: str) -> None:
    try:
        text = decode(content, "a.txt", declared)
    except DocumentError as error:
        text = error.source
    assert text or not content.strip(b"\xef\xbb\xbf\xff\xfe\x81\x8d\x8f\x90\x9d\x00")
