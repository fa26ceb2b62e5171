"""Real pages, really recognised, in the processes of an ingestion: seconds each, so every file is read once."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest
from rapidfuzz.distance import Levenshtein

from ingest.readers.bounded import Readers
from ingest.readers.ocr import recogniser
from kb.errors import DocumentError
from kb.types import Document

CASES = Path(__file__).parents[3] / "data" / "cases"
LETTER = CASES / "pdf_scan" / "courrier-2025-117.pdf"
TRUE = """Direction départementale des territoires Courrier du 9 septembre 2025
Objet : convention de relogement de la cité des Tanneurs
Monsieur le Maire, J'ai l'honneur de vous notifier l'accord de l'État sur le relogement des 138 ménages de la cité des
Tanneurs. La participation de l'État s'élève à 412 600 euros, versée en deux fois : 60 % à la signature, le solde à
l'achèvement, au plus tard le 30 juin 2027.
Le comité de suivi se réunit chaque trimestre à la sous-préfecture. Son secrétariat est assuré par Mme Hélène Garrigue.
Je vous prie d'agréer, Monsieur le Maire, mes salutations distinguées."""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("store")


@pytest.fixture(scope="module")
def readers(store: Path) -> Iterator[Readers]:
    with Readers(store) as made:
        yield made


def read(readers: Readers, path: Path, content: bytes | None = None, name: str = "") -> Document:
    name = name or path.name
    return readers.document(content or path.read_bytes(), name=name, source="cas", document_id=name)


@pytest.fixture(scope="module")
def letter(readers: Readers) -> Document:
    return read(readers, LETTER)


def test_a_scanned_letter_is_read(letter: Document) -> None:
    true = " ".join(TRUE.split())
    assert Levenshtein.distance(true, " ".join(letter.text.split())) <= 0.02 * len(true)
    assert letter.page_at(letter.text.index("Garrigue")) == 2
    assert letter.recognised == ((0, len(letter.text)),)
    assert letter.remarks == ("pages 1 à 2 : images, lues par reconnaissance optique de caractères (OCR), à vérifier",)


def test_what_was_recognised_is_not_recognised_again(
    letter: Document, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ask(self: recogniser.Recogniser, task: str, content: bytes, page: int) -> dict[str, object]:
        assert task == "mark"
        return dict(asked(self, task, content, page))

    asked = recogniser.Recogniser._ask
    monkeypatch.setattr(recogniser.Recogniser, "_ask", ask)
    with Readers(store) as others:
        assert read(others, LETTER) == letter


def test_pages_of_text_among_scanned_ones_keep_their_text(readers: Readers) -> None:
    found = read(readers, CASES / "pdf_en_partie_scanne" / "deliberation.pdf")
    assert found.remarks == ("pages 3 à 5 : images, lues par reconnaissance optique de caractères (OCR), à vérifier",)
    (stretch,) = found.recognised
    assert stretch == (found.page_starts[2], len(found.text))
    quote = found.text.index("Médiathèque : 642 000 euros")
    assert found.is_recognised(quote, quote + 10)
    assert not found.is_recognised(0, 100)


def test_a_text_that_lies_behind_a_scan_is_taken_as_it_is(readers: Readers) -> None:
    found = read(readers, CASES / "pdf_couche_ocr" / "bail.pdf")
    assert "930 euros" in found.text
    assert found.recognised == ()


def test_a_fax_lying_on_its_side_is_read(readers: Readers) -> None:
    page = pypdfium2.PdfDocument(LETTER)[1].render(scale=150 / 72).to_pil().crop((0, 0, 1240, 400))
    file = io.BytesIO()
    page.rotate(90, expand=True).convert("1", dither=0).save(file, "TIFF", compression="group4")
    found = read(readers, Path(), file.getvalue(), "fax.tif")
    assert "Le comité de suivi se réunit chaque trimestre à la sous-préfecture." in found.text
    assert found.remarks[0] == "page 1 : image, lue par reconnaissance optique de caractères (OCR), à vérifier"
    assert (found.title, found.page_starts) == ("fax", (0,))


def test_without_the_library_a_scan_is_refused_with_what_to_install(
    readers: Readers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recogniser, "is_installed", lambda: False)
    with pytest.raises(DocumentError, match=r"PDF scanné : 2 pages .* sans texte ; .*pip install 'reperes\[ocr\]'"):
        read(readers, LETTER)
    half = read(readers, CASES / "pdf_en_partie_scanne" / "deliberation.pdf")
    assert half.remarks[0].startswith("pages 3 à 5 : images, sans texte lu")
    assert half.recognised == ()
