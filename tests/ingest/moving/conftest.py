"""A base to move: documents, one that was withdrawn, what somebody said of an answer, an account."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.pipeline import ingest
from kb.answering.serialize import answer_to_json
from kb.models.encoder import Encoder
from kb.records.accounts import FileAccounts
from kb.records.database import AppDatabase
from kb.records.feedback import add_feedback
from kb.records.places import place_of
from kb.settings import Settings
from scripted_base import answer_of

PASSWORD = "un mot de passe assez long"
NOW = "2026-11-29T08:00:00+00:00"


@pytest.fixture
def base(tmp_path: Path, settings: Settings, tiny_encoder: Encoder) -> Settings:
    """A base in a folder: three documents, one that was withdrawn, what somebody said of an answer, an account."""
    folder = tmp_path / "docs"
    folder.mkdir()
    for name, text in {
        "aides.md": "# Aides\n\nL'agence verse des subventions.\n\n## Prêts\n\nLes prêts bonifiés complètent.",
        "culture.md": "# Culture\n\nLe ministère de la Culture (MC) soutient l'architecture.",
        "note.md": "# Note\n\nLes ménages gardent un loyer semblable.",
        "partie.md": "# Partie\n\nCe document s'en va.",
    }.items():
        (folder / name).write_text(text, encoding="utf-8")
    ingest([folder], settings, tiny_encoder)
    (folder / "partie.md").unlink()
    ingest([folder], settings, tiny_encoder, confirm=True)
    with AppDatabase(place_of(settings)) as database:
        add_feedback(database, NOW, "good", None, "", answer_to_json(answer_of("Oui [1].")), 1)
    FileAccounts(settings.accounts_file).add("anne", "editor", PASSWORD)
    return settings
