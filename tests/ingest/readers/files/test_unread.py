"""Every file that is left aside says why, and what to do."""

from __future__ import annotations

import pytest

from ingest.readers import SUFFIXES
from ingest.readers.files.unread import _REASONS, why_unread


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("ancien.doc", "format .doc ancien : enregistrez-le en .docx"),
        ("BUDGET.XLS", "enregistrez-le en .xlsx"),
        ("copil.ppt", "enregistrez-le en .pptx"),
        ("courrier.msg", "enregistrez-le en .eml"),
        ("plan.dwg", "exportez-le en .pdf"),
        ("photo.heic", "image"),
        ("séance.mp3", "transcription"),
        ("tout.rar", ".zip"),
        ("donnée.inconnue", "type de fichier non lu (.inconnue) ; types lus : .a, .b"),
        ("LISEZMOI", "type de fichier non lu (sans extension) ; types lus : .a, .b"),
    ],
)
def test_the_reason_says_what_to_do(name: str, said: str) -> None:
    assert said in why_unread(name, ".a, .b")


def test_nothing_that_is_read_is_said_to_be_unread() -> None:
    assert not {f".{suffix}" for suffix in _REASONS} & SUFFIXES
