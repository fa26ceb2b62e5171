from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.web.render import escape, page_url, passage_html, quote_html, set_text

MARKED = re.compile(r"<mark>(.*?)</mark>")
TAG = re.compile(r"<(/?[a-z]+)")


def marked(text: str, quote: str, header: str = "") -> list[str]:
    """What is marked when `quote` is cited from `text`."""
    start = text.index(quote)
    shown = passage_html(text, start, start + len(quote), header)
    return [html.unescape(marked) for marked in MARKED.findall(shown)]


def test_the_sentence_alone_is_marked() -> None:
    text = "Avant. L'État verse 50 % & « plus ». Après."
    assert marked(text, "L'État verse 50 % & « plus ».") == ["L'État verse 50 % & « plus »."]
    assert passage_html(text, 7, 13) == ("<p>Avant. <mark>L&#x27;État</mark> verse 50 % &amp; « plus ». Après.</p>")


def test_nothing_is_marked_without_a_quote() -> None:
    assert passage_html("Un.\n\nDeux.") == "<p>Un.</p><p>Deux.</p>"


def test_a_quote_over_several_blocks_is_marked_in_each() -> None:
    assert marked("Un deux.\n\n- trois\n- quatre", "deux.\n\n- trois") == ["deux.", "trois"]


def test_lists_keep_their_levels_and_numbers() -> None:
    assert passage_html("- un\n  - deux\n- trois") == "<ul><li>un<ul><li>deux</li></ul></li><li>trois</li></ul>"
    assert passage_html("3. trois\n4. quatre") == '<ol><li value="3">trois</li><li value="4">quatre</li></ol>'


def test_a_heading_stays_out_of_the_outline_of_the_page() -> None:
    assert passage_html("## Un titre", 3, 5) == '<p class="heading"><mark>Un</mark> titre</p>'


def test_a_row_is_marked_cell_by_cell() -> None:
    text = "| Nom | Part |\n| --- | --- |\n| État | 28 % |\n| ALS | 72 % |"
    assert marked(text, "ALS | 72 %") == ["ALS", "72 %"]
    assert marked(text, "| ALS | 72 % |") == ["ALS", "72 %"]
    shown = passage_html(text)
    assert '<th scope="col">Nom</th><th scope="col">Part</th>' in shown
    assert "<tr><td>État</td><td>28 %</td></tr>" in shown


def test_rows_that_go_on_with_a_table_get_its_header_which_is_never_marked() -> None:
    header = "| Nom | Part |\n| --- | --- |"
    text = "| ALS | 72 % |\n| État | 28 % |"
    assert marked(text, "État | 28 %", header) == ["État", "28 %"]
    assert '<th scope="col">Nom</th>' in passage_html(text, 0, len(text), header)
    assert "Nom" not in "".join(marked(text, text, header))


@pytest.mark.parametrize(
    "text",
    [
        "<script>x</script>",
        '"onmouseover="x',
        "![](https://evil.example/?q=)",
        "a\n\nb",
        "<img src=x>",
        "</blockquote>",
    ],
)
def test_escaped_text_holds_no_tag_and_reads_the_same(text: str) -> None:
    shown = escape(text)
    assert not set(shown) & set("<>\"'\n")
    assert html.unescape(shown) == text


def test_characters_that_reorder_or_hide_are_not_shown() -> None:
    assert escape("a\u202egpj.exe\u2066b\x00\x1b\u200f") == "agpj.exeb"


@given(st.text(max_size=200), st.integers(0, 200), st.integers(0, 200))
def test_any_passage_is_only_our_own_tags_on_one_line(text: str, start: int, length: int) -> None:
    shown = passage_html(text, start, start + length)
    assert "\n" not in shown
    tags = {tag.lstrip("/") for tag in TAG.findall(shown)}
    assert tags <= {"p", "mark", "ul", "ol", "li", "div", "table", "thead", "tbody", "tr", "th", "td"}


