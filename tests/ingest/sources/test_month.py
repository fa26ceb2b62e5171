"""A month of a magazine's site, run by run: whatever happens to it, the base equals it and proves it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from ingest.maintenance import check
from ingest.pipeline import sync
from ingest.report import IngestReport
from ingest.sources.source import WebSource
from kb.index.catalog.file import FileCatalog
from kb.index.layout import CATALOG_FILE, index_folder
from kb.knowledge import KnowledgeBase
from kb.models.encoder import Encoder
from kb.settings import Settings
from magazine_site import Answer, Site, article, serve

ARTICLES = 60


@pytest.fixture
def site() -> Iterator[Site]:
    with serve(Site()) as served:
        paths = [served.put_article(number) for number in range(ARTICLES)]
        served.put_sitemap(paths)
        served.put_feed(paths[-10:])
        served.put("/robots.txt", "User-agent: *\nDisallow: /prive/\n", type="text/plain")
        served.put("/", "<html><body><h1>Le mag</h1><p>Bienvenue sur le site du magazine.</p></body></html>")
        yield served


@pytest.fixture
def web_settings(settings: Settings, site: Site) -> Settings:
    return replace(settings, private_hosts=site.host, fetch_pace=0, max_file_mb=5)


def sources(site: Site) -> list[WebSource]:
    hosts = frozenset({site.host})
    return [
        WebSource("site", "sitemap", (site.url("/sitemap.xml"),), rubric="Actualités", hosts=hosts),
        WebSource("flux", "feed", (site.url("/feed.xml"),), hosts=hosts),
    ]


def run(site: Site, settings: Settings, encoder: Encoder, *, confirm: bool = False) -> IngestReport:
    """One sync, after which everything must agree."""
    site.asked.clear()
    report = sync(sources(site)[:1], settings, encoder, confirm=confirm)
    assert check(settings, encoder).differences == ()
    return report


def catalog_of(settings: Settings) -> FileCatalog:
    return FileCatalog(index_folder(settings.store) / CATALOG_FILE)


def documents(settings: Settings) -> set[str]:
    catalog = catalog_of(settings)
    found = {name for name, state in catalog.states().items() if not state.withdrawn}
    catalog.close()
    return found


def numbers(report: IngestReport) -> tuple[int, int, int, int, int]:
    return report.added, report.updated, report.unchanged, report.withdrawn, len(report.failed)


def test_a_month_of_changes(site: Site, web_settings: Settings, tiny_encoder: Encoder) -> None:
    paths = [f"/magazine/article-{number}" for number in range(ARTICLES)]

    # Day 1: everything is new. A page that robots.txt closes is left alone, and asked for by no one.
    site.put("/prive/note", article(site.url("/prive/note"), 999))
    site.put_sitemap([*paths, "/prive/note"])
    first = run(site, web_settings, tiny_encoder)
    assert numbers(first) == (60, 0, 0, 0, 0)
    assert [notice.source for notice in first.notices] == [site.url("/prive/note")]
    assert not any(asked.path == "/prive/note" for asked in site.asked)
    assert documents(web_settings) == {site.url(path) for path in paths}
    catalog = catalog_of(web_settings)
    held = catalog.document(site.url(paths[5]))
    catalog.close()
    assert held is not None
    assert (held.date, held.rubric, held.url) == ("2025-06-06", "Cadre de vie", site.url(paths[5]))
    assert held.title == "Article 5 : un centre de santé pluridisciplinaire"
    assert "À lire aussi" not in held.text

    # Day 2: nothing changed: one request a page, all of them conditional, robots.txt apart.
    second = run(site, web_settings, tiny_encoder)
    assert numbers(second) == (0, 0, 60, 0, 0)
    pages = [asked for asked in site.asked if asked.path != "/robots.txt"]
    assert len(pages) == len({asked.path for asked in pages}) == 61
    assert all(asked.conditional and asked.status == 304 for asked in pages)

    # Day 5: an article changes, another comes.
    site.put_article(3, "Une phrase a été ajoutée sur le jardin partagé.")
    paths.append(site.put_article(60))
    site.put_sitemap(paths)
    third = run(site, web_settings, tiny_encoder)
    assert numbers(third) == (1, 1, 59, 0, 0)
    changed = {change.document: change for change in third.changes}
    assert changed[site.url("/magazine/article-60")].change == "added"
    assert any("jardin partagé" in line for line in changed[site.url("/magazine/article-3")].diff)

    # Day 8: two addresses for one article, one without a canonical link; a Latin-1 page without a word on its encoding.
    copy = article(site.url("/magazine/article-7"), 7)
    site.put("/archives/article-7", copy)
    site.put("/print/article-8", article(site.url("/print/article-8"), 8).replace('rel="canonical"', 'rel="other"'))
    latin = article(site.url("/magazine/ete"), 70).replace("La ", "L'été à la ").encode("latin-1", errors="replace")
    site.put("/magazine/ete", latin, type="text/html")
    paths += ["/archives/article-7", "/print/article-8", "/magazine/ete?utm_source=lettre#haut"]
    site.put_sitemap(paths)
    fourth = run(site, web_settings, tiny_encoder)
    assert numbers(fourth) == (1, 0, 61, 0, 0)
    assert site.url("/magazine/ete") in documents(web_settings)
    assert not any("archives" in name or "print" in name for name in documents(web_settings))

    # Day 10: a page disappears; the first 404 withdraws nothing, the second one does.
    gone = site.pages.pop("/magazine/article-10")
    fifth = run(site, web_settings, tiny_encoder)
    assert fifth.withdrawn == 0
    assert [notice.source for notice in fifth.notices] == [site.url("/magazine/article-10")]
    assert site.url("/magazine/article-10") in documents(web_settings)
    sixth = run(site, web_settings, tiny_encoder)
    assert numbers(sixth) == (0, 0, 61, 1, 0)
    assert site.url("/magazine/article-10") not in documents(web_settings)
    with KnowledgeBase.open(web_settings, tiny_encoder) as base:
        assert not any(hit.document.id.endswith("article-10") for hit in base.search("le projet numéro 10"))
        assert base.status().withdrawn == 1

    # Day 12: it returns; a page that answers 404 once and then is back was never withdrawn.
    site.pages["/magazine/article-10"] = gone
    once = site.pages.pop("/magazine/article-11")
    seventh = run(site, web_settings, tiny_encoder)
    assert numbers(seventh) == (1, 0, 60, 0, 0)
    site.pages["/magazine/article-11"] = once
    assert numbers(run(site, web_settings, tiny_encoder)) == (0, 0, 62, 0, 0)

    # Day 15: the site is down, then its sitemap is empty, then cut off: nothing is withdrawn.
    healthy = dict(site.pages)
    for path in site.pages:
        site.pages[path] = Answer(status=503, etag=False)
    assert run(site, web_settings, tiny_encoder).withdrawn == 0
    site.pages = dict(healthy)
    site.put_sitemap([])
    emptied = run(site, web_settings, tiny_encoder)
    assert emptied.withdrawn == 0
    assert "aucune page" in emptied.failed[0].reason
    site.put("/sitemap.xml", b"<urlset><url><lo", type="application/xml")
    assert run(site, web_settings, tiny_encoder).withdrawn == 0
    site.pages = dict(healthy)
    assert numbers(run(site, web_settings, tiny_encoder)) == (0, 0, 62, 0, 0)

    # Day 20: an article moves (301), one now leads to the home page, one is too big, one is written by a program, one
    # leads to a private address.
    moved = article(site.url("/actus/nouvelle-adresse"), 20)
    site.put("/actus/nouvelle-adresse", moved)
    site.redirect("/magazine/article-20", site.url("/actus/nouvelle-adresse"))
    site.redirect("/magazine/article-21", "/")
    site.put("/magazine/article-22", b"x", announce=200_000_000)
    site.put("/magazine/article-23", "<html><body><div id='root'></div><script src='a.js'></script></body></html>")
    site.redirect("/magazine/article-24", "http://169.254.169.254/latest/meta-data/", 302)
    eighth = run(site, web_settings, tiny_encoder)
    assert (eighth.added, eighth.withdrawn) == (1, 1)
    reasons = {failure.source: failure.reason for failure in eighth.failed}
    assert "trop grosse" in reasons[site.url("/magazine/article-22")]
    assert "JavaScript" in reasons[site.url("/magazine/article-23")]
    assert "http://169.254.169.254/latest/meta-data/ : " in reasons[site.url("/magazine/article-24")]
    here = documents(web_settings)
    assert site.url("/actus/nouvelle-adresse") in here
    assert site.url("/magazine/article-20") not in here
    assert {site.url(f"/magazine/article-{number}") for number in (21, 22, 23, 24)} <= here
    ninth = run(site, web_settings, tiny_encoder)
    assert site.url("/magazine/article-21") not in documents(web_settings)
    assert ninth.withdrawn == 1
    site.pages.update({path: healthy[path] for path in ("/magazine/article-22", "/magazine/article-23")})
    site.put_article(24)
    assert run(site, web_settings, tiny_encoder).failed == ()

    # Day 25: a third of the articles go at once: it takes a confirmation.
    for number in range(30, 50):
        del site.pages[f"/magazine/article-{number}"]
    run(site, web_settings, tiny_encoder)
    held_back = run(site, web_settings, tiny_encoder)
    assert held_back.withdrawn == 0
    assert "--confirm" in held_back.failed[0].reason
    assert run(site, web_settings, tiny_encoder, confirm=True).withdrawn == 20

    # Day 30: the feed becomes a source of its own: what it shares with the sitemap stays one document.
    before = documents(web_settings)
    both = sync(sources(site), web_settings, tiny_encoder)
    assert (both.added, both.updated, both.withdrawn, both.failed) == (0, 0, 0, ())
    assert check(web_settings, tiny_encoder).differences == ()
    assert documents(web_settings) == before

    # Every report was kept, newest first.
    catalog = catalog_of(web_settings)
    reports = catalog.journal.reports(100)
    catalog.close()
    assert len(reports) == 19
    assert (reports[-1]["command"], reports[-1]["added"]) == ("sync", 60)
