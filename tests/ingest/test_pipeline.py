"""Ingestion over real files and a real index, of each maker: nothing doubled, lost or resurrected."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from ingest.erasing import forget
from ingest.pipeline import ingest
from ingest.readers import bounded
from ingest.report import IGNORED_KEPT, IngestReport
from kb.index.embedded import store as embedded_store
from kb.index.opening import open_store
from kb.knowledge import KnowledgeBase
from kb.models.encoder import Encoder
from kb.settings import Settings
from makers import MAKERS, on_maker

TEXTS = {
    "aides.md": "---\ntitre: Les aides\ndate: 2024-12-10\n---\n# Les aides\n\nL'agence verse des subventions.",
    "culture.md": "# La culture\n\nLe ministère porte la politique de l'architecture.",
    "note.txt": "Une note sur le relogement\n\nLes ménages relogés gardent un loyer semblable.",
    "page.html": "<html><head><title>Page</title></head><body><article><h1>Page</h1>"
    "<p>Les internats accueillent des lycéens et des étudiants dans de bonnes conditions.</p></article></body></html>",
    "six.md": "# Six\n\nLe comité d'engagement examine les dossiers.",
    "sous/sept.md": "# Sept\n\nLes contreparties reviennent à Action Logement.",
}


@pytest.fixture(params=MAKERS)
def settings(request: pytest.FixtureRequest, settings: Settings) -> Settings:
    return on_maker(request, settings)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "docs"
    for name, text in TEXTS.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root


def counts(report: IngestReport) -> tuple[int, int, int, int, int]:
    return report.added, report.updated, report.unchanged, report.withdrawn, len(report.failed)


def documents(settings: Settings) -> set[str]:
    catalog = open_store(settings).catalog()
    current = {name for name, state in catalog.states().items() if not state.withdrawn}
    catalog.close()
    return current


def test_a_second_run_changes_nothing(folder: Path, settings: Settings, tiny_encoder: Encoder) -> None:
    first = ingest([folder], settings, tiny_encoder)
    assert counts(first) == (6, 0, 0, 0, 0)
    assert documents(settings) == set(TEXTS)
    second = ingest([folder], settings, tiny_encoder)
    assert counts(second) == (0, 0, 6, 0, 0)
    assert (second.passages, second.generation) == (first.passages, first.generation)


def test_changed_gone_and_returned_documents(folder: Path, settings: Settings, tiny_encoder: Encoder) -> None:
    ingest([folder], settings, tiny_encoder)
    (folder / "aides.md").write_text(TEXTS["aides.md"].replace("subventions", "prêts bonifiés"), encoding="utf-8")
    (folder / "culture.md").unlink()
    report = ingest([folder], settings, tiny_encoder)
    assert counts(report) == (0, 1, 4, 1, 0)
    with KnowledgeBase.open(settings, tiny_encoder) as base:
        found = [hit.passage.text for hit in base.search("subventions prêts architecture")]
        assert any("prêts bonifiés" in text for text in found)
        assert not any("subventions" in text or "architecture" in text for text in found)
    (folder / "culture.md").write_text(TEXTS["culture.md"], encoding="utf-8")
    assert counts(ingest([folder], settings, tiny_encoder)) == (1, 0, 5, 0, 0)
    assert documents(settings) == set(TEXTS)


def test_the_same_words_rewritten_in_the_file_are_no_change(
    folder: Path, settings: Settings, tiny_encoder: Encoder
) -> None:
    ingest([folder], settings, tiny_encoder)
    (folder / "six.md").write_text("# Six\n\n\nLe **comité d'engagement** examine\nles dossiers.\n", encoding="utf-8")
    assert counts(ingest([folder], settings, tiny_encoder)) == (0, 0, 6, 0, 0)


def test_a_file_alone_updates_its_source_and_withdraws_nothing(
    folder: Path, settings: Settings, tiny_encoder: Encoder
) -> None:
    ingest([folder], settings, tiny_encoder)
    (folder / "sous/sept.md").write_text("# Sept\n\nTout autre texte.", encoding="utf-8")
    assert counts(ingest([folder / "sous/sept.md"], settings, tiny_encoder)) == (0, 1, 0, 0, 0)
    assert documents(settings) == set(TEXTS)
    lone = folder.parent / "seul.md"
    lone.write_text("# Seul\n\nUn document seul.", encoding="utf-8")
    assert counts(ingest([lone], settings, tiny_encoder)) == (1, 0, 0, 0, 0)
    assert documents(settings) == {*TEXTS, "seul.md"}


def test_many_withdrawals_ask_for_a_confirmation(folder: Path, settings: Settings, tiny_encoder: Encoder) -> None:
    ingest([folder], settings, tiny_encoder)
    for name in ("six.md", "aides.md"):
        (folder / name).unlink()
    held = ingest([folder], settings, tiny_encoder)
    assert counts(held) == (0, 0, 4, 0, 1)
    assert "2 documents sur 6" in held.failed[0].reason
    assert "--confirm" in held.failed[0].reason
    assert documents(settings) == set(TEXTS)
    assert counts(ingest([folder], settings, tiny_encoder, confirm=True)) == (0, 0, 4, 2, 0)


def test_a_missing_folder_withdraws_nothing(folder: Path, settings: Settings, tiny_encoder: Encoder) -> None:
    ingest([folder], settings, tiny_encoder)
    report = ingest([folder.parent / "nulle-part", "ftp://exemple.fr/page"], settings, tiny_encoder)
    assert counts(report) == (0, 0, 0, 0, 2)
    assert "introuvable" in report.failed[0].reason
    assert "http et https" in report.failed[1].reason
    assert documents(settings) == set(TEXTS)


def test_a_version_that_cannot_be_read_leaves_the_one_before(
    folder: Path, settings: Settings, tiny_encoder: Encoder
) -> None:
    ingest([folder], settings, tiny_encoder)
    (folder / "aides.md").write_text("", encoding="utf-8")
    report = ingest([folder], settings, tiny_encoder)
    assert counts(report) == (0, 0, 5, 0, 1)
    assert report.failed[0].source == "aides.md"
    assert documents(settings) == set(TEXTS)


def test_a_document_of_another_source_is_refused(folder: Path, settings: Settings, tiny_encoder: Encoder) -> None:
    ingest([folder], settings, tiny_encoder)
    other = folder.parent / "autre"
    other.mkdir()
    (other / "six.md").write_text("# Six\n\nUn autre six.", encoding="utf-8")
    report = ingest([other], settings, tiny_encoder)
    assert counts(report) == (0, 0, 0, 0, 1)
    assert "« docs »" in report.failed[0].reason
    assert "« autre »" in report.failed[0].reason


def test_no_document_is_called_as_added_files_are(folder: Path, settings: Settings, tiny_encoder: Encoder) -> None:
    """A refusal of what an editor adds would tell them of a document that they may not read."""
    key = "0123456789abcdef"
    (folder / key).mkdir()
    (folder / key / "a.md").write_text("# Prime\n\nLa prime est versée en juin.", encoding="utf-8")
    (failure,) = ingest([folder], settings, tiny_encoder).failed
    assert (failure.source, "renommez ce dossier" in failure.reason) == (f"{key}/a.md", True)
    assert ingest([folder], settings, tiny_encoder, source="ajouts", confirm=True).added == 1


def test_two_folders_of_one_name_are_not_mixed_up(folder: Path, settings: Settings, tiny_encoder: Encoder) -> None:
    ingest([folder], settings, tiny_encoder)
    namesake = folder.parent / "ailleurs" / "docs"
    namesake.mkdir(parents=True)
    (namesake / "huit.md").write_text("# Huit\n\nUn document.", encoding="utf-8")
    report = ingest([namesake], settings, tiny_encoder)
    assert counts(report) == (0, 0, 0, 0, 1)
    assert "--source" in report.failed[0].reason
    assert counts(ingest([namesake], settings, tiny_encoder, source="ailleurs")) == (1, 0, 0, 0, 0)
    assert documents(settings) == {*TEXTS, "huit.md"}


def test_equal_files_are_two_documents_and_one_hit(folder: Path, settings: Settings, tiny_encoder: Encoder) -> None:
    (folder / "copie.md").write_text(TEXTS["six.md"], encoding="utf-8")
    assert ingest([folder], settings, tiny_encoder).added == 7
    with KnowledgeBase.open(settings, tiny_encoder) as base:
        hits = base.search("comité d'engagement")
        assert len([hit for hit in hits if "comité" in hit.passage.text]) == 1
    (folder / "six.md").unlink()
    ingest([folder], settings, tiny_encoder)
    with KnowledgeBase.open(settings, tiny_encoder) as base:
        assert base.search("comité d'engagement")[0].document.id == "copie.md"


def test_a_whole_folder_of_trouble(tmp_path: Path, settings: Settings, tiny_encoder: Encoder) -> None:
    from fpdf import FPDF

    root = tmp_path / "trouble"
    root.mkdir()
    locked = FPDF()
    locked.add_page()
    locked.set_font("helvetica")
    locked.cell(text="Texte secret")
    locked.set_encryption(owner_password="a", user_password="b")
    plain = FPDF()
    plain.add_page()
    plain.set_font("helvetica")
    plain.multi_cell(0, text="Le rapport donne les chiffres de la campagne. " * 10)
    (root / "vide.md").write_bytes(b"")
    (root / "coupé.pdf").write_bytes(bytes(plain.output())[:400])
    (root / "fermé.pdf").write_bytes(bytes(locked.output()))
    (root / "faux.docx").write_bytes(b"pas une archive")
    (root / "latin.txt").write_bytes("Les aides à la rénovation sont versées par l'Agence.".encode("latin-1"))
    (root / "enorme.txt").write_text("Une phrase de texte. " * 2_400_000)
    (root / "sans-corps.html").write_text("<html><head><title>Rien</title></head></html>")
    (tmp_path / "ailleurs.md").write_text("# Ailleurs\n\nHors du dossier.")
    (root / "lien.md").symlink_to(tmp_path / "ailleurs.md")
    (root / "interdit.md").write_text("# Interdit\n\nPersonne ne me lit.")
    (root / "interdit.md").chmod(0)
    for name in ("un.md", "deux.md"):
        (root / name).write_text("# Le même\n\nLe même texte sur les quartiers fertiles.")
    (root / "bon.pdf").write_bytes(bytes(plain.output()))
    report = ingest([root], settings, tiny_encoder)
    reasons = {failure.source: failure.reason for failure in report.failed}
    assert set(reasons) == {
        "vide.md", "coupé.pdf", "fermé.pdf", "faux.docx", "enorme.txt", "sans-corps.html", "lien.md", "interdit.md"
    }  # fmt: skip
    assert "mot de passe" in reasons["fermé.pdf"]
    assert "REPERES_MAX_TEXT_MB" in reasons["enorme.txt"]
    assert all("\n" not in reason for reason in reasons.values())
    assert documents(settings) == {"latin.txt", "un.md", "deux.md", "bon.pdf"}
    with KnowledgeBase.open(settings, tiny_encoder) as base:
        assert "rénovation" in base.search("aides à la rénovation")[0].passage.text
        assert len([hit for hit in base.search("quartiers fertiles") if "fertiles" in hit.passage.text]) == 1


def test_progress_counts_every_document(folder: Path, settings: Settings, tiny_encoder: Encoder) -> None:
    seen: list[tuple[int, int]] = []
    ingest([folder], settings, tiny_encoder, progress=lambda done, total, _: seen.append((done, total)))
    assert seen[0] == (0, 6)
    assert seen[-1] == (6, 6)
    assert all(before[0] <= after[0] for before, after in pairwise(seen))


def test_files_that_are_ignored_are_named_with_the_reason(
    folder: Path, settings: Settings, tiny_encoder: Encoder
) -> None:
    (folder / "sous" / "film.mp4").write_bytes(b"film")
    (folder / "tableau.xls").write_bytes(b"xls")
    (folder / ".cache").write_bytes(b"hidden")
    report = ingest([folder], settings, tiny_encoder)
    assert report.ignored == 2
    assert [note.source for note in report.ignored_files] == ["tableau.xls", "sous/film.mp4"]
    assert "enregistrez-le en .xlsx" in report.ignored_files[0].reason
    assert "type de fichier non lu" in report.ignored_files[1].reason
    catalog = open_store(settings).catalog()
    (kept,) = catalog.journal.reports()
    catalog.close()
    assert [note["source"] for note in kept["ignored_files"]] == ["tableau.xls", "sous/film.mp4"]


def test_what_was_erased_is_named_to_who_ingests_and_kept_nowhere(
    folder: Path, settings: Settings, tiny_encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded_store, "GRACE_SECONDS", 0.0)
    ingest([folder], settings, tiny_encoder)
    forget(settings, ["six.md"])
    report = ingest([folder], settings, tiny_encoder)
    assert (report.ignored, [note.source for note in report.ignored_files]) == (1, ["six.md"])
    assert "reperes forget --undo" in report.ignored_files[0].reason
    catalog = open_store(settings).catalog()
    kept = catalog.journal.reports()[0]
    catalog.close()
    assert (kept["ignored"], kept["ignored_files"]) == (1, [])


def test_of_many_ignored_files_all_are_counted_and_the_first_named(
    folder: Path, settings: Settings, tiny_encoder: Encoder
) -> None:
    for number in range(IGNORED_KEPT + 3):
        (folder / f"{number}.mp4").touch()
    report = ingest([folder], settings, tiny_encoder)
    assert (report.ignored, len(report.ignored_files)) == (IGNORED_KEPT + 3, IGNORED_KEPT)


@pytest.mark.parametrize(("before", "gone", "withdrawn"), [(5, 1, 1), (5, 2, 0), (4, 4, 4), (10, 2, 2), (10, 3, 0)])
def test_a_fifth_of_a_source_may_go_unasked(
    tmp_path: Path, settings: Settings, tiny_encoder: Encoder, before: int, gone: int, withdrawn: int
) -> None:
    for number in range(before):
        (tmp_path / "docs").mkdir(exist_ok=True)
        (tmp_path / "docs" / f"{number}.md").write_text(f"# Fiche {number}\n\nUn texte.", encoding="utf-8")
    ingest([tmp_path / "docs"], settings, tiny_encoder)
    for number in range(gone):
        (tmp_path / "docs" / f"{number}.md").unlink()
    assert ingest([tmp_path / "docs"], settings, tiny_encoder).withdrawn == withdrawn


def test_a_lower_limit_is_kept(folder: Path, settings: Settings, tiny_encoder: Encoder) -> None:
    (folder / "gros.txt").write_text("mot " * 600_000)
    limited = replace(settings, max_text_mb=1)
    assert [failure.source for failure in ingest([folder], limited, tiny_encoder).failed] == ["gros.txt"]


def test_what_brings_a_reader_down_stops_no_other_document(
    folder: Path, settings: Settings, tiny_encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[1] / "support" / "hostile"))
    monkeypatch.setattr(bounded, "_TASKS", "tasks_of_children")
    for name in ("faute.md", "panne.md", "mémoire.md", "profond.md"):
        (folder / name).write_text("Un texte.", encoding="utf-8")
    report = ingest([folder], settings, tiny_encoder)
    assert report.added == 6
    assert [failure.source for failure in report.failed] == ["faute.md", "mémoire.md", "panne.md", "profond.md"]
    assert "IndexError" in report.failed[0].reason
