"""Pages of a site that are slow to come, or would take minutes to parse: each is told of, and all others are read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from hostile_files import MAKERS
from ingest.pipeline import sync
from ingest.sources import crawler
from ingest.sources.source import WebSource
from kb.models.encoder import Encoder
from kb.settings import Settings
from magazine_site import Site, serve

HOSTILE = ("attributes.html", "deep.html", "huge spans.html", "long cell.html", "many tables.html")

PAGE_SECONDS = 10.0  # in which the other pages are had and read on a busy machine too


@pytest.fixture
def site() -> Iterator[Site]:
    with serve(Site()) as served:
        for number in range(3):
            served.put_article(number)
        yield served


def synced(site: Site, settings: Settings, encoder: Encoder, paths: list[str]) -> tuple[int, dict[str, str]]:
    """How many documents a sync of a sitemap gives, and why others failed, by path."""
    site.put_sitemap(paths)
    source = WebSource("mag", "sitemap", (site.url("/sitemap.xml"),), hosts=frozenset({site.host}))
    report = sync([source], replace(settings, private_hosts=site.host, fetch_pace=0), encoder)
    return report.added, {failure.source.removeprefix(site.address): failure.reason for failure in report.failed}


def test_a_page_that_is_hostile_stops_no_other(site: Site, settings: Settings, tiny_encoder: Encoder) -> None:
    good = list(site.pages)
    for number, name in enumerate(HOSTILE):
        made = MAKERS[name](10_000)
        site.put(f"/hostile-{number}", made)
    added, failed = synced(
        site, settings, tiny_encoder, [f"/hostile-{number}" for number in range(len(HOSTILE))] + good
    )
    assert added + len(failed) == len(HOSTILE) + len(good)
    assert set(failed) == {"/hostile-0", "/hostile-1"}
    assert "plus de 2000 attributs" in failed["/hostile-0"]
    assert "imbrique trop d'éléments" in failed["/hostile-1"]


def test_a_page_that_does_not_come_stops_no_other(
    site: Site, settings: Settings, tiny_encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = list(site.pages)
    site.put("/lente", "<p>Une page lente.</p>", delay=3 * PAGE_SECONDS)
    monkeypatch.setattr(crawler, "PAGE_SECONDS", PAGE_SECONDS)
    added, failed = synced(site, settings, tiny_encoder, ["/lente", *good])
    assert added == len(good)
    assert set(failed) == {"/lente"}
    assert f"met plus de {PAGE_SECONDS:.0f} secondes à venir ; elle sera demandée à nouveau" in failed["/lente"]


def test_an_article_whose_parts_never_end_stops_no_other(
    site: Site, settings: Settings, tiny_encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = list(site.pages)
    for number in range(1, 9):
        following = f'<a href="/suite?page={number + 1}">Page suivante</a>'
        site.put(
            f"/suite?page={number}",
            f"<main><h1>Un</h1><p>Partie {number}.</p>{following}</main>",
            delay=0.15 * PAGE_SECONDS,
        )
    monkeypatch.setattr(crawler, "PAGE_SECONDS", PAGE_SECONDS)
    added, failed = synced(site, settings, tiny_encoder, [*good, "/suite?page=1"])
    assert added == len(good)
    assert set(failed) == {"/suite?page=1"}
