"""The chips beside the question's box, as HTML."""

from __future__ import annotations

from html import unescape

from kb.ports import Views
from kb.records.accounts import LOCAL
from kb.retrieval.filters import Filters
from kb.ui.narrowing import narrowing_html
from kb.web.base_state import Scope, read_base_state
from small_base import SmallBase
from small_pages import DOCUMENTS

SCOPE = read_base_state(Views(lambda: SmallBase(DOCUMENTS)), LOCAL, None).scope


def test_each_filter_is_taken_away_alone() -> None:
    html = unescape(narrowing_html(Filters(kind=("article",), since="2019", words="aides"), SCOPE))
    for address, label in (
        ("/?type=article&de=2019", "documents qui contiennent « aides »"),
        ("/?q=aides&de=2019", "type : article"),
        ("/?q=aides&type=article", "depuis 2019"),
    ):
        assert f'href="{address}"><span class="unseen">Retirer : </span><bdi>{label}</bdi>' in html
    assert 'href="/?type=article"' not in html  # chosen already


def test_without_filters_only_what_they_may_be_is_offered() -> None:
    html = narrowing_html(Filters(), SCOPE)
    assert 'class="filters"' not in html
    assert 'href="/?type=article"><bdi>article</bdi> <span class="count">1</span>' in html
    assert 'href="/?de=2024"' in html
    assert "<b>" not in html
    assert narrowing_html(Filters(), Scope()) == '<div class="narrowing"></div>'
