"""The page of documents: files and addresses wait to be looked at, then enter; documents are corrected and removed."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from kb.errors import ReperesError
from kb.index.catalog.rows import Withdrawn
from kb.records.corrections import Correction, keep_correction, read_corrections
from kb.settings import UPLOADS_SOURCE, Settings
from kb.types import Document
from kb.web.uploads import Uploads, clean_name
from serving import Application
from small_base import SmallBase
from small_pages import DOCUMENTS, StillIngestor


def send(client: httpx.Client, *files: tuple[str, bytes]) -> httpx.Response:
    return client.post("/documents/fichiers", files=[("fichiers", file) for file in files])


def key_of(settings: Settings, name: str) -> str:
    return next(upload.key for upload in Uploads(settings.uploads_folder, 10).waiting() if upload.name == name)


def test_a_file_waits_is_looked_at_and_enters(application: Application, settings: Settings) -> None:
    ingestor = StillIngestor()
    client = application(ingestor=ingestor)
    assert send(client, ("Note <b>.md", b"# Titre\n\nUn texte.")).status_code == 303
    page = client.get("/documents").text
    assert "Note -b-.md" in page
    key = key_of(settings, "Note -b-.md")
    preview = client.get(f"/documents/attente/{key}?partie=1").text
    assert "Titre compris" in preview
    assert "Un texte." in preview
    assert "Titre compris" in client.get("/documents").text  # read once, shown again
    fields = {
        "title": "Titre corrigé",
        "date": "2025",
        "rubric": "",
        "kind": "",
        "url": "",
        "programmes": "NPNRU, PNRU",
    }
    answer = client.post(f"/documents/attente/{key}/ajouter", data={**fields, "partners": ""})
    assert answer.status_code == 303
    assert ingestor.asked == [("uploads", "")]
    assert (settings.uploads_folder / key / "Note -b-.md").read_bytes() == b"# Titre\n\nUn texte."
    correction = read_corrections(settings.app_database)[f"{key}/Note -b-.md"]
    assert {name: field["now"] for name, field in correction.fields.items()} == {
        "title": "Titre corrigé",
        "programmes": ["NPNRU", "PNRU"],
    }
    assert client.get(f"/documents/attente/{key}").status_code == 404


def test_what_cannot_be_read_says_why_and_goes(application: Application, settings: Settings) -> None:
    client = application()
    send(client, ("illisible.pdf", b"%PDF-1.4 ..."))
    key = key_of(settings, "illisible.pdf")
    assert "ce fichier est illisible" in client.get(f"/documents/attente/{key}").text
    assert "ce fichier est illisible" in client.get("/documents").text
    assert client.post(f"/documents/attente/{key}/ecarter").status_code == 303
    assert Uploads(settings.uploads_folder, 10).waiting() == []


def test_what_is_no_file_is_refused_and_the_rest_is_taken(application: Application, settings: Settings) -> None:
    client = application(max_file_mb=1)
    answer = send(
        client, ("vide.md", b""), ("gros.md", b"x" * 1_000_001), ("sans-suffixe", b"x"), ("bon.md", b"Un texte.")
    )
    assert answer.status_code == 422
    for told in ("vide.md : ce fichier est vide", "gros.md : plus de 1 Mo", "extension"):
        assert told in answer.text
    assert [upload.name for upload in Uploads(settings.uploads_folder, 1).waiting()] == ["bon.md"]
    held = [file for file in settings.uploads_folder.rglob("*") if file.is_file() and file.suffix != ".json"]
    assert [file.name for file in held] == ["bon.md"]
    assert send(client, *[(f"{number}.md", b"x" * number) for number in range(1, 23)]).status_code == 422


def test_a_body_without_measure_is_refused(application: Application) -> None:
    client = application()
    assert client.post("/documents/fichiers", content=iter([b"x"])).status_code == 413
    assert client.post("/documents/adresse", content=b"x" * 4_000_001).status_code == 413


def test_no_address_serves_what_was_added(application: Application, settings: Settings) -> None:
    client = application()
    send(client, ("a.md", b"Secret."))
    key = key_of(settings, "a.md")
    for path in (f"/page/../{key}/a.md", f"/gradio_api/file={settings.uploads_folder}/.attente/{key}/a.md"):
        assert "Secret." not in client.get(path).text


def test_an_address_waits_too(application: Application, settings: Settings) -> None:
    ingestor = StillIngestor()
    client = application(ingestor=ingestor)
    assert "commence par http" in client.post("/documents/adresse", data={"adresse": "javascript:alert(1)"}).text
    client.post("/documents/adresse", data={"adresse": "https://www.example.org/a"})
    key = key_of(settings, "https://www.example.org/a")
    assert "Titre compris" in client.get(f"/documents/attente/{key}").text
    client.post(f"/documents/attente/{key}/ajouter", data={"title": "Titre compris", "date": "2025"})
    assert ingestor.asked == [("addresses", "https://www.example.org/a")]


def test_metadata_are_corrected_and_given_back(application: Application, settings: Settings) -> None:
    ingestor = StillIngestor()
    client = application(ingestor=ingestor)
    record = "/documents/fiche?document=financement.md"
    assert 'value="04/12/2025"' in client.get(record).text
    fields = {"title": "Qui finance le programme", "date": "2025-11", "rubric": "Financement", "kind": "article"}
    assert client.post(record, data=fields).status_code == 303
    assert ingestor.asked == [("correct", "financement.md", {"date": "2025-11"})]
    wrong = client.post(record, data={**fields, "date": "hier"})
    assert wrong.status_code == 422
    assert "« hier » n'en est pas une" in wrong.text.replace("&#x27;", "'")
    keep_correction(
        settings.app_database, "financement.md", Correction({"date": {"was": "2025-12-04", "now": "2025-11"}})
    )
    assert "Le document dit : « 04/12/2025 »" in client.get(record).text
    client.post("/documents/fiche/reprendre?document=financement.md")
    assert ingestor.asked[-1] == ("correct", "financement.md", None)
    assert client.get("/documents/fiche?document=rien").status_code == 404


def test_only_added_files_are_withdrawn_and_erasing_is_confirmed(application: Application, settings: Settings) -> None:
    uploads = Uploads(settings.uploads_folder, 10)
    name = uploads.accept(uploads.keep("a.md", io.BytesIO(b"Un texte.")))
    assert name is not None
    ingestor = StillIngestor()
    client = application(SmallBase([*DOCUMENTS, Document(name, UPLOADS_SOURCE, "Ajouté", "Un texte.")]), ingestor)
    refused = client.post("/documents/retirer?document=financement.md")
    assert refused.status_code == 422
    assert "vient de la source" in refused.text
    assert client.post(f"/documents/retirer?document={name}").status_code == 303
    assert ingestor.asked == [("uploads", "withdrawn")]
    assert not (settings.uploads_folder / name).exists()
    assert "Cochez la case" in client.post("/documents/effacer?document=financement.md").text
    assert client.post("/documents/effacer?document=financement.md", data={"sur": "oui"}).status_code == 303
    assert ingestor.asked[-1] == ("forget", "financement.md")


def test_the_state_of_the_update_is_told(application: Application) -> None:
    client = application()
    assert client.post("/documents/mettre-a-jour").status_code == 303
    assert "12 / 44" in client.get("/documents/etat").text


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("Rapport 2025.PDF", "Rapport 2025.pdf"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\x\\note.docx", "note.docx"),
        ("...caché.md", "caché.md"),
        ("a\u202egnp.pdf", "a-gnp.pdf"),
        ("e\u0301te\u0301.md", "été.md"),
        ("x" * 300 + ".md", "x" * 120 + ".md"),
    ],
)
def test_names_of_files_are_made_safe(name: str, kept: str) -> None:
    assert clean_name(name) == kept


@pytest.mark.parametrize("name", ["", ".md", "rapport", "..", "a.", "/"])
def test_names_that_are_none_are_refused(name: str) -> None:
    with pytest.raises(ReperesError):
        clean_name(name)


def test_a_key_never_leads_elsewhere(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path / "ajouts", 10)
    outside = tmp_path / "dehors"
    outside.mkdir()
    for key in ("../../dehors", "..", "", "0" * 15, "g" * 16):
        uploads.discard(key)
        with pytest.raises(ReperesError):
            uploads.get(key)
        assert not uploads.withdraw(f"{key}/a.md")
    assert not uploads.withdraw("0" * 16 + "/../../../dehors")
    assert outside.is_dir()


def test_a_value_that_looks_like_one_of_the_base_is_pointed_out(application: Application, settings: Settings) -> None:
    ingestor = StillIngestor()
    client = application(SmallBase([replace(DOCUMENTS[0], partners=("Foncière Sud",)), *DOCUMENTS[1:]]), ingestor)
    record = "/documents/fiche?document=quartiers.md"
    page = client.get(record).text
    assert 'value="12/2024"' in page  # as it is typed
    assert '<datalist id="valeurs-kind"><option value="article">' in page
    fields = {"title": "Les quartiers", "date": "12 mars 2026", "kind": "Articles", "partners": "foncière sud, Ville"}
    told = client.post(record, data=fields)
    assert told.status_code == 422
    assert "« <bdi>Articles</bdi> » ressemble à « <bdi>article</bdi> », que 1 document donne déjà" in told.text
    assert "ressemble à « <bdi>Foncière Sud</bdi> »" in told.text
    assert ingestor.asked == []
    assert client.post(record, data={**fields, "valeurs": "garder"}).status_code == 303
    assert ingestor.asked[-1][2] == {"date": "12 mars 2026", "kind": "Articles", "partners": "foncière sud, Ville"}
    assert client.post(record, data={**fields, "valeurs": "reprendre"}).status_code == 303
    assert ingestor.asked[-1][2] == {"date": "12 mars 2026", "kind": "article", "partners": "Foncière Sud, Ville"}

    # The same of a file that waits: nothing typed is lost.
    send(client, ("note.md", b"# Note\n\nUn texte."))
    accept = f"/documents/attente/{key_of(settings, 'note.md')}/ajouter"
    client.get(accept.removesuffix("/ajouter"))
    told = client.post(accept, data={"title": "Une note", "kind": "ARTICLE"})
    assert "ressemble à" in told.text
    assert 'value="Une note"' in told.text
    assert client.post(accept, data={"title": "Une note", "kind": "ARTICLE", "valeurs": "reprendre"}).status_code == 303
    (kept,) = read_corrections(settings.app_database).values()
    assert kept.fields["kind"]["now"] == "article"


def test_values_are_merged(application: Application) -> None:
    ingestor = StillIngestor()
    base = SmallBase([DOCUMENTS[0], replace(DOCUMENTS[1], kind="Articles"), replace(DOCUMENTS[2], kind="<b>étude</b>")])
    client = application(base, ingestor)
    page = client.get("/documents/valeurs").text
    assert "Ces valeurs se ressemblent" in page
    assert "<b>étude" not in page
    sent = {"champ": "kind", "en": "article", "valeur": ["article", "Articles"]}
    done = client.post("/documents/valeurs", data=sent)
    assert ingestor.asked == [("merge", "kind", ("Articles",), "article")]
    assert "Type : « Articles » → « article »." in client.get(done.headers["location"]).text
    wrong = ({"en": ""}, "valeur à garder"), ({"valeur": "article"}, "Cochez"), ({"champ": "title"}, "« title »")
    for changed, told in wrong:
        answer = client.post("/documents/valeurs", data={**sent, **changed})
        assert answer.status_code == 422
        assert told in answer.text
    assert len(ingestor.asked) == 1


def test_before_it_erases_the_page_says_where_a_server_keeps_it(application: Application, database: str) -> None:
    for options, is_told in ({}, False), ({"database": database}, True):
        page = application(SmallBase(DOCUMENTS), StillIngestor(), **options).get(
            "/documents/fiche?document=quartiers.md"
        )
        assert "Effacer pour de bon" in page.text
        assert ("journaux archivés (WAL)" in page.text) == is_told


def test_what_was_withdrawn_can_still_be_erased(application: Application) -> None:
    class Emptied(SmallBase):
        def withdrawn(self) -> list[Withdrawn]:
            return [Withdrawn("parti.md", "Un article <retiré>", "d", "2025-12-01T08:00:00+00:00")]

    ingestor = StillIngestor()
    client = application(Emptied(DOCUMENTS), ingestor)
    assert "Effacer pour de bon" in client.get("/documents/fiche?document=parti.md").text
    assert "Cochez la case" in client.post("/documents/effacer?document=parti.md").text
    assert client.post("/documents/effacer?document=parti.md", data={"sur": "oui"}).status_code == 303
    assert ingestor.asked == [("forget", "parti.md")]
