"""Sources of the web, one behaviour at a time: sections, attachments, articles in parts, copies, addresses by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fpdf import FPDF

from ingest.erasing import forget
from ingest.maintenance import check
from ingest.pipeline import ingest, sync
from ingest.sources.config import configured_sources
from ingest.sources.source import FolderSource, Source, WebSource
from kb.index.catalog.file import FileCatalog
from kb.index.layout import CATALOG_FILE, index_folder
from kb.models.encoder import Encoder
from kb.settings import Settings
from kb.types import Document
from magazine_site import Site, article, serve


@pytest.fixture
def site() -> Iterator[Site]:
    with serve(Site()) as served:
        yield served


@pytest.fixture
def web_settings(settings: Settings, site: Site) -> Settings:
    return replace(settings, private_hosts=site.host, fetch_pace=0)


@pytest.fixture
def encoder(tiny_encoder: Encoder) -> Encoder:
    return tiny_encoder


def held(settings: Settings) -> dict[str, Document]:
    """The current documents."""
    catalog = FileCatalog(index_folder(settings.store) / CATALOG_FILE)
    found = catalog.documents(catalog.states())
    catalog.close()
    return found


def source(site: Site, kind: str, *paths: str, **others: Any) -> WebSource:
    return replace(WebSource("mag", kind, tuple(map(site.url, paths)), hosts=frozenset({site.host})), **others)


def pdf(text: str) -> bytes:
    made = FPDF()
    made.add_page()
    made.set_font("helvetica")
    made.multi_cell(0, text=text)
    return bytes(made.output())


def listing(*paths: str, more: str = "") -> str:
    items = "".join(f'<li><a href="{path}">Lire la suite</a></li>' for path in paths)
    return f"<html><body><h1>Actualités</h1><ul>{items}</ul>{more}</body></html>"


def test_a_section_is_followed_to_its_depth_and_no_further(
    site: Site, web_settings: Settings, encoder: Encoder
) -> None:
    for path in ("/actus/un", "/actus/deux", "/actus/trois", "/agenda/mai"):
        site.put(path, article(site.url(path), len(path)))
    site.put("/actus", listing("/actus/un", "/agenda/mai", more='<a href="/actus?page=2">2</a>'))
    site.put("/actus?page=2", listing("/actus/deux", "https://ailleurs.example/actus/x"))
    deep = article(site.url("/actus/deux"), 2).replace("</article>", '<a href="/actus/trois">Trois</a></article>')
    site.put("/actus/deux", deep)
    one = source(site, "section", "/actus", include=(site.url("/actus/?*"),))
    report = sync([one], web_settings, encoder)
    assert (report.added, report.failed) == (2, ())
    assert held(web_settings).keys() == {site.url("/actus/un"), site.url("/actus/deux")}
    assert sync([replace(one, depth=2)], web_settings, encoder).added == 1
    again = sync([replace(one, depth=2)], web_settings, encoder)
    assert (again.unchanged, again.added, again.withdrawn) == (3, 0, 0)
    # A start page without links (the site was redesigned, or it is down) withdraws nothing.
    site.put("/actus", "<html><body><h1>Actualités</h1></body></html>")
    broken = sync([one], web_settings, encoder)
    assert (broken.withdrawn, "include" in broken.failed[0].reason) == (0, True)


def test_linked_files_come_and_go_with_their_page(site: Site, web_settings: Settings, encoder: Encoder) -> None:
    link = '<a href="/docs/bilan.pdf">Le bilan en PDF</a></article>'
    site.put("/a", article(site.url("/a"), 1).replace("</article>", link))
    site.put("/docs/bilan.pdf", pdf("Le bilan donne les chiffres de la campagne. " * 12), type="application/pdf")
    site.put_sitemap(["/a"])
    one = source(site, "sitemap", "/sitemap.xml", attachments=("pdf",))
    assert sync([one], web_settings, encoder).added == 2
    file = held(web_settings)[site.url("/docs/bilan.pdf")]
    assert (file.parent, file.rubric, file.date) == (site.url("/a"), "Cadre de vie", None)
    assert "chiffres de la campagne" in file.text
    again = sync([one], web_settings, encoder)
    assert (again.unchanged, again.failed) == (2, ())
    assert all(asked.status == 304 for asked in site.asked[-3:])
    site.put("/a", article(site.url("/a"), 1))
    assert sync([one], web_settings, encoder).withdrawn == 1
    assert held(web_settings).keys() == {site.url("/a")}
    assert check(web_settings, encoder).differences == ()


def test_an_article_in_parts_is_whole(site: Site, web_settings: Settings, encoder: Encoder) -> None:
    first = article(site.url("/a"), 1).replace("</article>", '<a href="?page=2">Lire la suite…</a></article>')
    site.put("/a", first)
    site.put("/a?page=2", article(site.url("/a"), 1, "La seconde partie parle du calendrier."))
    one = source(site, "page", "/a")
    assert sync([one], web_settings, encoder).added == 1
    (document,) = held(web_settings).values()
    assert "La seconde partie" in document.text
    assert document.id == site.url("/a")
    assert sync([one], web_settings, encoder).unchanged == 1
    # Only the second part changes.
    site.put("/a?page=2", article(site.url("/a"), 1, "La seconde partie parle du budget."))
    assert sync([one], web_settings, encoder).updated == 1
    (document,) = held(web_settings).values()
    assert "parle du budget" in document.text
    assert "parle du calendrier" not in document.text


def test_an_article_whose_own_page_dies_lives_on_at_its_copy(
    site: Site, web_settings: Settings, encoder: Encoder
) -> None:
    for path in ("/a", "/copie"):
        site.put(path, article(site.url("/a"), 1).replace('rel="canonical"', 'rel="x"'))
    site.put_sitemap(["/a", "/copie"])
    one = source(site, "sitemap", "/sitemap.xml")
    assert sync([one], web_settings, encoder).added == 1
    del site.pages["/a"]
    sync([one], web_settings, encoder)
    report = sync([one], web_settings, encoder)
    assert (report.added, report.withdrawn) == (1, 1)
    assert held(web_settings).keys() == {site.url("/copie")}


def test_a_site_that_declares_one_address_for_all_its_pages(
    site: Site, web_settings: Settings, encoder: Encoder
) -> None:
    for number, declared in ((1, "/"), (2, "/"), (3, "/meme"), (4, "/meme")):
        path = f"/p{number}"
        site.put(path, article(site.url(path), number, canonical=site.url(declared)))
    assert sync([source(site, "page", "/p1", "/p2", "/p3", "/p4")], web_settings, encoder).added == 4
    assert held(web_settings).keys() == {site.url(path) for path in ("/p1", "/p2", "/meme", "/p4")}


def test_a_canonical_address_of_another_host_is_not_believed(
    site: Site, web_settings: Settings, encoder: Encoder
) -> None:
    site.put("/a", article(site.url("/a"), 1, canonical="https://ailleurs.example/a"))
    sync([source(site, "page", "/a")], web_settings, encoder)
    assert held(web_settings).keys() == {site.url("/a")}


@pytest.mark.parametrize(
    ("told", "date"),
    [
        ('<meta property="article:published_time" content="2024-03-05T10:00:00Z">', "2024-03-05"),
        ("<p class='date'>Publié le 3 mars 2025</p>", "2025-03-03"),
        ("<time datetime='2023-11-02'>2 novembre</time>", "2023-11-02"),
        ("", None),
    ],
)
def test_the_date_is_the_articles_own_never_that_of_the_fetch(
    told: str, date: str | None, site: Site, web_settings: Settings, encoder: Encoder
) -> None:
    page = f"""<html><head><title>Un titre | Le mag</title>{told if told.startswith("<meta") else ""}</head><body><main>
    <h1>Un titre</h1>{"" if told.startswith("<meta") else told}<p>Le programme avance dans tous les quartiers de la
    ville, avec ses habitants.</p></main></body></html>"""
    site.put("/a", page, headers={"Last-Modified": "Wed, 21 Oct 2015 07:28:00 GMT"})
    sync([source(site, "page", "/a")], web_settings, encoder)
    (document,) = held(web_settings).values()
    assert (document.date, document.title) == (date, "Un titre")


def test_addresses_by_hand(site: Site, web_settings: Settings, encoder: Encoder) -> None:
    paths = [site.put_article(number) for number in range(4)]
    site.put_feed(paths[:3])
    alone = ingest([site.url(paths[3])], web_settings, encoder)
    assert (alone.added, alone.withdrawn, alone.failed) == (1, 0, ())
    assert held(web_settings).keys() == {site.url(paths[3])}
    feed = ingest([site.url("/feed.xml")], web_settings, encoder)
    assert (feed.added, feed.withdrawn, feed.failed) == (3, 0, ())
    assert ingest([site.url("/rien")], web_settings, encoder).failed[0].source == site.url("/rien")
    assert len(held(web_settings)) == 4


def test_without_being_named_a_private_site_is_not_read(site: Site, settings: Settings, encoder: Encoder) -> None:
    report = ingest([site.url("/a")], settings, encoder)
    assert "REPERES_PRIVATE_HOSTS" in report.failed[0].reason
    assert site.asked == []


def test_a_server_without_validators_costs_a_reading_and_changes_nothing(
    site: Site, web_settings: Settings, encoder: Encoder
) -> None:
    site.put("/a", article(site.url("/a"), 1), etag=False)
    one = source(site, "page", "/a")
    assert sync([one], web_settings, encoder).added == 1
    assert sync([one], web_settings, encoder).unchanged == 1
    # What surrounds the article changes: its text does not.
    site.put("/a", article(site.url("/a"), 1).replace("Mentions légales", "Mentions légales 2026"), etag=False)
    assert sync([one], web_settings, encoder).unchanged == 1


def test_rules_that_take_less_withdraw_and_rules_that_say_more_read_again(
    site: Site, web_settings: Settings, encoder: Encoder
) -> None:
    paths = [site.put_article(number) for number in range(3)]
    site.put("/b", article(site.url("/b"), 8).replace('<p class="rubrique">Cadre de vie</p>', ""))
    site.put_sitemap([*paths, "/b"])
    one = source(site, "sitemap", "/sitemap.xml")
    assert sync([one], web_settings, encoder).added == 4
    named = replace(one, rubric="Dossiers")
    assert sync([named], web_settings, encoder).updated == 1
    assert held(web_settings)[site.url("/b")].rubric == "Dossiers"
    less = replace(named, exclude=("*/article-2",))
    assert sync([less], web_settings, encoder).withdrawn == 1
    assert site.url("/magazine/article-2") not in held(web_settings)


def folder_and_page(site: Site, tmp_path: Path) -> list[Source]:
    """Two sources of one document each: a folder, `docs` below `tmp_path`, and a page."""
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "un.md").write_text("# Un\n\nLe programme avance dans tous les quartiers.", encoding="utf-8")
    site.put_article(1)
    return [FolderSource("docs", folder), source(site, "page", "/magazine/article-1")]


def test_a_listed_sourcethat_is_listed_no_more_waits_for_a_confirmation(
    site: Site, web_settings: Settings, encoder: Encoder, tmp_path: Path
) -> None:
    listed = folder_and_page(site, tmp_path)
    assert sync(listed, web_settings, encoder).added == 2
    left = sync(listed[:1], web_settings, encoder)
    assert (left.withdrawn, left.notices[0].source) == (0, "mag")
    assert sync(listed[:1], web_settings, encoder, confirm=True).withdrawn == 1
    assert sync(listed[:1], web_settings, encoder).notices == ()
    assert sync(listed, web_settings, encoder).added == 1


def test_a_folder_that_is_missing_is_told_and_the_others_go_on(
    site: Site, web_settings: Settings, encoder: Encoder, tmp_path: Path
) -> None:
    listed = folder_and_page(site, tmp_path)
    sync(listed, web_settings, encoder)
    (tmp_path / "docs").rename(tmp_path / "ailleurs")
    report = sync(listed, web_settings, encoder)
    assert (report.unchanged, report.withdrawn) == (1, 0)
    assert "introuvable" in report.failed[0].reason
    assert len(held(web_settings)) == 2


def test_what_was_erased_does_not_come_back_from_its_page(site: Site, web_settings: Settings, encoder: Encoder) -> None:
    paths = [site.put_article(number) for number in range(3)]
    site.put_sitemap(paths)
    one = source(site, "sitemap", "/sitemap.xml")
    sync([one], web_settings, encoder)
    forget(web_settings, [site.url(paths[1])])
    for _ in range(2):
        report = sync([one], web_settings, encoder)
        assert (report.added, report.ignored, report.failed) == (0, 1, ())
    assert held(web_settings).keys() == {site.url(paths[0]), site.url(paths[2])}
    assert check(web_settings, encoder).differences == ()


def test_a_page_whose_document_is_missing_is_found_and_read_again(
    site: Site, web_settings: Settings, encoder: Encoder
) -> None:
    path = site.put_article(1)
    one = source(site, "page", path)
    sync([one], web_settings, encoder)
    catalog = FileCatalog(index_folder(web_settings.store) / CATALOG_FILE)
    with catalog.transaction() as connection:
        catalog.erase_document(connection, site.url(path))
    catalog.close()
    found = check(web_settings, encoder).differences
    assert any(
        difference.document == site.url(path) and "n'a pas son document" in difference.what for difference in found
    )
    assert check(web_settings, encoder, repair=True).differences == ()
    assert sync([one], web_settings, encoder).added == 1
    assert check(web_settings, encoder).differences == ()


def test_an_index_of_sitemaps_is_followed_and_asked_for_only_if_it_changed(
    site: Site, web_settings: Settings, encoder: Encoder
) -> None:
    paths = [site.put_article(number) for number in range(4)]
    site.put_sitemap(paths)
    index = f"<sitemapindex><sitemap><loc>{site.url('/sitemap.xml')}</loc></sitemap></sitemapindex>"
    site.put("/index.xml", index, type="application/xml")
    one = source(site, "sitemap", "/index.xml")
    assert sync([one], web_settings, encoder).added == 4
    site.asked.clear()
    assert sync([one], web_settings, encoder).unchanged == 4
    assert {asked.path: asked.status for asked in site.asked if asked.path != "/robots.txt"} == {
        "/index.xml": 304, "/sitemap.xml": 304, **dict.fromkeys(paths, 304)
    }  # fmt: skip


def test_a_stale_copy_does_not_hide_that_the_article_changed(
    site: Site, web_settings: Settings, encoder: Encoder
) -> None:
    for path in ("/copie", "/a"):
        site.put(path, article(site.url("/a"), 1))
    site.put_sitemap(["/copie", "/a"])
    one = source(site, "sitemap", "/sitemap.xml")
    assert sync([one], web_settings, encoder).added == 1
    site.put("/a", article(site.url("/a"), 1, "Le calendrier a été revu."))
    assert sync([one], web_settings, encoder).updated == 1
    assert "Le calendrier a été revu." in held(web_settings)[site.url("/a")].text
    assert sync([one], web_settings, encoder).unchanged == 1


def test_a_page_given_by_hand_keeps_the_rules_of_its_source(
    site: Site, web_settings: Settings, encoder: Encoder, tmp_path: Path
) -> None:
    path = "/b"
    page = article(site.url(path), 8).replace('<p class="rubrique">Cadre de vie</p>', "")
    site.put(path, page)
    site.put_sitemap([path])
    listed = tmp_path / "sources.toml"
    listed.write_text(
        f'[[source]]\ntype = "sitemap"\nname = "mag"\nurl = "{site.url("/sitemap.xml")}"\nrubric = "Dossiers"\n',
        encoding="utf-8",
    )
    settings = replace(web_settings, sources=listed, corpus=tmp_path / "vide")
    (one,) = [configured for configured in configured_sources(settings) if isinstance(configured, WebSource)]
    assert sync([one], settings, encoder).added == 1
    site.put(path, page.replace("deux ans", "trois ans").replace("durent", "dureront"))
    report = ingest([site.url(path)], settings, encoder)
    assert (report.updated, report.added, report.failed) == (1, 0, ())
    document = held(settings)[site.url(path)]
    assert (document.source, document.rubric) == ("mag", "Dossiers")


def test_what_was_erased_is_not_even_asked_for(site: Site, web_settings: Settings, encoder: Encoder) -> None:
    paths = [site.put_article(number) for number in range(3)]
    site.put_sitemap(paths)
    one = source(site, "sitemap", "/sitemap.xml")
    sync([one], web_settings, encoder)
    forget(web_settings, [site.url(paths[1])])
    site.asked.clear()
    sync([one], web_settings, encoder)
    assert not any(asked.path == paths[1] for asked in site.asked)


def test_a_page_whose_document_cannot_be_indexed_is_not_known_to_be_unchanged(
    site: Site, web_settings: Settings, encoder: Encoder
) -> None:
    site.put("/a.md", "# Un titre\n\n## Et rien dessous", type="text/markdown")
    one = source(site, "page", "/a.md")
    for _ in range(2):
        report = sync([one], web_settings, encoder)
        assert (report.added, report.unchanged, len(report.failed)) == (0, 0, 1)
        assert "aucun texte" in report.failed[0].reason
    site.put("/a.md", "# Un titre\n\nUne phrase dessous, enfin.", type="text/markdown")
    assert sync([one], web_settings, encoder).added == 1


def test_a_page_that_was_erased_is_named_with_the_reason(site: Site, web_settings: Settings, encoder: Encoder) -> None:
    paths = [site.put_article(number) for number in range(2)]
    site.put_sitemap(paths)
    one = source(site, "sitemap", "/sitemap.xml")
    sync([one], web_settings, encoder)
    forget(web_settings, [site.url(paths[1])])
    seen: list[tuple[int, int]] = []
    report = sync([one], web_settings, encoder, progress=lambda done, total, _: seen.append((done, total)))
    assert [(note.source, "effacé pour de bon" in note.reason) for note in report.ignored_files] == [
        (site.url(paths[1]), True)
    ]
    assert seen[-1] == (1, 1)  # neither the sitemap nor the page that is left alone is a document to come
