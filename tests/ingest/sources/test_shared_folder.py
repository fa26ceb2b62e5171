"""A folder as agencies share them: every format is read, or named with what to do."""

from __future__ import annotations

from pathlib import Path

from ingest.pipeline import ingest
from kb.index.catalog.file import FileCatalog
from kb.models.encoder import Encoder
from kb.settings import Settings

FOLDER = Path(__file__).parents[2] / "data" / "cases" / "formats_bureautiques"


def test_every_file_of_a_shared_folder_is_read_or_named(settings: Settings, tiny_encoder: Encoder) -> None:
    report = ingest([FOLDER], settings, tiny_encoder)
    assert report.failed == ()
    assert [(note.source, note.reason) for note in report.ignored_files] == [
        ("ancien.doc", "format .doc ancien : enregistrez-le en .docx")
    ]
    catalog = FileCatalog(settings.store / "catalog.sqlite")
    held = catalog.documents(list(catalog.states()))
    catalog.close()
    said = {name for name, document in held.items() if "48" in document.text}
    assert said == {
        "copil.pptx", "donnees.csv", "message.eml", "note.rtf", "page.mhtml", "pieces.zip/note.txt", "pole.odt",
        "suivi.xlsx",
    }  # fmt: skip
    assert set(held) == said | {"MAJUSCULES.TXT"}
    assert ingest([FOLDER], settings, tiny_encoder).unchanged == report.added
