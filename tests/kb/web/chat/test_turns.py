from __future__ import annotations

from dataclasses import replace

import pytest

from kb.types import Answer, Document
from kb.web.chat.turns import TurnState, answer_html, turn_html, words_html
from small_base import SmallBase, citation_of

DOCUMENT = Document(id="a.md", source="d", title='Titre "cité"', text="La part est de 72 %. Elle baisse ensuite.")
CITATIONS = (citation_of(DOCUMENT, "La part est de 72 %.", 1), citation_of(DOCUMENT, "Elle baisse ensuite.", 2))


def answer() -> Answer:
    return SmallBase([DOCUMENT]).ask("Quelle est la part qui baisse ensuite ?")


def test_each_known_number_is_a_button_that_names_its_source() -> None:
    shown = words_html("La part est de 72 % [1]. Elle baisse [2][7].", CITATIONS, 4)
    assert shown.count("<button") == 2
    assert 'data-turn="4" data-number="1"' in shown
    assert 'aria-label="Voir la source 1 : Titre &quot;cité&quot;"' in shown
    assert 'title="« La part est de 72 %. »"' in shown
    assert "[1]" not in shown
    assert "</button></span>[7].</p>" in shown
    assert 'La part est de 72 <span class="proven">%&#8288;<button' in shown  # never alone on a line


def test_an_omission_is_not_a_reference() -> None:
    shown = words_html("Octobre 2015. […] La part est de 72 %. [1]\n\nEt [...] ensuite. [ 2 ] [2]", CITATIONS, 1)
    assert shown.count("<button") == 2
    assert 'Octobre 2015. […] La part est de 72 <span class="proven">%.&#8288;<button' in shown
    assert 'Et [...] ensuite. [ 2 <span class="proven">]&#8288;<button' in shown


def test_words_keep_their_lists_and_are_escaped() -> None:
    shown = words_html("- <b>un</b> [1]\n- deux", CITATIONS, 1)
    assert shown.startswith('<ul><li><span class="proven">&lt;b&gt;un&lt;/b&gt;&#8288;<button')
    assert shown.endswith("</button></span></li><li>deux</li></ul>")


def test_an_extractive_answer_says_so() -> None:
    assert "Phrases reprises mot à mot des documents." in answer_html(answer(), 1)
    assert "le modèle &lt;m&gt;" in answer_html(replace(answer(), answerer="llm", model="<m>"), 1)
    assert "note" not in answer_html(answer(), 1, final=False)


def test_a_refusal_has_no_reference_even_if_its_text_holds_a_number() -> None:
    refused = replace(
        answer(), refused=True, reason="no_evidence", text="Je ne trouve pas cette information dans les documents. [1]"
    )
    shown = answer_html(refused, 1)
    assert "<button" not in shown
    assert "Je ne trouve pas cette information dans les documents." in shown


def test_warnings_and_the_understood_question_are_told_in_escaped_words() -> None:
    shown = answer_html(
        replace(answer(), warnings=("Valeurs <i>différentes</i>.",), standalone_question="Et <Lyon> ?"), 1
    )
    assert "<li>Valeurs &lt;i&gt;différentes&lt;/i&gt;.</li>" in shown
    assert "Question comprise : <bdi>Et &lt;Lyon&gt; ?</bdi>" in shown
    assert "Question comprise" not in answer_html(answer(), 1)


@pytest.mark.parametrize(
    ("state", "said"),
    [("searching", "Recherche dans"), ("writing", "Rédaction de"), ("stopped", "Réponse interrompue."), ("done", "")],
)
def test_a_turn_tells_its_state(state: TurnState, said: str) -> None:
    shown = turn_html("<u>Question</u>", 2, state, "<p>corps</p>")
    assert f'data-state="{state}"' in shown
    assert "&lt;u&gt;Question&lt;/u&gt;" in shown
    assert shown.endswith("<p>corps</p></article>" if not said else "</p></article>")
    assert said in shown
