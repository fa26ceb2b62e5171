"""Many documents at once, as editors see it in headless Chromium: a folder dropped, what waits chosen by the keyboard,
what became of each, and what an update would change."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from browsing import LOOKS, picture, serious
from kb.ports import Foresight
from kb.settings import UPLOADS_SOURCE, Settings
from kb.types import Document
from kb.web.uploads import Uploads
from small_base import SmallBase
from small_pages import DOCUMENTS, ServePage, StillIngestor

OpenPage = Callable[..., Page]
TEXT = "# {name}\n\nLe comité a retenu des projets de jardins partagés."
FORESEEN: dict[str, Any] = {
    "mark": "a" * 64, "began": "2026-11-30T09:12:00+00:00", "added": 140, "updated": 1, "moved": 1, "withdrawn": 1,
    "withheld": 2, "unchanged": 412, "ignored": 1,
    "failed": [{"source": "comptes rendus/scan illisible.pdf", "reason": "fichier abîmé ; enregistrez-le à nouveau"}],
    "notices": [{"source": "documents", "reason": "2 documents sur 6 ont disparu de cette source ; ils ne seront "
                 "retirés qu'avec votre accord (--confirm)"}],
    "ignored_files": [{"source": "film.mp4", "reason": "type de fichier non lu (son ou vidéo)"}],
    "changes": [
        *({"change": "added", "document": f"fiches/{n}.md", "title": f"Fiche n° {n}", "diff": []} for n in range(20)),
        {"change": "updated", "document": "budget.md", "title": "Le budget du programme",
         "diff": ["- Le budget est de 12 millions.", "+ Le budget est de 14 millions."]},
        {"change": "moved", "document": "archives/2024/note.md", "title": "Une note", "before": "note.md", "diff": []},
        {"change": "withdrawn", "document": "ancien.md", "title": "L'ancien règlement", "diff": []},
        {"change": "withheld", "document": "a.md", "title": "Les berges", "diff": []},
        {"change": "withheld", "document": "b.md", "title": "Les quais", "diff": []},
    ],
}  # fmt: skip


def drop(page: Page, *paths: Path) -> None:
    """Drops files and folders on the form, as from the desktop."""
    box = page.locator("[data-send]").bounding_box()
    assert box is not None
    session = page.context.new_cdp_session(page)
    data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        session.send("Input.dispatchDragEvent", {"type": kind, "x": box["x"] + 9, "y": box["y"] + 9, "data": data})


def test_a_folder_is_dropped_chosen_by_the_keyboard_and_added_at_once(
    serve_page: ServePage, open_page: OpenPage, settings: Settings, tmp_path: Path
) -> None:
    folder = tmp_path / "Réunions"
    (folder / "2024" / ".cache").mkdir(parents=True)
    for name in ("a.md", "2024/b.md", "2024/c.md", "2024/illisible.md", "2024/.cache/d.md", "e.doc"):
        (folder / name).write_text(TEXT.format(name=name), encoding="utf-8")
    (folder / "vide.md").write_bytes(b"")
    (folder / "gros.md").write_bytes(b"x" * 1_000_001)
    base, ingestor = SmallBase(DOCUMENTS), StillIngestor()
    address = serve_page(base, ingestor, max_file_mb=1)
    page = open_page(address)
    page.goto(f"{address}/documents")
    drop(page, folder)
    listed = page.locator("[data-sent]")
    expect(listed.get_by_role("status")).to_have_text("4 fichiers à envoyer, 4 laissés de côté")
    for path, reason in (
        ("Réunions/2024/.cache", "caché"), ("Réunions/e.doc", "type de fichier non lu (.doc)"),
        ("Réunions/vide.md", "vide"), ("Réunions/gros.md", "plus de 1 Mo"),
    ):  # fmt: skip
        expect(listed.locator("li").filter(has_text=path)).to_contain_text(reason)
    assert serious(page, "gathered") == []
    picture(page, "bulk-gathered")
    assert Uploads(settings.uploads_folder, 1).waiting() == []  # nothing was sent yet
    listed.get_by_role("button", name="Annuler : Réunions/2024/c.md").click()
    page.get_by_role("button", name="Lire ces fichiers").click()
    expect(listed.get_by_role("status")).to_have_text("3 fichiers envoyés, 4 laissés de côté")
    expect(listed.locator("li").filter(has_text="c.md")).to_contain_text("annulé")

    waiting = page.locator("article.waits")
    expect(waiting).to_have_count(3)
    expect(waiting.filter(has_text="illisible")).to_contain_text("ce fichier est illisible")
    page.reload()  # what the server has is still there
    expect(waiting).to_have_count(3)
    count = page.locator("[data-count]")
    expect(count).to_have_text("Aucun document choisi")
    expect(page.get_by_role("button", name="Ajouter les documents choisis")).to_be_disabled()
    page.get_by_label("Tout choisir").focus()
    page.keyboard.press("Space")
    expect(count).to_have_text("3 documents choisis")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Ajouter les documents choisis")).to_be_focused()
    waiting.filter(has_text="a.md").get_by_label("Rubrique").fill("Cadre de vie")
    expect(count).to_have_text("2 documents choisis")  # what was corrected has its own button
    assert serious(page, "chosen") == []
    page.get_by_role("button", name="Ajouter les documents choisis").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Ajouter 1 document ?")
    expect(page.locator("main")).to_contain_text("ce fichier est illisible")
    assert serious(page, "asked") == []
    page.get_by_role("button", name="Ajouter ce document").press("Enter")
    added = page.locator(".added")
    expect(added).to_contain_text("0 sur 1 dans la base")
    assert ingestor.asked == [("uploads", "")]
    kept = next(settings.uploads_folder.glob("*/b.md"))
    base.held = [*base.held, Document(f"{kept.parent.name}/b.md", UPLOADS_SOURCE, "Ajouté", "Un texte.")]
    expect(added).to_contain_text("1 sur 1 dans la base")
    expect(added.get_by_role("link", name="b.md")).to_be_visible()

    # A folder that is chosen is gone through like one that is dropped; all that has not begun is cancelled at once.
    shutil.rmtree(folder / "2024")
    page.get_by_label("Dossier").set_input_files(folder)
    expect(listed.get_by_role("status")).to_have_text("1 fichier à envoyer, 3 laissés de côté")
    listed.get_by_role("button", name="Annuler ce qui n'est pas envoyé").click()
    expect(page.get_by_role("button", name="Lire ces fichiers")).to_be_disabled()


def test_the_progress_of_a_file_is_seen_while_it_is_sent(
    serve_page: ServePage, open_page: OpenPage, settings: Settings, tmp_path: Path
) -> None:
    address = serve_page(SmallBase(DOCUMENTS), StillIngestor())
    page = open_page(address)
    page.goto(f"{address}/documents")
    # A narrow line, as from a site away: nothing but the amount that is sent at a time depends on it.
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 20_000}
    session = page.context.new_cdp_session(page)
    session.send("Network.emulateNetworkConditions", slow)
    note = tmp_path / "long.md"
    note.write_text("# Long\n\n" + "Le comité a retenu des projets de jardins partagés.\n\n" * 20_000, encoding="utf-8")
    page.get_by_label("Fichiers").set_input_files(note)
    page.get_by_role("button", name="Lire ces fichiers").click()
    row = page.locator("[data-sent] li")
    progress = page.get_by_role("progressbar", name="long.md")
    expect(row.locator(".badge")).to_have_text(re.compile(r"^envoi : [1-9]\d? %$"))
    expect(progress).to_be_visible()
    expect(progress).to_have_js_property("max", 100)
    expect(page.locator("[data-sent]").get_by_role("status")).to_have_text("Envoi en cours : 0 sur 1")
    assert 0 < progress.evaluate("bar => bar.value") < 100
    picture(page, "bulk-sending")
    assert serious(page, "sending") == []
    session.send("Network.emulateNetworkConditions", slow | {"uploadThroughput": -1})
    expect(row.locator(".badge")).to_have_text("reçu")
    expect(progress).to_be_hidden()
    assert [file.name for file in Uploads(settings.uploads_folder, 10).waiting()] == ["long.md"]


def test_many_documents_in_every_light(serve_page: ServePage, open_page: OpenPage, settings: Settings) -> None:
    uploads = Uploads(settings.uploads_folder, 1)
    base, ingestor = SmallBase(DOCUMENTS), StillIngestor()
    names = [f"Compte rendu du comité de pilotage n° {n}.md" for n in range(1, 7)]
    keys = [uploads.keep(name, io.BytesIO(TEXT.format(name=name).encode())) for name in names]
    for key in keys[:2]:
        uploads.accept(key)
    base.held = [*base.held, Document(f"{keys[0]}/{names[0]}", UPLOADS_SOURCE, "Ajouté", "Un texte.")]
    ingestor.now = replace(ingestor.now, running=True, done=12, total=30)
    ingestor.foresight = Foresight(found=FORESEEN)
    address = serve_page(base, ingestor)
    page = open_page(address)
    page.goto(f"{address}/documents")
    expect(page.locator("article.waits .facts")).to_have_count(4)
    page.get_by_label("Tout choisir").check()
    for look, options in LOOKS.items():
        page.emulate_media(color_scheme=options["color_scheme"])
        page.set_viewport_size({"width": options.get("width", 1280), "height": options.get("height", 800)})
        picture(page, f"bulk-{look}", whole=True)
        assert serious(page, look) == []
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    # Shown again every few seconds: what was checked stays so.
    page.get_by_label("Retirer aussi les 2 documents").check()
    ingestor.now = replace(ingestor.now, running=False)
    expect(page.locator("#etat")).not_to_contain_text("Mise à jour en cours")
    page.get_by_label("Retirer aussi les 2 documents").check()
    page.get_by_role("button", name="Faire cette mise à jour").click()
    expect(page.locator("#etat")).to_contain_text("12 / 44")
    assert ingestor.asked == [("foreseen", "a" * 64, True)]
