"""What an editor may call a file: no name reaches what is known of files, another file, or beyond the folder."""

from __future__ import annotations

import hashlib
import io
import json
import os
import unicodedata
import zipfile
from pathlib import Path

import pytest

from ingest.erasing import forget
from ingest.pipeline import ingest
from kb.errors import ReperesError
from kb.index.embedded import store as embedded_store
from kb.models.encoder import Encoder
from kb.settings import UPLOADS_SOURCE, Settings
from kb.web.uploads import Uploads, clean_name

SECRET = "le mot de passe de la base"
FORGED = json.dumps({"name": "../../../../secret.txt", "url": None, "preview": None, "trouble": None}).encode()

NAMES = [
    "attente.json", "attente.JSON", ".attente.json", "ATTENTE.json", "attente.json ", "attente.json.", " .attente.json",
    "attente.json\u200b", "attente\u00ad.json", "attente.ｊson", "attente.json.new", ".fiches/0123456789abcdef.json",
    "../.fiches/x.json", "..\\.fiches\\x.json", "/etc/passwd.txt", "C:\\x\\y.md", "a/../../b.md", "a\x00.md",
    "a\nb.md", "a\u2028b.md", "a.md:flux.txt", "~root.md", "-rf.md", "CON.pdf", "nul.txt", "Com1.md", "LPT¹.md",
    "aux .md", "con.tout.md", "CONOUT$.md", "a.md   ", "a.md...", "a. md", "é" * 300 + ".md", "😀" * 250 + ".md",
    "x" * 4000 + ".pdf", "e\u0301.md", "\ud800.md", "%2e%2e%2fa.md", "$(id).md", "`id`.md",
]  # fmt: skip
NO_NAMES = ["", ".", "..", "...", "..md", "a.md/..", ".json", " . .json", "sans-suffixe", "a.", "a." + "x" * 11]


@pytest.mark.parametrize("name", NO_NAMES, ids=ascii)
def test_what_is_no_name_is_refused(tmp_path: Path, name: str) -> None:
    uploads = Uploads(tmp_path, 10)
    with pytest.raises(ReperesError, match="extension"):
        uploads.keep(name, io.BytesIO(FORGED))
    assert uploads.waiting() == []


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_whatever_it_is_called_a_file_is_the_one_that_was_sent(tmp_path: Path, name: str) -> None:
    (tmp_path / "secret.txt").write_text(SECRET, encoding="utf-8")
    uploads = Uploads(tmp_path / "a" / "b", 10)
    key = uploads.keep(name, io.BytesIO(FORGED))
    (held,) = uploads.waiting()
    assert held.key == key == hashlib.sha256(FORGED).hexdigest()[:16]
    assert held.path is not None
    assert held.path.read_bytes() == FORGED
    assert held.path.parent.name == key
    assert held.name == clean_name(held.name) == unicodedata.normalize("NFC", held.name)
    assert len(os.fsencode(held.name)) <= 200
    assert held.name.partition(".")[0].strip().casefold() not in {"con", "nul", "aux", "com1", "lpt¹", "conout$"}
    assert not held.name.startswith((".", " "))
    uploads.note(key, {"id": "x", "text": "lu"}, None)
    assert uploads.get(key).path == held.path
    document = uploads.accept(key)
    assert document == f"{key}/{held.name}"
    assert (tmp_path / "a/b" / document).read_bytes() == FORGED
    assert uploads.waiting() == []
    assert uploads.withdraw(document)
    assert {path.name for path in tmp_path.rglob("*") if path.is_file()} == {"secret.txt"}


def test_two_names_of_one_content_are_one_file_under_the_last_name(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path, 10)
    for name in ("a.md", "A.md", unicodedata.normalize("NFD", "é.md"), "attente.JSON"):
        key = uploads.keep(name, io.BytesIO(b"Un texte."))
    (held,) = uploads.waiting()
    assert held.name == "attente.json"
    assert [path.name for path in (tmp_path / ".fichiers" / key).iterdir()] == ["attente.json"]


def before(folder: Path, key: str, record: object, **named: bytes) -> None:
    """A file as an earlier version kept it, its record beside it."""
    place = folder / ".attente" / key
    place.mkdir(parents=True)
    for name, content in named.items():
        (place / name.replace("_", ".")).write_bytes(content)
    (place / "attente.json").write_text(json.dumps(record), encoding="utf-8")


