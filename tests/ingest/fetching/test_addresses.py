"""Addresses as links hold them, and pages that lead on by themselves."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ingest.fetching.addresses import RefusedAddressError, page_address
from ingest.fetching.fetch import Fetcher
from ingest.fetching.hosts import Politeness
from ingest.fetching.refresh import leads_on_to
from magazine_site import Site, serve

TYPES = ("text/html",)


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("https://mairie.fr/Compte rendu été.pdf", "https://mairie.fr/Compte%20rendu%20%C3%A9t%C3%A9.pdf"),
        (
            "https://mairie.fr/Compte%20rendu%20%c3%a9t%c3%a9.pdf",
            "https://mairie.fr/Compte%20rendu%20%C3%A9t%C3%A9.pdf",
        ),
        ("https://mairie.fr/recherche?mot=é tage", "https://mairie.fr/recherche?mot=%C3%A9%20tage"),
        ("  https://mairie.fr/a\n b ", "https://mairie.fr/a%20b"),
        ("https://mairie.fr/a?b=c|d&e[]=f", "https://mairie.fr/a?b=c|d&e[]=f"),
    ],
)
def test_spaces_and_accents_are_written_as_servers_take_them(written: str, address: str) -> None:
    assert page_address(written) == address
    assert page_address(address) == address


@pytest.mark.parametrize("url", ["https://mai rie.fr/a", "https://mairie.fr\\@127.0.0.1/", "https://mairie.fr/a\\b"])
def test_what_could_hide_another_host_is_refused(url: str) -> None:
    with pytest.raises(RefusedAddressError):
        page_address(url)


@pytest.mark.parametrize(
    ("head", "target"),
    [
        ('<meta http-equiv="refresh" content="0; url=/nouvelle">', "/nouvelle"),
        ("<META HTTP-EQUIV=Refresh CONTENT='3;URL=https://mairie.fr/a?b=1&amp;c=2'>", "https://mairie.fr/a?b=1&c=2"),
        ("""<meta content="0;url='/nouvelle'" http-equiv='refresh'>""", "/nouvelle"),
        ('<meta http-equiv="refresh" content="300; url=/page">', None),
        ('<meta http-equiv="refresh" content="5">', None),
        ('<!-- <meta http-equiv="refresh" content="0; url=/a"> -->', None),
        ('<noscript><meta http-equiv="refresh" content="0; url=/sans"></noscript>', None),
        ('<meta name="description" content="0; url=/a">', None),
    ],
)
def test_where_a_page_sends_its_readers_at_once(head: str, target: str | None) -> None:
    assert leads_on_to(f"<html><head>{head}</head></html>".encode(), "text/html; charset=utf-8") == target
    assert leads_on_to(head.encode(), "application/pdf") is None


@pytest.fixture
def site() -> Iterator[Site]:
    with serve(Site()) as served:
        yield served


def test_a_refresh_is_followed_as_a_redirect_is(site: Site) -> None:
    site.put("/vieille", "<meta http-equiv='refresh' content='0; url=nouvelle page'><p>Patientez.</p>")
    site.put("/nouvelle%20page", "<p>La page.</p>")
    site.put("/seule", "<meta http-equiv='refresh' content='5; url=/seule'><p>Le direct.</p>")
    site.put("/dehors", "<meta http-equiv='refresh' content='0; url=http://169.254.169.254/'>")
    site.put("/sans-fin", "<meta http-equiv='refresh' content='0; url=/sans-fin-2'>")
    site.put("/sans-fin-2", "<meta http-equiv='refresh' content='0; url=/sans-fin'>")
    with Fetcher(Politeness("t", pace=0.0), private_hosts=[site.host]) as fetcher:
        found = fetcher.get(site.url("/vieille"), hosts={site.host}, types=TYPES)
        assert (found.url, found.content) == (site.url("/nouvelle%20page"), b"<p>La page.</p>")
        assert "Le direct" in fetcher.get(site.url("/seule"), hosts={site.host}, types=TYPES).content.decode()
        with pytest.raises(RefusedAddressError, match="hosts"):
            fetcher.get(site.url("/dehors"), hosts={site.host}, types=TYPES)
        with pytest.raises(Exception, match="redirections"):
            fetcher.get(site.url("/sans-fin"), hosts={site.host}, types=TYPES)
