from __future__ import annotations

from dataclasses import replace

import pytest

from kb.types import Answer, Document
from kb.web.chat.turns import TurnState, answer_html, turn_html, words_html
from small_base import SmallBase, UnsaidBase, citation_of

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


def test_a_refusal_with_the_nearest_sentences_sends_the_reader_to_them() -> None:
    shown = answer_html(UnsaidBase([DOCUMENT]).ask("Quelle est la part qui baisse ensuite ?"), 1)
    assert "ils en parlent sans le dire." in shown
    assert "Lisez les phrases les plus proches" in shown
    assert "<button" not in shown


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


TABLE = (
    "La part est de 72 % en 2024. [1]\nElle baisse ensuite. [2]\n\n"
    "| Année [1] | Part |\n| --- | --- |\n| 2024 | 72 % [1] |\n| <script>x</script> \\| y | [99] [z](https://e.fr) |"
)


def test_a_table_has_the_same_buttons_and_hostile_cells_are_text() -> None:
    shown = words_html(TABLE, CITATIONS, 3)
    assert '<th scope="col"><span class="proven">Année&#8288;<button' in shown
    assert '<td>72 <span class="proven">%&#8288;<button type="button" class="reference" data-turn="3"' in shown
    assert "<td>&lt;script&gt;x&lt;/script&gt; | y</td><td>[99] [z](https://e.fr)</td>" in shown
    assert "\n" not in shown


def test_the_first_sentence_of_a_written_answer_stands_out() -> None:
    written = replace(answer(), text=TABLE, citations=CITATIONS, answerer="llm")
    shown = answer_html(written, 1)
    lead, rest = shown.split("</p>", 1)
    assert lead.startswith('<div class="answer"><p class="lead">La part est de 72 % en <span class="proven">2024.')
    assert rest.startswith('<p>Elle baisse <span class="proven">ensuite.')
    assert "lead" not in answer_html(replace(written, answerer="extractive"), 1)
    assert "lead" not in answer_html(replace(written, text="- un [1]\n- deux [2]"), 1)
    alone = answer_html(replace(written, text="Les documents ne disent pas quand."), 1)
    assert '<div class="answer"><p class="lead">Les documents ne disent pas quand.</p></div>' in alone
    assert "<button" not in alone


def test_a_table_on_its_way_shows_with_its_first_row() -> None:
    lines = TABLE.split("\n")
    for count, rows in ((3, 0), (4, 0), (5, 0), (6, 1), (7, 2)):
        begun = replace(answer(), text="\n".join(lines[:count]), citations=CITATIONS, answerer="llm")
        shown = answer_html(begun, 1, final=False)
        assert shown.count("<tr>") == rows + bool(rows)
        assert "---" not in shown
        assert ("Année" in shown) is bool(rows)
    assert "Année" in answer_html(replace(answer(), text="\n".join(lines[:4])), 1)  # nothing of a whole one is left out


def test_an_answer_without_a_word_yet_is_none() -> None:
    begun = replace(answer(), text="", citations=(), answerer="llm", standalone_question="Et Lyon ?")
    assert answer_html(begun, 1, final=False) == '<p class="note">Question comprise : <bdi>Et Lyon ?</bdi></p>'
