from __future__ import annotations

import io

import pytest
from PIL import Image

from ingest.readers import read_document
from ingest.readers.images import reader
from ingest.readers.reading import PictureError, RecognisedLine, RecognisedPage, RecognitionWanted
from kb.errors import DocumentError
from kb.types import Document


def tiff(pages: int) -> bytes:
    file = io.BytesIO()
    first, *others = [Image.new("L", (60, 90), 255)] * pages
    first.save(file, "TIFF", save_all=True, append_images=others)
    return file.getvalue()


def page(*texts: str, rows: bool = False) -> RecognisedPage:
    return RecognisedPage(
        tuple(
            RecognisedLine(text, 10, 50, 500, 700 - 14 * number, (700 - 14 * number) / 842, is_row=rows)
            for number, text in enumerate(texts)
        )
    )


def read(pages: dict[int, RecognisedPage]) -> Document:
    return read_document(tiff(2), name="scan.tif", source="s", document_id="scan.tif", recognised=pages)


def test_every_page_is_asked_for() -> None:
    with pytest.raises(RecognitionWanted) as wanted:
        read_document(tiff(3), name="scan.tif", source="s", document_id="scan.tif")
    assert wanted.value.pages == (0, 1, 2)


def test_pages_become_a_document_with_what_was_recognised_told() -> None:
    found = read({0: page("Le conseil approuve la convention et son", "annexe."), 1: page("Il lève la séance.")})
    assert found.text == "Le conseil approuve la convention et son annexe.\n\nIl lève la séance."
    assert found.page_starts == (0, found.text.index("Il"))
    assert found.recognised == ((0, len(found.text)),)
    assert found.remarks[0].startswith("pages 1 à 2 : images, lues par")


def test_rows_of_a_table_stay_apart() -> None:
    assert read({0: page("Ville | 2024", "Marsac | 12", rows=True)}).text == "Ville | 2024\n\nMarsac | 12"


def test_a_page_that_was_not_read_is_told_and_the_other_one_stays() -> None:
    found = read({0: RecognisedPage(outcome="time"), 1: page("Il lève la séance.")})
    assert found.text == "Il lève la séance."
    assert any(remark.startswith("page 1 : image, laissée de côté") for remark in found.remarks)


@pytest.mark.parametrize(
    ("outcome", "reason"), [("read", "n'y voit aucun texte"), ("absent", r"pip install 'reperes\[ocr\]'")]
)
def test_a_picture_without_text_is_told_apart(outcome: str, reason: str) -> None:
    given = RecognisedPage.from_json({"lines": [], "outcome": outcome, "left_out": 0})
    with pytest.raises(PictureError, match=reason):
        read({0: given, 1: given})


def test_what_failed_is_refused() -> None:
    with pytest.raises(DocumentError, match="n'aboutit pas") as refused:
        read({0: RecognisedPage(outcome="failed")})
    assert not isinstance(refused.value, PictureError)


def test_a_file_of_too_many_pages_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MOST_PAGES", 2)
    with pytest.raises(DocumentError, match="plus de 2 pages"):
        read_document(tiff(3), name="scan.tif", source="s", document_id="scan.tif")
