from __future__ import annotations

import lxml.html
import pytest

from bundled import bundled_domain
from ingest.readers.html.elements import Element, text_of
from ingest.readers.html.page import body_of, drop_hidden, main_element, prune
from ingest.readers.html.page_metadata import extract_head_lines, first_title, head_metadata, other_title

LONG = "L’Agence finance la rénovation de ce quartier depuis dix ans, avec la commune. " * 4


def parsed(markup: str) -> Element:
    return lxml.html.document_fromstring(markup)


@pytest.mark.parametrize(
    "markup",
    [
        "<title>T</title><main><p>Un.</p></main>",
        "<title>T</title><style>p{}</style><article><p>Un.</p></article>",
        "<html><head><title>T</title></head><main>Un.</main></html>",
        "<script>x</script><section>Un.</section>",
        "<p>Un.</p>",
    ],
)
def test_a_page_without_body_tag_has_one_all_the_same(markup: str) -> None:
    body = body_of(parsed(markup))
    assert body is not None
    assert text_of(body) == "Un."


def test_what_lands_in_the_head_comes_before_the_rest_of_the_body() -> None:
    body = body_of(parsed("<title>T</title><article>Un.</article><article>Deux.</article>trois <p>Quatre.</p>"))
    assert text_of(body) == "Un. Deux. trois Quatre."


@pytest.mark.parametrize("markup", ["<frameset><frame src='x'></frameset>", "<head><title>T</title></head>"])
def test_a_page_without_body_has_none(markup: str) -> None:
    assert body_of(parsed(markup)) is None


@pytest.mark.parametrize(
    "style",
    [
        "display:none",
        "color:red; DISPLAY : NONE !important",
        "visibility:hidden",
        "font-size:0",
        "font-size:0.01em",
        "opacity:0;",
        "position:absolute; left:-9999px",
        "text-indent:-1000em",
        "clip: rect(0 0 0 0)",
        "color:transparent",
    ],
)
def test_what_a_style_hides_is_dropped(style: str) -> None:
    body = parsed(f"<div><p style='{style}'>SECRET</p><p>Vu.</p></div>").find("body")
    drop_hidden(body)
    assert text_of(body) == "Vu."


@pytest.mark.parametrize(
    "style", ["display:block", "font-size:0.9em", "opacity:0.8", "margin-left:-10px", "background-color:transparent"]
)
def test_what_a_style_only_arranges_stays(style: str) -> None:
    body = parsed(f"<div><p style='{style}'>Un.</p><p>Deux.</p></div>").find("body")
    drop_hidden(body)
    assert text_of(body) == "Un. Deux."


def test_the_main_part_is_the_one_that_the_page_names() -> None:
    cards = "<article><p>Une carte.</p></article>" * 3
    assert text_of(main_element(parsed(f"<main><p>Un.</p></main>{cards}"))) == "Un."
    assert text_of(main_element(parsed(f"<main>{cards}<article><h1>T</h1></article></main>"))) == "T"
    assert text_of(main_element(parsed(f"{cards}<article><p>{LONG}</p></article>"))) == LONG.strip()
    assert main_element(parsed(cards)) is None


def test_furniture_goes_by_its_element_role_or_class() -> None:
    furniture = "".join(
        f"<{markup}>MEUBLE</{markup.split()[0]}>"
        for markup in (
            "nav",
            "footer",
            "aside",
            "div role=navigation",
            "div class='fr-share'",
            "ul id='fil-ariane'",
            "section class='related-posts_list'",
            "div class='bloc cookie-banner--wide'",
        )
    )
    body = parsed(f"<body>{furniture}<p>Vu.</p><div class='partages-de-savoir'>Texte.</div></body>").find("body")
    prune(body, bundled_domain())
    assert text_of(body) == "Vu. Texte."


@pytest.mark.parametrize(
    ("line", "date", "left"),
    [
        ("<p>Réunion le <time datetime='2024-03-03'>3 mars</time> à Lyon.</p>", None, "Réunion le 3 mars à Lyon."),
        ("<p>Publié le <time datetime='2024-03-03'>3 mars 2024</time>.</p>", "2024-03-03", "Publié le ."),
        ("<p>Par Jean | <time datetime='2024-03-03'>3 mars</time></p>", "2024-03-03", "Par Jean |"),
        ("<div><span class='date'>3 mars 2024</span></div>", "2024-03-03", ""),
    ],
)
def test_a_date_leaves_the_head_lines_but_no_sentence(line: str, date: str | None, left: str) -> None:
    root = parsed(f"<main>{line}<p>{LONG}</p></main>").find(".//main")
    assert extract_head_lines(root).date == date
    assert text_of(root) == f"{left} {LONG}".strip()


def test_lines_below_the_first_heading_or_long_paragraph_are_text() -> None:
    for text in (f"<p>{LONG}</p>", "<h2>Partie</h2>"):
        root = parsed(f"<main>{text}<p class='date'>3 mars 2024</p></main>").find(".//main")
        assert extract_head_lines(root).date is None
        assert "3 mars 2024" in text_of(root)


def test_titles_without_the_name_of_the_site() -> None:
    page = parsed(
        "<head><title>Le parc - ANRU</title><meta property='og:site_name' content='ANRU'></head>"
        "<body><h1>ANRU</h1><p>x</p></body>"
    )
    assert first_title(page, None) is None
    assert other_title(page, None) == "Le parc"
    assert other_title(parsed("<title>Le parc - Anru</title><p>x"), "https://www.anru.fr/x") == "Le parc"
    assert other_title(parsed("<title>Le parc - bilan</title><p>x"), None) == "Le parc - bilan"


def test_the_head_says_its_date_once_whatever_else_is_broken() -> None:
    head = (
        '<script type="application/ld+json">[1, {"@type": 3}, {"@graph": "x"}]</script>'
        '<script type="application/ld+json">{"@type": "Article", "datePublished": ["2024"], "headline": 4}</script>'
        '<meta name="dcterms.issued" content="2024-02"><meta><meta name="date" content="">'
    )
    assert head_metadata(parsed(f"<head>{head}</head><p>x"), "a.html").date == "2024-02"
