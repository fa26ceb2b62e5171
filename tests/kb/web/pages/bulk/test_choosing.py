"""Many documents at once: chosen together, asked about once, one ingestion, and what became of each."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import Any

import httpx

from kb.errors import ReperesError
from kb.records.corrections import read_corrections
from kb.settings import UPLOADS_SOURCE, Settings
from kb.types import Document, StoreStatus
from kb.web.pages.bulk.sending import MOST_IN_A_FOLDER
from kb.web.uploads import Uploads
from serving import Application
from small_base import SmallBase
from small_pages import DOCUMENTS, StillIngestor


def waiting(settings: Settings) -> dict[str, str]:
    """The keys of what waits, by name."""
    return {upload.name: upload.key for upload in Uploads(settings.uploads_folder, 10).waiting()}


def sent(client: httpx.Client, settings: Settings, *names: str) -> list[str]:
    """The keys of files that were sent and looked at; those of the others, whose name says so, were sent only."""
    for name in names:
        client.post("/documents/fichiers", files={"fichiers": (name, f"# {name}\n\nTexte de {name}.".encode())})
    keys = waiting(settings)
    client.get(f"/documents/attente/{keys[names[0]]}")
    return [keys[name] for name in names]


def act(client: httpx.Client, what: str, keys: list[str], **more: str) -> httpx.Response:
    return client.post("/documents/lot", data={"quoi": what, "choisi": keys, **more})


def test_many_are_accepted_with_one_question_and_one_ingestion(application: Application, settings: Settings) -> None:
    ingestor = StillIngestor()
    client = application(ingestor=ingestor)
    keys = sent(client, settings, "a.md", "b.md", "illisible.md", "c.md")
    assert sum(upload.is_read for upload in Uploads(settings.uploads_folder, 10).waiting()) == 4  # at once
    asked = act(client, "ajouter", [*keys, keys[0]])
    assert "Ajouter 3 documents ?" in asked.text
    assert "ce fichier est illisible" in asked.text
    assert (ingestor.asked, len(waiting(settings))) == ([], 4)
    assert act(client, "ajouter", keys[:2] + keys[3:], sur="oui").headers["location"] == "/documents#mise-a-jour"
    assert ingestor.asked == [("uploads", "")]
    assert set(waiting(settings)) == {"illisible.md"}
    assert (settings.uploads_folder / keys[0] / "a.md").is_file()

    again = act(client, "ajouter", [keys[0], keys[2]], sur="oui")
    assert again.status_code == 422
    assert "1 document n'attend plus" in again.text.replace("&#x27;", "'")
    assert "« illisible.md » : pas encore lu, ou illisible" in again.text
    assert len(ingestor.asked) == 1


def test_many_are_refused(application: Application, settings: Settings) -> None:
    ingestor = StillIngestor()
    client = application(ingestor=ingestor)
    keys = sent(client, settings, "a.md", "b.md", "c.md")
    assert "Écarter 2 documents ?" in act(client, "ecarter", keys[:2]).text
    assert act(client, "ecarter", keys[:2], sur="oui").status_code == 303
    assert set(waiting(settings)) == {"c.md"}
    for what, chosen in (("ajouter", []), ("effacer", keys), ("ajouter", ["../../x", "0" * 16])):
        assert act(client, what, chosen, sur="oui").status_code == 422
    assert ingestor.asked == []


def test_values_that_look_alike_are_settled_once_for_all(application: Application, settings: Settings) -> None:
    class Articles(StillIngestor):
        def _preview(self, what: str) -> Any:
            return {**super()._preview(what), "kind": "Articles"}

    client = application(SmallBase([replace(DOCUMENTS[0], kind="article"), *DOCUMENTS[1:]]), Articles())
    keys = sent(client, settings, "a.md", "b.md")
    asked = act(client, "ajouter", keys).text
    assert asked.count("ressemble à") == 1
    assert "Ajouter ces 2 documents" not in asked
    assert act(client, "ajouter", keys[:1], sur="oui", valeurs="garder").status_code == 303
    assert act(client, "ajouter", keys[1:], sur="oui", valeurs="reprendre").status_code == 303
    (corrected,) = read_corrections(settings.app_database).values()
    assert corrected.fields["kind"]["now"] == "article"


class Reporting(SmallBase):
    """A base whose reports the test sets."""

    def status(self) -> StoreStatus:
        return replace(super().status(), reports=tuple(self.told))


def test_what_became_of_each_is_told_until_it_is_cleared(application: Application, settings: Settings) -> None:
    uploads = Uploads(settings.uploads_folder, 10)
    names = {
        name: str(uploads.accept(uploads.keep(name, io.BytesIO(name.encode())))) for name in ("a.md", "b.md", "c.md")
    }
    held = Document(names["a.md"], UPLOADS_SOURCE, "Ajouté", "Un texte.")
    base = Reporting([*DOCUMENTS, held])
    failed = [{"source": names["b.md"], "reason": "fichier abîmé"}]
    base.told = [{"began": "2099-01-01T00:00:00+00:00", "failed": failed, "notices": [], "changes": []}]
    client = application(base)
    page = client.get("/documents/etat").text
    assert "1 sur 3 dans la base" in page
    assert re.findall(r'data-state="(\w+)"', page) == ["indexed", "refused", "waiting"]
    assert "fichier abîmé" in page
    assert "pas encore dans la base" in page
    assert uploads.withdraw(names["c.md"])
    uploads.forget(names["b.md"])  # not even its name stays
    assert [added.name for added in uploads.added.list()] == ["a.md"]
    client.post("/documents/ajouts/effacer")
    assert "Ajouts récents" not in client.get("/documents/etat").text


def test_each_file_has_its_own_answer_and_what_waits_is_a_part(application: Application, settings: Settings) -> None:
    client = application()
    json = {"accept": "application/json"}
    good = client.post("/documents/fichiers", files={"fichiers": ("a.md", b"Un texte.")}, headers=json)
    assert (good.status_code, good.json()) == (200, {"troubles": []})
    empty = client.post("/documents/fichiers", files={"fichiers": ("b.md", b"")}, headers=json)
    assert (empty.status_code, empty.json()) == (422, {"troubles": ["b.md : ce fichier est vide."]})
    part = client.get("/documents/attente").text
    assert "a.md" in part
    assert "<html" not in part
    assert f"{MOST_IN_A_FOLDER}</span> à la fois" in client.get("/documents").text


def test_what_an_update_would_change_is_shown_and_confirmed(application: Application) -> None:
    ingestor = StillIngestor()
    client = application(ingestor=ingestor)
    client.post("/documents/essai")
    changes = [{"change": "added", "document": f"n{n}.md", "title": f"<b>Note {n}", "diff": []} for n in range(30)]
    found: dict[str, Any] = {
        "mark": "a" * 64, "began": "2026-11-30T10:00:00+00:00", "added": 140, "updated": 0, "moved": 1, "withdrawn": 0,
        "withheld": 3, "unchanged": 12, "ignored": 0, "failed": [{"source": "x.pdf", "reason": "fichier abîmé"}] * 25,
        "notices": [], "ignored_files": [], "changes": [
            *changes, {"change": "moved", "document": "b/a.md", "title": "A", "diff": [], "before": "a.md"},
            {"change": "withheld", "document": "c.md", "title": "C", "diff": []},
        ],
    }  # fmt: skip
    ingestor.foresight = replace(ingestor.foresight, found=found)
    page = client.get("/documents/etat").text
    for told in (
        "Voici ce qui changera", "Nouveaux (140)", "et 120 autres", "&lt;b&gt;Note 0", "Déplacés (1)",
        "Illisibles (25)", "et 5 autres", "les 3 documents qui ont disparu",
        "140 ajoutés, 1 déplacé, 12 inchangés, 3 à confirmer",
    ):  # fmt: skip
        assert told in page
    assert client.post("/documents/mettre-a-jour", data={"marque": "a" * 64, "retirer": "oui"}).status_code == 303
    assert client.post("/documents/mettre-a-jour", data={"marque": "--confirm"}).status_code == 422
    client.post("/documents/mettre-a-jour", data={"retirer": "oui"})  # nothing was shown: nothing is confirmed
    client.post("/documents/essai/laisser")
    assert ingestor.asked == [("foresee",), ("foreseen", "a" * 64, True), ("drop",)]


def test_what_keeps_all_from_being_read_keeps_the_first_from_it_only(
    application: Application, settings: Settings
) -> None:
    class Stopped(StillIngestor):
        def previews(self, what: Any) -> Any:
            if len(what) > 1 or "a.md" in what[0]:
                raise ReperesError("La lecture a été arrêtée.")
            return super().previews(what)

    client = application(ingestor=Stopped())
    sent(client, settings, "a.md", "b.md")
    read = {upload.name: upload.trouble for upload in Uploads(settings.uploads_folder, 10).waiting()}
    assert read == {"a.md": "La lecture a été arrêtée.", "b.md": None}
