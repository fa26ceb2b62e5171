"""The links of a page: which addresses they give, and which one is the next part of an article."""

from __future__ import annotations

import pytest

from ingest.readers.page_links import links, next_part, read_links


def test_links_are_resolved_and_given_once() -> None:
    page = read_links(
        """<html><head><base href="https://mag.example/rubrique/"></head><body>
        <a href="un#haut">Un</a><a href="un">Un</a>
        <a href="mailto:a@b.fr">Écrire</a><a href="#bas">Bas</a><a href="/deux?utm_medium=x">Deux</a>
        <a rel="nofollow" href="trois">Trois</a><a href="http://[cassé">Cassé</a><a>Rien</a></body></html>""".encode(),
        "https://mag.example/page",
    )
    assert list(links(page, "https://mag.example/page")) == [
        ("https://mag.example/rubrique/un", "un"),
        ("https://mag.example/deux", "deux"),
    ]


def test_a_base_that_is_no_address_is_left_out() -> None:
    page = read_links(b'<base href="http://[x"><a href="un">Un</a>', "https://mag.example/page")
    assert list(links(page, "https://mag.example/page")) == [("https://mag.example/un", "un")]


def test_the_text_of_a_link_is_whole_wherever_its_bytes_are_cut() -> None:
    before = b"<p>" + b"x" * ((1 << 16) - 30) + b"</p>"
    for shift in range(40):
        content = before + b" " * shift + "<a href='/deux'>L\u00e9gende&nbsp;: <b>d\u00e9mo</b>lie</a>".encode()
        assert list(links(read_links(content, "https://m.fr/"), "https://m.fr/")) == [
            ("https://m.fr/deux", "legende : demo lie")
        ]


@pytest.mark.parametrize(
    "content", [b"", b"\0\1\2", b"<", b"<a", b"<a href=", b"<a href=/deux", b"<!--", b"\xff\xfe<\x00", b"<a/>" * 1000]
)
def test_what_is_no_page_leads_nowhere(content: bytes) -> None:
    assert list(links(read_links(content, "https://m.fr/"), "https://m.fr/")) == []


@pytest.mark.parametrize(
    ("link", "url", "part"),
    [
        ('<a href="?page=2">Lire la suite…</a>', "https://m.fr/a", "https://m.fr/a?page=2"),
        ('<a href="/a/2">Lire la suite de l\'article</a>', "https://m.fr/a", "https://m.fr/a/2"),
        ('<a href="/a-suite">Lire la suite &gt;</a>', "https://m.fr/a", "https://m.fr/a-suite"),
        ('<a href="/a-3.html">Page suivante</a>', "https://m.fr/a-2.html", "https://m.fr/a-3.html"),
        ('<a rel="next" href="/a/page/2">2</a>', "https://m.fr/a", "https://m.fr/a/page/2"),
        ('<a href="/autre-article">Lire la suite</a>', "https://m.fr/a", None),
        ('<a rel="next" href="/article-43">Article suivant</a>', "https://m.fr/chronique", None),
        ('<a href="?page=2">Tous les commentaires</a>', "https://m.fr/a", None),
        ('<a href="#suite">Lire la suite</a>', "https://m.fr/a", None),
    ],
)
def test_the_next_part_of_an_article(link: str, url: str, part: str | None) -> None:
    page = read_links(f"<html><body><p>Début.</p>{link}</body></html>".encode(), url)
    assert next_part(page, url) == part
