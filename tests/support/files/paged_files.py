"""Real PDF files with pages to look at, and documents of folders read from them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from fpdf import FPDF

FONT = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")
COST = "Le coût des jardins partagés s'élève à 1 254 000 euros en 2024, dont 72 % à la charge de l'agence."
SPLIT = (
    "La convention des jardins partagés engage chaque commune pour une durée de sept années, renouvelable une fois "
    "par décision du conseil, et prévoit une visite annuelle des parcelles par le comité de suivi."
)
_FILLING = "Le comité de suivi examine les conventions et leurs avenants, puis il rend compte au secrétariat général. "


def pdf_of(pages: Sequence[str], title: str = "Les jardins partagés", size: float = 12) -> bytes:
    """A PDF with a text on each of its pages, justified."""
    file = FPDF()
    file.add_font("dejavu", fname=str(FONT))
    file.set_font("dejavu", size=size)
    file.set_title(title)
    for page in pages:
        file.add_page()
        file.multi_cell(0, 7, page)
    return bytes(file.output())


def report() -> bytes:
    """Four pages: the cost on the second, and a sentence that begins on the third and ends on the fourth."""
    words = SPLIT.split(" ")
    half = len(words) // 2
    return pdf_of(
        [
            _FILLING * 4,
            f"{_FILLING * 3}\n\n{COST}\n\n{_FILLING}",
            f"{_FILLING * 3}\n\n{' '.join(words[:half])}",
            f"{' '.join(words[half:])}\n\n{_FILLING * 2}",
        ]
    )
