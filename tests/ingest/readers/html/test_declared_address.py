from __future__ import annotations

import pytest

from reading import reader_of

read = reader_of("page.html")


def address(head: str, url: str | None, language: str = "fr") -> str | None:
    body = "<body><main><h1>La ligne G</h1><p>Elle compte 21 stations.</p></main></body>"
    return read(f"<html lang='{language}'><head>{head}</head>{body}</html>", url=url).url


OWN = "https://www.tram.fr/fr/ligne-g"
HREFLANG = "<link rel='alternate' hreflang='fr' href='https://www.tram.fr/fr/ligne-g'>"


@pytest.mark.parametrize(
    ("canonical", "url", "expected"),
    [
        ("https://www.tram.fr/fr/ligne-g", OWN + "?suivi=1", OWN),
        ("/fr/ligne-g", OWN + "?suivi=1", OWN),
        ("https://www.tram.fr/en/line-g", OWN, OWN),
        ("https://www.tram.fr/", OWN, OWN),
        ("https://www.tram.fr/fr/", OWN, OWN),
        ("/index.php", OWN, OWN),
        ("https://autre.fr/ligne-g", OWN, OWN),
        ("https://www.tram.fr/ligne-g?lang=en", OWN, OWN),
        ("https://www.tram.fr/", "https://www.tram.fr/?a=1", "https://www.tram.fr/"),
        ("https://www.tram.fr/en/line-g", None, None),
        ("https://en.tram.fr/line-g", None, None),
        ("https://www.tram.fr/", None, None),
        ("https://www.tram.fr/ligne-g", None, "https://www.tram.fr/ligne-g"),
        ("https://www.tram.fr/it/reseau", "https://www.tram.fr/it/reseau?p=2", "https://www.tram.fr/it/reseau"),
        ("http://[cassé", OWN, OWN),
    ],
)
def test_a_page_keeps_its_own_address_whatever_it_declares(
    canonical: str, url: str | None, expected: str | None
) -> None:
    assert address(f"<link rel='canonical' href='{canonical}'>", url) == expected


def test_a_file_takes_the_address_of_its_own_language() -> None:
    english = "<link rel='canonical' href='https://www.tram.fr/line-g'>"
    versions = HREFLANG + "<link rel='alternate' hreflang='en' href='https://www.tram.fr/line-g'>"
    assert address(english + versions, None) == OWN
    assert address(english + versions, None, language="en") == "https://www.tram.fr/line-g"


def test_what_is_shared_stands_in_for_a_canonical_that_is_not_believed() -> None:
    head = "<link rel='canonical' href='https://www.tram.fr/'><meta property='og:url' content='https://www.tram.fr/g'>"
    assert address(head, None) == "https://www.tram.fr/g"
