"""MHTML: the page of a web archive, with the address that it was saved from."""

from __future__ import annotations

import pytest

from kb.errors import DocumentError
from reading import reader_of

read = reader_of("page.mhtml")
ARCHIVE = """From: <Saved by Blink>
Snapshot-Content-Location: https://exemple.fr/halles
Subject: Les halles
MIME-Version: 1.0
Content-Type: multipart/related; type="text/html"; boundary="x"

--x
Content-Type: text/html; charset={charset}
Content-Transfer-Encoding: quoted-printable
Content-Location: https://exemple.fr/halles

<html><head><title>Les halles</title></head><body><main><h1>Les halles</h1><p>La halle pr=C3=A9voit 36 =
=C3=A9tals couverts.</p></main></body></html>
--x
Content-Type: text/html
Content-Location: https://pub.exemple.fr/cadre

<html><body><p>Une publicité.</p></body></html>
--x
Content-Type: image/png
Content-Transfer-Encoding: base64

iVBORw0KGgo=
--x--
"""


def test_the_page_is_read_under_its_address() -> None:
    document = read(ARCHIVE.format(charset="utf-8"))
    assert (document.title, document.url) == ("Les halles", "https://exemple.fr/halles")
    assert document.text == "La halle prévoit 36 étals couverts."


def test_an_archive_without_a_page_is_refused() -> None:
    with pytest.raises(DocumentError, match="ne contient pas de page"):
        read("MIME-Version: 1.0\nContent-Type: image/png\n\nx")
