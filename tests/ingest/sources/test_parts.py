"""Archives and mails in a folder: each file within them is a document, and comes, changes, goes and fails alone."""

from __future__ import annotations

import email.policy
import io
import zipfile
from collections.abc import Mapping
from email.message import EmailMessage
from pathlib import Path

import pytest

from ingest.erasing import forget
from ingest.maintenance import check
from ingest.pipeline import ingest
from ingest.preview import preview
from ingest.report import IngestReport
from kb.errors import DocumentError
from kb.index.catalog.file import FileCatalog
from kb.index.layout import CATALOG_FILE, index_folder
from kb.models.encoder import Encoder
from kb.settings import Settings
from kb.types import Document

NOTE = "La halle couverte accueille 36 étals le samedi."
AUTRE = "Le marché de plein air compte 52 emplacements."


def archive(files: Mapping[str, bytes | str]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as written:
        for name, content in files.items():
            written.writestr(name, content)
    return made.getvalue()


def mail(subject: str, text: str, attached: Mapping[str, bytes] | None = None) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "Léa <lea@exemple.fr>", "omar@exemple.fr", subject
    message["Date"] = "Tue, 04 Mar 2025 10:00:00 +0100"
    message.set_content(text)
    for name, content in (attached or {}).items():
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return message


def as_file(message: EmailMessage) -> bytes:
    return message.as_bytes(policy=email.policy.SMTP)


def counts(report: IngestReport) -> tuple[int, int, int, int, int]:
    return report.added, report.updated, report.unchanged, report.withdrawn, len(report.failed)


def current(settings: Settings) -> dict[str, Document]:
    catalog = FileCatalog(index_folder(settings.store) / CATALOG_FILE)
    names = [name for name, state in catalog.states().items() if not state.withdrawn]
    found = catalog.documents(names)
    catalog.close()
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "docs"
    root.mkdir()
    return root


def test_the_files_of_an_archive_are_documents(folder: Path, settings: Settings, tiny_encoder: Encoder) -> None:
    (folder / "pièces.zip").write_bytes(
        archive(
            {"marché/halle.txt": NOTE, "plein air.md": f"# Plein air\n\n{AUTRE}", "marché/": "", "photo.heic": b"\xff"}
        )
    )
    report = ingest([folder], settings, tiny_encoder)
    assert counts(report) == (2, 0, 0, 0, 0)
    held = current(settings)
    assert set(held) == {"pièces.zip/marché/halle.txt", "pièces.zip/plein air.md"}
    assert held["pièces.zip/plein air.md"].title == "Plein air"
    assert held["pièces.zip/marché/halle.txt"].parent is None
    (note,) = report.ignored_files
    assert note.source == "pièces.zip/photo.heic"
    assert "(image)" in note.reason
    again = ingest([folder], settings, tiny_encoder)
    assert counts(again) == (0, 0, 2, 0, 0)
    assert again.generation == report.generation
    assert again.ignored == 1


def test_what_changes_in_an_archive_changes_in_the_base(
    folder: Path, settings: Settings, tiny_encoder: Encoder
) -> None:
    path = folder / "pièces.zip"
    path.write_bytes(archive({"a.txt": NOTE, "b.txt": AUTRE, "c.txt": "Un troisième texte."}))
    ingest([folder], settings, tiny_encoder)
    path.write_bytes(archive({"a.txt": NOTE.replace("36", "38"), "c.txt": "Un troisième texte."}))
    assert counts(ingest([folder], settings, tiny_encoder)) == (0, 1, 1, 1, 0)
    assert set(current(settings)) == {"pièces.zip/a.txt", "pièces.zip/c.txt"}
    path.unlink()
    assert counts(ingest([folder], settings, tiny_encoder)) == (0, 0, 0, 2, 0)


def test_a_file_alone_withdraws_what_is_gone_from_it_and_nothing_else(
    folder: Path, settings: Settings, tiny_encoder: Encoder
) -> None:
    (folder / "autre.txt").write_text(AUTRE, encoding="utf-8")
    path = folder / "pièces.zip"
    path.write_bytes(archive({"a.txt": NOTE, "b.txt": "Deuxième texte."}))
    ingest([folder], settings, tiny_encoder)
    (folder / "autre.txt").unlink()
    path.write_bytes(archive({"a.txt": NOTE}))
    assert counts(ingest([path], settings, tiny_encoder)) == (0, 0, 1, 1, 0)
    assert set(current(settings)) == {"autre.txt", "pièces.zip/a.txt"}


def test_an_archive_that_cannot_be_opened_keeps_its_documents(
    folder: Path, settings: Settings, tiny_encoder: Encoder
) -> None:
    path = folder / "pièces.zip"
    whole = archive({"a.txt": NOTE, "b.txt": AUTRE})
    path.write_bytes(whole)
    ingest([folder], settings, tiny_encoder)
    path.write_bytes(whole[: len(whole) // 2])
    report = ingest([folder], settings, tiny_encoder)
    assert counts(report) == (0, 0, 0, 0, 1)
    assert report.failed[0].source == "pièces.zip"
    assert "tronquée" in report.failed[0].reason
    assert set(current(settings)) == {"pièces.zip/a.txt", "pièces.zip/b.txt"}


def test_a_bad_member_fails_alone(folder: Path, settings: Settings, tiny_encoder: Encoder) -> None:
    (folder / "pièces.zip").write_bytes(
        archive({"../dehors.txt": "Dehors.", "vide.txt": "", "faux.pdf": "pas un PDF", "bon.txt": NOTE})
    )
    report = ingest([folder], settings, tiny_encoder)
    assert set(current(settings)) == {"pièces.zip/bon.txt"}
    assert {note.source for note in report.failed} == {
        "pièces.zip/../dehors.txt",
        "pièces.zip/vide.txt",
        "pièces.zip/faux.pdf",
    }


def test_what_is_attached_to_a_mail_is_its_children(folder: Path, settings: Settings, tiny_encoder: Encoder) -> None:
    inner = mail("Relevé des étals", "Voici le relevé.", {"relevé.csv": "Lieu;Étals\nHalle;36\n".encode()})
    message = mail("Marché du samedi", NOTE, {"plan.txt": AUTRE.encode(), "ancien.doc": b"\xd0\xcf\x11\xe0"})
    message.add_attachment(inner)
    message.add_attachment(
        archive({"x.txt": "Dans l'archive jointe."}), maintype="application", subtype="zip", filename="tout.zip"
    )
    (folder / "courrier.eml").write_bytes(as_file(message))
    report = ingest([folder], settings, tiny_encoder)
    assert report.failed == ()
    held = current(settings)
    nested = "courrier.eml/Relevé des étals.eml"
    assert set(held) == {
        "courrier.eml",
        "courrier.eml/plan.txt",
        nested,
        f"{nested}/relevé.csv",
        "courrier.eml/tout.zip/x.txt",
    }
    assert held["courrier.eml"].parent is None
    assert held["courrier.eml"].date == "2025-03-04"
    assert held["courrier.eml/plan.txt"].parent == "courrier.eml"
    assert held[f"{nested}/relevé.csv"].parent == nested
    assert [note.source for note in report.ignored_files] == ["courrier.eml/ancien.doc"]
    assert "enregistrez-le en .docx" in report.ignored_files[0].reason
    assert counts(ingest([folder], settings, tiny_encoder)) == (0, 0, 5, 0, 0)
    assert check(settings, tiny_encoder).differences == ()
    (folder / "courrier.eml").write_bytes(as_file(mail("Marché du samedi", NOTE)))
    assert counts(ingest([folder], settings, tiny_encoder, confirm=True))[3] == 4
    assert set(current(settings)) == {"courrier.eml"}


def test_archives_within_archives_are_named_not_opened(folder: Path, settings: Settings, tiny_encoder: Encoder) -> None:
    inner = archive({"a.txt": NOTE})
    (folder / "pièces.zip").write_bytes(
        archive({"dedans.zip": inner, "m.eml": as_file(mail("Envoi", AUTRE, {"encore.zip": inner}))})
    )
    report = ingest([folder], settings, tiny_encoder)
    assert set(current(settings)) == {"pièces.zip/m.eml"}
    assert {note.source for note in report.ignored_files} == {"pièces.zip/dedans.zip", "pièces.zip/m.eml/encore.zip"}
    assert all("archive dans une archive" in note.reason for note in report.ignored_files)


def test_mails_within_mails_end_somewhere(folder: Path, settings: Settings, tiny_encoder: Encoder) -> None:
    message = mail("Le premier", "Texte du premier.")
    for number in range(2, 9):
        outer = mail(f"Transfert {number}", f"Texte {number}.")
        outer.add_attachment(message)
        message = outer
    (folder / "fil.eml").write_bytes(as_file(message))
    report = ingest([folder], settings, tiny_encoder)
    assert 4 <= report.added <= 6
    assert any("l'un dans l'autre" in note.reason for note in report.ignored_files)


@pytest.mark.parametrize("encoding", ["cp850", "cp1252", "utf-8"])
def test_names_are_read_as_they_were_written(
    encoding: str, folder: Path, settings: Settings, tiny_encoder: Encoder
) -> None:
    name = "été à Nîmes.txt".encode(encoding)
    place = "X" * len(name)
    (folder / "p.zip").write_bytes(archive({place: NOTE}).replace(place.encode(), name))
    ingest([folder], settings, tiny_encoder)
    assert set(current(settings)) == {"p.zip/été à Nîmes.txt"}


def test_two_mails_with_the_same_attachment_are_two_documents(
    folder: Path, settings: Settings, tiny_encoder: Encoder
) -> None:
    for name in ("a.eml", "b.eml"):
        (folder / name).write_bytes(as_file(mail(f"Envoi {name}", AUTRE, {"note.txt": NOTE.encode()})))
    assert ingest([folder], settings, tiny_encoder).added == 4
    assert {"a.eml/note.txt", "b.eml/note.txt"} < set(current(settings))


def test_the_preview_of_an_archive_lists_what_is_in_it(folder: Path, settings: Settings, tiny_encoder: Encoder) -> None:
    path = folder / "pièces.zip"
    path.write_bytes(archive({"halle.md": f"# La halle\n\n{NOTE}", "ancien.doc": b"\xd0\xcf\x11\xe0", "vide.txt": b""}))
    found = preview(str(path), settings, tiny_encoder).to_json()
    assert found["is_archive"]
    assert found["text"] == "- pièces.zip/halle.md : La halle (8 mots)"
    assert [remark.partition(" : ")[0] for remark in found["remarks"]] == [
        "chaque fichier de l'archive sera un document",
        "pièces.zip/ancien.doc",
        "pièces.zip/vide.txt",
    ]
    path.write_bytes(archive({"photo.jpg": b"x"}))
    with pytest.raises(DocumentError, match="rien à lire dans cette archive"):
        preview(str(path), settings, tiny_encoder)


def test_what_was_erased_from_a_mail_does_not_come_back(
    folder: Path, settings: Settings, tiny_encoder: Encoder
) -> None:
    (folder / "a.eml").write_bytes(as_file(mail("Envoi", AUTRE, {"note.txt": NOTE.encode()})))
    ingest([folder], settings, tiny_encoder)
    forget(settings, ["a.eml/note.txt"])
    report = ingest([folder], settings, tiny_encoder)
    assert (report.added, report.unchanged, report.ignored) == (0, 1, 1)
    assert set(current(settings)) == {"a.eml"}