@given(
    st.lists(st.sampled_from(["Le prêt est bonifié.", "Il dure 30 ans !", "Fin <b>."]), min_size=1, max_size=6),
    st.data(),
)
def test_the_mark_is_the_quote_to_the_letter(sentences: list[str], data: st.DataObject) -> None:
    text = " ".join(sentences)
    chosen = data.draw(st.integers(0, len(sentences) - 1))
    start = len(" ".join([*sentences[:chosen], ""])) if chosen else 0
    shown = passage_html(text, start, start + len(sentences[chosen]))
    assert [html.unescape(marked) for marked in MARKED.findall(shown)] == [sentences[chosen]]
    assert html.unescape(re.sub(r"</?(?:p|mark)>", "", shown)) == text


@pytest.mark.parametrize("url", ["https://www.anru.fr/a?b=c&d", "http://intranet/page", "https://exemple.fr/été"])
def test_http_addresses_are_linked(url: str) -> None:
    assert page_url(url) == url


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "//evil.example/x",
        "/relative",
        "https://",
        "https://anru.fr@evil.example/",
        "java\nscript:alert(1)",
        "https://a.fr/ b",
        "https:\\\\evil.example",
        "https://[::1",
    ],
)
def test_other_addresses_are_not(url: str | None) -> None:
    assert page_url(url) is None


def test_rows_of_any_length_lose_nothing() -> None:
    shown = passage_html("| Nom | Part |\n| --- | --- |\n| État |\n| ALS | 72 % | de plus |\n| a \\| b | <b> |")
    assert '<tr><th scope="col">Nom</th><th scope="col">Part</th><td></td></tr>' in shown
    assert "<tr><td>État</td><td></td><td></td></tr>" in shown
    assert "<tr><td>ALS</td><td>72 %</td><td>de plus</td></tr>" in shown
    assert "&lt;b&gt;" in shown


TABLE = "| Nom | Part |\n| --- | --- |\n| État | 50 % |\n| <ALS> | 72 % |"
HEAD = '<th scope="col">Nom</th><th scope="col">Part</th></tr></thead><tbody>'
STATE, UNION = "<tr><td>État</td><td>50 %</td></tr>", "<tr><td>&lt;ALS&gt;</td><td>72 %</td></tr>"
ROW = "<ALS> | 72 %"


@pytest.mark.parametrize(
    ("text", "quote", "header", "shown"),
    [
        ("Avant. <b>Dit</b> ainsi. Après.", "<b>Dit</b> ainsi.", "", "<p>&lt;b&gt;Dit&lt;/b&gt; ainsi.</p>"),
        ("Avant :\n\n- un\n- deux", "deux", "", "<p>deux</p>"),
        (f"Avant :\n\n{TABLE}\n\nAprès.", ROW, "", f"{HEAD}{UNION}</tbody>"),
        (f"| État | 50 % |\n| {ROW} |", ROW, "| Nom | Part |\n| --- | --- |", f"{HEAD}{UNION}</tbody>"),
        (f"Avant :\n\n{TABLE}\n\nAprès.", TABLE, "", f"{HEAD}{STATE}{UNION}</tbody>"),
    ],
    ids=["sentence", "item", "row", "row of a table that began before", "table"],
)
def test_a_quote_stands_alone_but_for_the_header_of_its_table(text: str, quote: str, header: str, shown: str) -> None:
    start = text.index(quote)
    html = quote_html(text, start, start + len(quote), header)
    assert shown in html
    assert "Avant" not in html
    assert "Après" not in html


def test_no_line_ends_before_what_french_sets_apart() -> None:
    assert set_text("Qui dit « oui & non » : où ? À 10:30 !") == (
        "Qui dit «\u00a0oui &amp; non\u00a0»\u00a0: où\u00a0? À 10:30\u00a0!"
    )
    assert set_text("<b>\nFin ;") == "&lt;b&gt;&#10;Fin\u00a0;"
