"""What can be done with an answer."""

from __future__ import annotations

from kb.records.accounts import Person
from kb.ui.tools import menu_of, tools_html
from kb.web import strings
from kb.web.news.badge import badge_html
from kb.web.page_context import PageContext


def test_an_answer_that_is_kept_can_be_exported_and_its_question_followed() -> None:
    shown = tools_html('c"1')
    assert 'href="/conversations/c%221.docx"' in shown
    assert '<form class="follow" method="post" action="/nouveautes/suivre">' in shown
    assert 'name="conversation" value="c&quot;1"' in shown
    assert strings.FOLLOW in shown


def test_a_question_is_not_followed_where_nothing_is_kept() -> None:
    shown = tools_html("c1", follows=False)
    assert strings.FOLLOW not in shown
    assert "/conversations/c1.docx" in shown


def test_one_that_is_not_kept_can_only_be_copied() -> None:
    shown = tools_html(None)
    assert strings.COPY in shown
    assert "<form" not in shown
    assert "href" not in shown


def test_the_menu_tells_each_person_what_is_new() -> None:
    context = PageContext(badge=lambda person: badge_html(120 if person.name == "anne" else 0))
    menu = menu_of(Person("anne", "reader"), context)
    told = '<span class="unseen"> : 120 nouveautés depuis votre visite</span>'
    assert f'href="/nouveautes">Nouveautés <span class="fresh" aria-hidden="true">99+</span>{told}</a>' in menu
    assert "fresh" not in menu_of(Person("luc", "reader"), context)
