"""Images that would take gigabytes, hours or the child with them: refused by a French line, or read within limits."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator

import pytest
from PIL import Image

from ingest.readers.bounded import Readers
from kb.errors import DocumentError


@pytest.fixture(scope="module")
def readers() -> Iterator[Readers]:
    with Readers() as made:
        yield made


def png(width: int, height: int, data: bytes) -> bytes:
    """A PNG of one bit a pixel that declares a size, whatever its data holds."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b"")


def looped_tiff() -> bytes:
    """A TIFF whose only directory names itself as the next one."""
    file = io.BytesIO()
    Image.new("L", (60, 90)).save(file, "TIFF")
    content = bytearray(file.getvalue())
    (place,) = struct.unpack_from("<I", content, 4)
    (entries,) = struct.unpack_from("<H", content, place)
    struct.pack_into("<I", content, place + 2 + 12 * entries, place)
    return bytes(content)


def pdf_of(image: bytes, width: float, height: float) -> bytes:
    """A PDF with a page of any size and an image whose data is `image`."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 %d %d]/Contents 4 0 R/Resources<</XObject<</I 5 0 R>>>>>>"
        % (width, height),
        b"<</Length 30>>stream\nq %d 0 0 %d 0 0 cm /I Do Q\nendstream" % (width, height),
        b"<</Type/XObject/Subtype/Image/Width 60000/Height 60000/ColorSpace/DeviceGray/BitsPerComponent 8"
        b"/Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (len(image), image),
    ]
    body = b"%PDF-1.7\n" + b"".join(b"%d 0 obj%s endobj\n" % (n, held) for n, held in enumerate(objects, 1))
    return body + b"trailer<</Root 1 0 R/Size 6>>\n%%EOF\n"


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("bombe.png", png(60_000, 60_000, b"\x00" * 1_000), "trop de points"),
        ("vaste.png", png(2_000_000_000, 2_000_000_000, b""), "trop de points"),
        ("menteuse.png", png(2_000, 2_000, b"\x00" * 10), r"n'aboutit pas|aucun texte"),
        ("boucle.tif", looped_tiff(), "aucun texte"),
        ("vide.jpg", b"\xff\xd8\xff\xe0", "ne peut pas être lue"),
        ("texte.webp", b"RIFF\x10\x00\x00\x00WEBPVP8 ", "ne peut pas être lue"),
        ("immense.pdf", pdf_of(zlib.compress(b"\x00" * 60_000 * 600), 14_400, 14_400), "PDF scanné|endommagé"),
    ],
    ids=lambda value: value if isinstance(value, str) and "." in value[-5:] else "",
)
def test_a_hostile_image_is_refused_in_french(readers: Readers, name: str, content: bytes, reason: str) -> None:
    assert len(content) < 1_000_000
    with pytest.raises(DocumentError, match=reason) as refused:
        readers.document(content, name=name, source="attaques", document_id=name)
    assert refused.value.source == name
    assert "erreur interne" not in refused.value.reason
