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


def test_a_file_may_mix_two_encodings_line_by_line_or_within_a_line() -> None:
    mixed = "L’été à Orléans\n".encode() + "La forêt brûlée coûte 3 €\n".encode("cp1252") + "déjà vu\n".encode()
    assert decode(mixed, "a.txt") == "L’été à Orléans\nLa forêt brûlée coûte 3 €\ndéjà vu\n"
    within = "Où ? À l’école, ".encode() + b"d\xe9j\xe0" + ", forêt.".encode()
    assert decode(within, "a.txt") == "Où ? À l’école, déjà, forêt."
    assert decode("L’été à l’école".encode() + b"\xc3", "a.txt") == "L’été à l’école"
    assert decode("ÉTÉ», CAFÉ»\n".encode("cp1252"), "a.txt") == "ÉTÉ», CAFÉ»\n"


def twice(text: str) -> bytes:
    return text.encode().decode("cp1252").encode()


@pytest.mark.parametrize(
    "text",
    [
        "Les équipes ont été mobilisées",
        "L’école coûte 3 € à l’État, « neuf » – œuvre",
        "Bilan de l’année\n\nLes élus, 233 logements réhabilités à Lyon\n",
    ],
)
def test_what_was_encoded_twice_is_mended(text: str) -> None:
    text = text.replace("à ", "a ")  # a no-break space: Windows-1252 has it, but see below
    assert decode(twice(text), "a.txt") == text


def test_what_was_encoded_twice_is_mended_among_lines_that_were_not() -> None:
    right = "Préambule écrit en été.\nDéjà vu.\nÀ suivre.\n".encode()
    line = "Les équipes ont été mobilisées toute l’année.\n"
    assert decode(right + twice(line), "a.txt").endswith(line)
    assert decode("annÃ©e Ã  Lyon, rÃ©habilitÃ©e".encode(), "a.txt") == "année à Lyon, réhabilitée"


@pytest.mark.parametrize(
    "text",
    [
        "Le mot « été » s’affiche « Ã©tÃ© » quand l’UTF-8 est mal lu.",
        "Un mauvais encodage donne Ã©tÃ©, Ã¨, Ã  partout.",
        "SÃO PAULO, NÃO, MAÇÃ",
        "São Paulo não é longe",
        "On lit « Ã©tÃ© » ici.\nL’été.\nDéjà.\nCafé.",
        "Âge, pâte, Å, â€",
    ],
)
def test_what_only_looks_encoded_twice_stays(text: str) -> None:
    assert decode(text.encode(), "a.txt") == text


def test_a_page_that_names_its_encoding_does_not_speak_of_encodings() -> None:
    page = b'<meta charset="utf-8"><p>' + twice("Les équipes mobilisées") + b"</p>"
    assert decode(page, "a.html").endswith("<p>Les équipes mobilisées</p>")


def test_a_stray_nul_goes() -> None:
    assert decode(b"abc " * 100 + b"\x00fin", "a.txt").endswith("abc fin")
    assert decode("Un court étage.\x00\x07 Fin de la note, 15 pompes.".encode(), "a.txt").replace("\x07", "") == (
        "Un court étage. Fin de la note, 15 pompes."
    )
