"""The file of a document: opened by the rules of ingestion, and only while it is the one that was read."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from kb.index.catalog.rows import Origin
from kb.web.originals.files import OriginalError, kind_of_original, open_original

TEXT = "Le budget est de 12 milliards d'euros."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of a source, with a file in it and one beside it."""
    made = tmp_path / "source"
    (made / "sous dossier").mkdir(parents=True)
    (made / "sous dossier" / "note.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    return made


def refused(document_id: str, origin: Origin) -> tuple[int, str]:
    """How the file of a document is refused."""
    with pytest.raises(OriginalError) as error:
        open_original(document_id, origin).file.close()
    return error.value.status, str(error.value)


def test_the_file_that_was_read_is_opened(folder: Path) -> None:
    digest = hashlib.sha256(TEXT.encode()).hexdigest()
    for told in (digest, None):
        opened = open_original("sous dossier/note.txt", Origin(str(folder), told))
        with opened.file:
            assert opened.file.read() == TEXT.encode()
        assert (opened.name, opened.size, opened.digest) == ("note.txt", len(TEXT), digest)
        assert (opened.kind, opened.media_type, opened.is_whole) == ("other", "text/plain", True)


def test_a_file_that_changed_or_is_gone_is_told(folder: Path) -> None:
    origin = Origin(str(folder), hashlib.sha256(b"autre").hexdigest())
    status, told = refused("sous dossier/note.txt", origin)
    assert status == 409
    assert "« note.txt » a changé depuis qu'il a été lu" in told
    for gone in ("sous dossier/autre.txt", "sous dossier", "x" * 300, "https://www.example.org/a.pdf"):
        status, told = refused(gone, origin)
        assert status == 410
        assert "n'est plus dans le dossier de sa source" in told
    assert refused("note.txt", Origin(str(folder / "absent"), None))[0] == 410


@pytest.mark.parametrize(
    "document_id", ["../secret.txt", "sous dossier/../../secret.txt", "/etc/passwd", ".cache/a", "a/.b", "", ".", "\0"]
)
def test_nothing_outside_or_hidden_is_opened(folder: Path, document_id: str) -> None:
    (folder / ".cache").mkdir()
    (folder / ".cache" / "a").write_text("secret", encoding="utf-8")
    assert refused(document_id, Origin(str(folder), None))[0] == 403
    with pytest.raises(OriginalError):
        kind_of_original(document_id, Origin(str(folder), None))


def test_links_lead_no_further_than_the_folder(folder: Path) -> None:
    (folder / "dehors.txt").symlink_to(folder.parent / "secret.txt")
    (folder / "ailleurs").symlink_to(folder.parent)
    (folder / "caché.txt").symlink_to(folder / ".mot")
    (folder / ".mot").write_text("caché", encoding="utf-8")
    (folder / "dedans.txt").symlink_to(folder / "sous dossier" / "note.txt")
    (folder / "boucle").symlink_to(folder / "boucle")
    origin = Origin(str(folder), None)
    assert [refused(name, origin)[0] for name in ("dehors.txt", "ailleurs/secret.txt", "caché.txt")] == [403] * 3
    assert refused("boucle", origin)[0] == 410
    opened = open_original("dedans.txt", origin)
    with opened.file:
        assert opened.file.read() == TEXT.encode()


def test_what_is_no_plain_file_or_closed_is_not_opened(folder: Path) -> None:
    os.mkfifo(folder / "tube.txt")
    closed = folder / "fermé.txt"
    closed.write_text("fermé", encoding="utf-8")
    closed.chmod(0)
    origin = Origin(str(folder), None)
    assert refused("tube.txt", origin)[0] == 403
    status, told = refused("fermé.txt", origin)
    assert (status, "vérifiez ses droits d'accès" in told) == (403, True)


@pytest.mark.parametrize(
    ("name", "content", "kind", "media_type"),
    [
        ("a.pdf", b"%PDF-1.7\n", "pdf", "application/pdf"),
        ("spip.php", b"\n%PDF-1.4\n", "pdf", "application/pdf"),
        ("a.png", b"\x89PNG\r\n\x1a\n", "image", "image/png"),
        ("a.jpg", b"\xff\xd8\xff\xe0", "image", "image/jpeg"),
        ("a.webp", b"RIFF\0\0\0\0WEBPVP8 ", "image", "image/webp"),
        ("a.svg", b"<svg onload='alert(1)'>", "other", "application/octet-stream"),
        ("a.html", b"<script>alert(1)</script>", "other", "application/octet-stream"),
        ("a.png", b"<script>alert(1)</script>", "other", "application/octet-stream"),
        ("a.pdf", b"<script>alert(1)</script>", "other", "application/octet-stream"),
        ("a.xhtml", b"<html xmlns='http://www.w3.org/1999/xhtml'/>", "other", "application/octet-stream"),
        ("A.XLSX", b"PK", "other", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ],
)
def test_a_file_is_what_its_bytes_say(folder: Path, name: str, content: bytes, kind: str, media_type: str) -> None:
    (folder / name).write_bytes(content)
    origin = Origin(str(folder), None)
    assert kind_of_original(name, origin) == kind
    opened = open_original(name, origin)
    opened.file.close()
    assert (opened.kind, opened.media_type) == (kind, media_type)


def test_the_file_of_a_document_in_an_archive_is_the_archive(folder: Path) -> None:
    (folder / "envoi.zip").write_bytes(b"PK\x03\x04")
    opened = open_original("envoi.zip/dossier/note.pdf", Origin(str(folder), "0" * 64))
    opened.file.close()
    assert (opened.name, opened.is_whole, opened.media_type) == ("envoi.zip", False, "application/zip")
