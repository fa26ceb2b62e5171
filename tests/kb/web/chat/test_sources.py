from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest

from kb.types import Document, Passage
from kb.web.chat.sources import badges, source_html, sources_html
from small_base import SmallBase, UnsaidBase, citation_of, whole_passage

DOCUMENT = Document(
    id="a.md",
    source="d",
    title="Le <b>titre</b>",
    text="Première phrase. La phrase citée. Dernière phrase.",
    url="https://www.example.org/a?x=1&y=2",
    date="2025-12-04",
    rubric="Financement",
    kind="article",
)


def test_a_source_tells_what_it_is_and_links_to_its_page() -> None:
    shown = source_html(citation_of(DOCUMENT, "La phrase citée.", 3, whole_passage(DOCUMENT, ("Un", "Deux"))), 2)
    assert 'id="source-2-3"' in shown
    assert "<b>" not in shown
    assert "Le &lt;b&gt;titre&lt;/b&gt;" in shown
    assert "<span>4 décembre 2025</span><span>Financement</span>" in shown
    assert '<span class="badge">article</span>' in shown
    assert 'href="/lire?document=a.md&amp;debut=17&amp;fin=33&amp;phrase=La+phrase+cit%C3%A9e."' in shown
    assert "<li>Un</li><li>Deux</li>" in shown
    assert "<mark>La phrase citée.</mark>" in shown
    assert (
        'href="https://www.example.org/a?x=1&amp;y=2" target="_blank" rel="noopener noreferrer nofollow">'
        "Ouvrir la page d&#x27;origine"
    ) in shown


def test_the_quote_is_marked_in_a_passage_that_begins_further_in() -> None:
    start = DOCUMENT.text.index("La phrase")
    passage = Passage("p", DOCUMENT.id, 1, (), DOCUMENT.text[start:], start, len(DOCUMENT.text))
    shown = source_html(citation_of(DOCUMENT, "La phrase citée.", passage=passage), 1)
    assert '<blockquote class="passage"><p><mark>La phrase citée.</mark> Dernière phrase.</p>' in shown


def test_without_address_date_or_rubric() -> None:
    bare = replace(DOCUMENT, url="javascript:alert(1)", date=None, rubric=None, kind=None)
    shown = source_html(citation_of(bare, "La phrase citée."), 1)
    assert re.findall('href="([^?"]*)', shown) == ["/lire"]
    assert "javascript" not in shown
    assert "badge" not in shown
    assert '<span class="facts"><span>date non précisée</span></span>' in shown


def test_the_page_of_a_paginated_document() -> None:
    paged = replace(DOCUMENT, page_starts=(0, DOCUMENT.text.index("La phrase")))
    assert "<span>p. 2</span>" in source_html(citation_of(paged, "La phrase citée."), 1)


def test_a_refusal_has_no_number_and_lists_each_close_document_once() -> None:
    base = SmallBase([DOCUMENT, replace(DOCUMENT, id="b.md", title="Autre", url=None)])
    answer = base.ask("Tarte aux fraises ?")
    answer = replace(answer, hits=answer.hits * 3)
    shown = sources_html(answer, 1)
    assert "Documents les plus proches" in shown
    assert 'class="number"' not in shown
    assert "<details" not in shown
    assert "<mark>" not in shown
    assert re.findall(r'class="title">([^<]*)<', shown) == ["Le &lt;b&gt;titre&lt;/b&gt;", "Autre"]
    assert shown.count('href="http') == 1
    assert shown.count('href="/lire') == 2


def test_the_nearest_sentences_stand_above_the_closest_documents_without_a_number() -> None:
    shown = sources_html(UnsaidBase([DOCUMENT]).ask("La première phrase ?"), 1)
    assert re.findall("<h[23][^>]*>([^<]*)<", shown) == ["Phrases les plus proches", "Documents les plus proches"]
    assert "Elles en parlent sans répondre : vérifiez-les avant de vous en servir." in shown
    (near,) = re.findall('<div class="source near nearest">(.*?)</div>', shown)
    assert near.startswith('<blockquote class="passage"><p>Première phrase.</p></blockquote>')
    assert "Le &lt;b&gt;titre&lt;/b&gt;" in near
    assert "<span>4 décembre 2025</span>" in near
    assert 'href="/lire?document=a.md&amp;debut=0&amp;fin=16&amp;phrase=Premi%C3%A8re+phrase."' in near
    # Nothing that makes it a source of the answer: no number, no place that a reference would go to.
    assert not re.search('class="number"|id="source-|class="back"|<mark>', shown)


@pytest.mark.parametrize(("written", "told"), [("2025-12", []), ("2022", ["source de 2022"]), (None, [])])
def test_an_old_source_says_its_year(written: str | None, told: list[str]) -> None:
    shown = badges(replace(DOCUMENT, kind=None, date=written), date(2026, 1, 1))
    assert re.findall('class="badge">([^<]*)<', shown) == told


def test_nothing_is_shown_when_nothing_is_close() -> None:
    assert sources_html(SmallBase([]).ask("Tarte aux fraises ?"), 1) == ""


def test_before_anything_is_proven_the_documents_read_stand_there() -> None:
    base = SmallBase([replace(DOCUMENT, id=f"{number}.md", title=f"N° {number}") for number in range(12)])
    found = replace(base.ask("La phrase citée ?"), text="", citations=())
    found = replace(found, hits=tuple(hit for hit in found.hits for _ in range(2)))
    shown = sources_html(found, 2, final=False)
    assert 'id="sources-2"' in shown
    assert "Documents lus</h2>" in shown
    assert re.findall(r'class="title">([^<]*)<', shown) == [f"N° {number}" for number in range(8)]
    assert shown.count('href="/lire?document=') == 8
    assert "<span>4 décembre 2025</span><span>Financement</span>" in shown
    assert 'class="number"' not in shown
    assert "Sources</h2>" in sources_html(base.ask("La phrase citée ?"), 2, final=False)
    assert sources_html(replace(found, hits=()), 2, final=False) == ""
