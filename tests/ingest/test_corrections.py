"""Corrections of documents: kept apart from the store, applied at each ingestion, taken back."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from ingest.correction import correct, merge
from ingest.pipeline import ingest
from ingest.preview import preview
from kb.errors import DocumentError, ReperesError
from kb.index.opening import open_store
from kb.models.encoder import Encoder
from kb.records.corrections import read_corrections
from kb.records.places import place_of
from kb.rights.rights import Rights
from kb.settings import Settings
from kb.types import Document
from makers import MAKERS, lose_store, on_maker

TEXT = (
    "---\ntitre: Un titre faux\ndate: 2019\npartenaires: [Anah]\n---\n\nLe budget du programme est de 12 milliards.\n"
)


# What is refused before a store is opened, or whatever it is.
on_one_maker = pytest.mark.parametrize("settings", ["embedded"], indirect=True)


@pytest.fixture(params=MAKERS)
def settings(request: pytest.FixtureRequest, settings: Settings) -> Settings:
    """Settings with a store of each maker."""
    return on_maker(request, settings)


@pytest.fixture
def folder(tmp_path: Path, settings: Settings, tiny_encoder: Encoder) -> Path:
    found = tmp_path / "documents"
    found.mkdir()
    (found / "a.md").write_text(TEXT, encoding="utf-8")
    ingest([found], settings, tiny_encoder)
    return found


def stored(settings: Settings, document_id: str = "a.md") -> Document:
    with closing(open_store(settings).catalog()) as catalog:
        found = catalog.document(document_id)
    assert found is not None
    return found


def test_a_correction_holds_when_the_document_changes(folder: Path, settings: Settings, tiny_encoder: Encoder) -> None:
    report = correct("a.md", {"title": "Un titre juste", "date": "2025-03", "partners": ""}, settings, tiny_encoder)
    assert (report.updated, report.failed) == (1, ())
    found = stored(settings)
    assert (found.title, found.date, found.partners) == ("Un titre juste", "2025-03", ())
    assert ingest([folder], settings, tiny_encoder).unchanged == 1
    (folder / "a.md").write_text(TEXT.replace("12 milliards", "14 milliards").replace("2019", "2020"), encoding="utf-8")
    assert ingest([folder], settings, tiny_encoder).updated == 1
    found = stored(settings)
    assert (found.title, found.date) == ("Un titre juste", "2025-03")
    assert "14 milliards" in found.text
    # What the source says now is what taking the correction back gives.
    assert correct("a.md", None, settings, tiny_encoder).updated == 1
    found = stored(settings)
    assert (found.title, found.date, found.partners) == ("Un titre faux", "2020", ("Anah",))
    assert read_corrections(place_of(settings)) == {}


def test_a_correction_outlives_the_store(folder: Path, settings: Settings, tiny_encoder: Encoder) -> None:
    correct("a.md", {"date": "2025"}, settings, tiny_encoder)
    lose_store(settings)
    ingest([folder], settings, tiny_encoder)
    assert stored(settings).date == "2025"


def test_one_field_is_given_back_by_typing_what_the_source_says(
    folder: Path, settings: Settings, tiny_encoder: Encoder
) -> None:
    correct("a.md", {"title": "Autre", "date": "2025"}, settings, tiny_encoder)
    correct("a.md", {"title": "Un titre faux"}, settings, tiny_encoder)
    assert (stored(settings).title, stored(settings).date) == ("Un titre faux", "2025")
    assert set(read_corrections(place_of(settings))["a.md"].fields) == {"date"}


@on_one_maker
@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"date": "hier"}, "hier"),
        ({"title": " "}, "titre"),
        ({"url": "ftp://x"}, "http"),
        ({"texte": "x"}, "texte"),
        ({"rubric": "x" * 501}, "501"),
    ],
)
def test_a_wrong_value_changes_nothing(
    folder: Path, settings: Settings, tiny_encoder: Encoder, fields: dict[str, str], told: str
) -> None:
    before = stored(settings)
    with pytest.raises(ReperesError, match=told):
        correct("a.md", fields, settings, tiny_encoder)
    assert stored(settings) == before
    assert read_corrections(place_of(settings)) == {}


@on_one_maker
def test_an_unknown_document_cannot_be_corrected(folder: Path, settings: Settings, tiny_encoder: Encoder) -> None:
    with pytest.raises(DocumentError):
        correct("b.md", {"date": "2025"}, settings, tiny_encoder)


@on_one_maker
def test_a_preview_writes_nothing(tmp_path: Path, settings: Settings, tiny_encoder: Encoder) -> None:
    path = tmp_path / "a.md"
    path.write_text(TEXT, encoding="utf-8")
    found = preview(str(path), settings, tiny_encoder).to_json()
    assert (found["title"], found["date"], found["partners"], found["passages"]) == (
        "Un titre faux",
        "2019",
        ["Anah"],
        1,
    )
    assert "12 milliards" in found["text"]
    assert not open_store(settings).exists()
    with pytest.raises(DocumentError, match="type de fichier"):
        preview(str(tmp_path / "a.exe"), settings, tiny_encoder)


def test_values_are_merged_for_good(folder: Path, settings: Settings, tiny_encoder: Encoder) -> None:
    (folder / "b.md").write_text(TEXT.replace("[Anah]", "[ANAH, État]").replace("12", "13"), encoding="utf-8")
    ingest([folder], settings, tiny_encoder)
    report = merge("partners", ["Anah", "ANAH"], "ANAH", settings, tiny_encoder)
    assert (report.updated, report.failed) == (1, ())  # the other one has it already
    assert stored(settings).partners == ("ANAH",)
    (folder / "a.md").write_text(TEXT.replace("12 milliards", "14 milliards"), encoding="utf-8")
    ingest([folder], settings, tiny_encoder)
    assert stored(settings).partners == ("ANAH",)
    assert merge("partners", ["ANAH", "État"], "Agence, État", settings, tiny_encoder).updated == 2
    assert stored(settings).partners == ("Agence", "État")
    # Merged back into what the source says, nothing is left to correct.
    merge("partners", ["Agence", "État"], "Anah", settings, tiny_encoder)
    assert stored(settings).partners == ("Anah",)
    assert "a.md" not in read_corrections(place_of(settings))


def test_what_may_not_be_read_is_not_merged(folder: Path, settings: Settings, tiny_encoder: Encoder) -> None:
    hidden = folder.parent / "rh"
    hidden.mkdir()
    (hidden / "b.md").write_text(TEXT.replace("12", "13"), encoding="utf-8")
    (hidden / "c.md").write_text(TEXT.replace("[Anah]", "[Zéphyrin]").replace("12", "14"), encoding="utf-8")
    for read in (folder, hidden):
        ingest([read], settings, tiny_encoder)
    others = Rights.without(["r*"])
    assert merge("partners", ["Anah"], "ANAH", settings, tiny_encoder, rights=others).updated == 1
    now = {name: stored(settings, name).partners for name in ("a.md", "b.md", "c.md")}
    assert now == {"a.md": ("ANAH",), "b.md": ("Anah",), "c.md": ("Zéphyrin",)}
    # A value of what is hidden is one that no document has.
    for value in ("Zéphyrin", "Zéphirin"):
        with pytest.raises(ReperesError, match=f"Aucun document n'a pour partenaires : {value}"):
            merge("partners", [value], "ANAH", settings, tiny_encoder, rights=others)
    assert merge("partners", ["Anah", "Zéphyrin"], "ANAH", settings, tiny_encoder).updated == 2


@on_one_maker
@pytest.mark.parametrize(
    ("field", "values", "into", "told"),
    [
        ("title", ["x"], "y", "ne se fusionne pas"),
        ("kind", ["rapport"], "étude", "Aucun document n'a pour type : rapport"),
        ("kind", ["rapport"], " ", "valeur à garder"),
    ],
)
def test_what_cannot_be_merged_is_told(
    folder: Path, settings: Settings, tiny_encoder: Encoder, field: str, values: list[str], into: str, told: str
) -> None:
    with pytest.raises(ReperesError, match=told):
        merge(field, values, into, settings, tiny_encoder)