def test_what_waited_under_an_earlier_version_waits_on(tmp_path: Path) -> None:
    key, url = hashlib.sha256(b"Un texte.").hexdigest()[:16], "https://www.example.org/page"
    address = hashlib.sha256(url.encode()).hexdigest()[:16]
    before(tmp_path, key, {"name": "note.md", "url": None, "preview": {"text": "faux"}}, note_md=b"Un texte.")
    before(tmp_path, address, {"name": url, "url": url})
    for _ in range(2):
        held = {upload.key: upload for upload in Uploads(tmp_path, 10).waiting()}
        assert {upload.name for upload in held.values()} == {"note.md", url}
        assert held[address].url == url
        path = held[key].path
        assert path is not None
        assert path.read_bytes() == b"Un texte."
        assert held[key].preview is None  # what stood there is not believed: it is read again
    assert not (tmp_path / ".attente").exists()


def test_records_that_an_upload_forged_before_are_not_believed(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text(SECRET, encoding="utf-8")
    folder = tmp_path / "ajouts"
    forged = {"name": "../../../secret.txt", "url": None}
    before(folder, "0" * 16, forged)
    before(folder, "1" * 16, {"name": "x", "url": "file:///etc/passwd"})
    before(folder, "2" * 16, {"name": "autre.md", "url": None}, autre_md=b"Un autre contenu que sa clef.")
    before(folder, hashlib.sha256(SECRET.encode()).hexdigest()[:16], forged)
    (folder / ".attente" / ("3" * 16)).symlink_to(tmp_path)
    (folder / ".attente" / hashlib.sha256(SECRET.encode()).hexdigest()[:16] / "lien.txt").symlink_to(secret)
    (folder / ".attente" / ("4" * 16)).mkdir()
    (folder / ".attente" / ("4" * 16) / "attente.json").write_bytes(b"[]")
    assert Uploads(folder, 10).waiting() == []
    assert secret.read_text(encoding="utf-8") == SECRET


def test_what_waits_of_an_erased_document_goes_with_it(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path, 10)
    taken = uploads.accept(uploads.keep("a.md", io.BytesIO(b"Le texte secret.")))
    assert taken is not None
    again = uploads.keep("autrement.md", io.BytesIO(b"Le texte secret."))
    page = uploads.keep_address("https://www.example.org/page")
    other = uploads.keep("b.md", io.BytesIO(b"Un autre texte."))
    uploads.note(again, {"id": "x", "text": "Le texte secret."}, None)
    uploads.forget(taken)
    assert {upload.key for upload in uploads.waiting()} == {page, other}
    uploads.note(page, {"id": "https://www.example.org/canonique", "text": "Le texte secret."}, None)
    uploads.forget("https://www.example.org/canonique")
    assert {upload.key for upload in uploads.waiting()} == {other}
    assert not any(b"secret" in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())


def test_an_added_file_that_is_erased_leaves_the_disk(
    settings: Settings, tiny_encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded_store, "GRACE_SECONDS", 0.0)
    uploads = Uploads(settings.uploads_folder, 10)
    names = [uploads.accept(uploads.keep(f"{n}.md", io.BytesIO(f"# Titre\n\nLe secret {n}.".encode()))) for n in "ab"]
    waits = uploads.keep("c.md", io.BytesIO(b"# Titre\n\nLe secret a."))
    uploads.note(waits, {"id": f"{waits}/c.md", "text": "Le secret a."}, None)
    assert ingest([settings.uploads_folder], settings, tiny_encoder, source=UPLOADS_SOURCE).added == 2
    forget(settings, [str(names[0])])
    assert not any(b"Le secret a" in path.read_bytes() for path in settings.store.parent.rglob("*") if path.is_file())
    assert (settings.uploads_folder / str(names[1])).read_bytes() == b"# Titre\n\nLe secret b."
    report = ingest([settings.uploads_folder], settings, tiny_encoder, source=UPLOADS_SOURCE)
    assert (report.unchanged, report.added, report.ignored) == (1, 0, 0)


def test_what_is_in_an_added_file_leaves_with_it(
    settings: Settings, tiny_encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded_store, "GRACE_SECONDS", 0.0)
    uploads = Uploads(settings.uploads_folder, 10)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for n in "ab":
            archive.writestr(f"dossier/{n}.md", f"# Titre\n\nLe secret {n}.")
    name = str(uploads.accept(uploads.keep("pièces.zip", io.BytesIO(made.getvalue()))))
    assert ingest([settings.uploads_folder], settings, tiny_encoder, source=UPLOADS_SOURCE).added == 2
    assert not uploads.withdraw(f"{name.partition('/')[0]}/../pièces.zip/dossier/a.md")
    forget(settings, [f"{name}/dossier/a.md"])
    assert not (settings.uploads_folder / name).exists()
    report = ingest([settings.uploads_folder], settings, tiny_encoder, source=UPLOADS_SOURCE, confirm=True)
    assert (report.added, report.withdrawn) == (0, 1)
