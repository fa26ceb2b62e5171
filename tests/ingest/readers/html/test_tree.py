from __future__ import annotations

import lxml.html
import pytest

from ingest.readers.block_builder import assemble
from ingest.readers.html.elements import text_of
from ingest.readers.html.tree import blocks_of


def text(markup: str) -> str:
    return assemble(blocks_of(lxml.html.fragment_fromstring(markup, create_parent="div")), None)


def test_lists_tables_and_definitions_of_all_kinds() -> None:
    body = (
        "<ol start='3'><li>trois</li><li>quatre<ol><li>un</li></ol></li></ol>"
        "<dl><dt>QPV</dt><dd>quartier prioritaire</dd></dl>"
        "<table><tr><th>Budget</th><td>12 Md€</td></tr><tr><th>Durée</th><td>10 ans</td></tr></table>"
        "<table><tr><td>Un cadre autour d’un texte.</td></tr></table>"
        "<ul><li><h3>Carte</h3><p>Son texte.</p></li></ul><blockquote><p>Une citation.</p></blockquote>"
        "<p>Il dit <q>oui</q>.</p>"
    )
    assert text(body) == (
        "3. trois\n4. quatre\n  1. un\n\n- QPV : quartier prioritaire\n\n- Budget : 12 Md€\n- Durée : 10 ans\n\n"
        "Un cadre autour d’un texte.\n\n## Carte\n\nSon texte.\n\nUne citation.\n\nIl dit « oui »."
    )


def test_spans_of_spans_do_not_fill_the_memory() -> None:
    row = "<tr><td>a</td><td rowspan=100 colspan=100>b</td></tr>"
    written = text(f"<table>{row * 300}</table>")
    assert written.count("\n") == 300
    assert len(written) < 1_000_000


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("Un <b>mot</b>, un <a href='x'>lien</a><img alt='image'>.", "Un mot, un lien."),
        ("Un<br>deux<br><br>trois", "Un deux\n\ntrois"),
        ("<div>Un</div>deux<hr>trois", "Un\n\ndeux\n\ntrois"),
        ("<a href='x'><div>Un</div><div>Deux</div></a>", "Un\n\nDeux"),
        ("Voici :<br>– un<br>– deux", "Voici :\n\n- un\n- deux"),
        ("– Un seul tiret", "– Un seul tiret"),
        ("m<sup>2</sup>, H<sub>2</sub>O, 1<sup>er</sup>", "m2, H2O, 1er"),
        ("<table role='presentation'><tr><td><p>Un</p></td><td>Deux</td></tr></table>", "Un\n\nDeux"),
        ("<details><summary>Titre</summary>Texte</details>", "## Titre\n\nTexte"),
        ("<ul><li>a<p>b</p></li><li><ul><li>c</li></ul></li></ul>", "- a b\n- c"),
    ],
)
def test_markup_leaves_its_visible_text(markup: str, expected: str) -> None:
    assert text(markup) == expected


def test_text_of_puts_a_space_where_a_block_or_a_line_ends() -> None:
    element = lxml.html.fromstring("<div><p>Un</p><p>de<b>ux</b><br>trois</p><script>x</script></div>")
    assert text_of(element) == "Un deux trois"


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        (
            "<ol start=12><li>Amende</li><li value=15>Retrait</li><li>Appel</li></ol>",
            "12. Amende\n15. Retrait\n16. Appel",
        ),
        ("<ol type=a><li>un</li><li>deux</li></ol>", "- a) un\n- b) deux"),
        ("<ol type=I start=3><li>Objet</li></ol>", "- III) Objet"),
        ("<ul><li>3) trois</li><li>2024. Bilan</li></ul>", "3. trois\n- 2024. Bilan"),
        (
            "<dl><dt>Salle A</dt><dt>Salle B</dt><dd>120 places</dd><dd>45 euros</dd><dt>Parc</dt></dl>",
            "- Salle A, Salle B : 120 places\n- Salle A, Salle B : 45 euros\n- Parc",
        ),
        ("<p>Tarif : <del>120 €</del> <ins>95 €</ins>, <s>18 €</s> 15 €</p>", "Tarif : 95 €, 15 €"),
    ],
)
def test_lists_count_as_they_say_and_what_is_struck_out_is_gone(markup: str, expected: str) -> None:
    assert text(markup) == expected
