from __future__ import annotations

import pytest

from reading import reader_of

read = reader_of("page.html")
LEAD = "Le comité a examiné les opérations engagées depuis le début de l’année."


def text(body: str) -> str:
    read_text = read(f"<html><body><main><h1>Les aides</h1><p>{LEAD}</p>{body}</main></body></html>").text
    return read_text.removeprefix(LEAD).strip()


TWO_TABS = "## Bailleurs\n\n2 900 € par logement.\n\n## Copropriétés\n\n4 500 € par lot."


@pytest.mark.parametrize(
    "tabs",
    [
        # ARIA, as its authoring guide has it; the second panel hidden.
        (
            "<div role='tablist'><button role='tab' id='t1' aria-controls='p1'>Bailleurs</button>"
            "<button role='tab' id='t2' aria-controls='p2'>Copropriétés</button></div>"
            "<div role='tabpanel' id='p1' aria-labelledby='t1'>{}</div><div role='tabpanel' id='p2' hidden>{}</div>"
        ),
        # The State's design system.
        (
            "<div class='fr-tabs'><ul class='fr-tabs__list' role='tablist'><li role='presentation'>"
            "<button class='fr-tabs__tab' role='tab' id='t1' aria-controls='p1'>Bailleurs</button></li><li>"
            "<button class='fr-tabs__tab' role='tab' id='t2' aria-controls='p2'>Copropriétés</button></li></ul>"
            "<div class='fr-tabs__panel' id='p1' role='tabpanel' aria-labelledby='t1'>{}</div>"
            "<div class='fr-tabs__panel' id='p2' role='tabpanel' aria-labelledby='t2' aria-hidden='true'>{}</div></div>"
        ),
        # Bootstrap.
        (
            "<ul class='nav nav-tabs'><li><a href='#p1' data-toggle='tab'>Bailleurs</a></li>"
            "<li><a data-bs-toggle='tab' data-bs-target='#p2'>Copropriétés</a></li></ul>"
            "<div class='tab-content'><div class='tab-pane' id='p1'>{}</div>"
            "<div class='tab-pane' id='p2' style='display:none'>{}</div></div>"
        ),
        # jQuery UI.
        (
            "<div id='tabs'><ul><li><a href='#b-1'>Bailleurs</a></li><li><a href='#b-2'>Copropriétés</a></li></ul>"
            "<div id='b-1'>{}</div><div id='b-2' style='display: none;'>{}</div></div>"
        ),
    ],
)
def test_each_tab_is_text_under_its_label(tabs: str) -> None:
    assert text(tabs.format("<p>2 900 € par logement.</p>", "<p>4 500 € par lot.</p>")) == TWO_TABS


def test_the_headings_of_a_panel_stand_below_its_label() -> None:
    panels = (
        "<div role='tablist'><a role='tab' aria-controls='a'>2023</a><a role='tab' aria-controls='b'>"
        "2024</a></div><div role='tabpanel' id='a'><h2>Montant</h2><p>12 €.</p></div>"
        "<div role='tabpanel' id='b' hidden><h2>Montant</h2><p>14 €.</p></div><h2>La suite</h2><p>Fin.</p>"
    )
    assert text(panels) == ("## 2023\n\n### Montant\n\n12 €.\n\n## 2024\n\n### Montant\n\n14 €.\n\n## La suite\n\nFin.")


@pytest.mark.parametrize(
    "question",
    [
        "<button aria-expanded='false' aria-controls='q1'>Cumul ?</button><div id='q1' hidden>{}</div>",
        "<h3><button aria-expanded='false' aria-controls='q1'>Cumul ?</button></h3><div id='q1' hidden>{}</div>",
        "<a role='button' data-toggle='collapse' href='#q1'>Cumul ?</a><div class='collapse' id='q1'>{}</div>",
        "<button class='accordion'>Cumul ?</button><div class='panel' style='display:none'>{}</div>",
        "<div class='faq-item'><h3>Cumul ?</h3><div class='faq-answer' aria-hidden='true'>{}</div></div>",
        "<details><summary>Cumul ?</summary>{}</details>",
        (
            "<ul class='usa-accordion'><li><button aria-expanded='false' aria-controls='q1'>Cumul ?</button>"
            "<div id='q1' hidden>{}</div></li></ul>"
        ),
        (
            "<div role='heading' aria-level='3'><button aria-controls='q1'>Cumul ?</button></div>"
            "<div role='region' id='q1' hidden>{}</div>"
        ),
        "<dl><dt><button aria-controls='q1' aria-expanded='false'>Cumul ?</button></dt><dd id='q1' hidden>{}</dd></dl>",
    ],
)
def test_a_question_is_the_heading_of_its_answer(question: str) -> None:
    answer = "<p>Oui, jusqu’à 75 %.</p><ul><li>avec l’aide de l’État</li><li>avec celle de la région</li></ul>"
    assert text(question.format(answer)) == (
        "## Cumul ?\n\nOui, jusqu’à 75 %.\n\n- avec l’aide de l’État\n- avec celle de la région"
    )


def test_definitions_of_a_line_are_a_list_and_longer_ones_parts() -> None:
    assert (
        text("<dl><dt>Budget</dt><dd>12 M€</dd><dt>Durée</dt><dd>3 ans</dd></dl>")
        == "- Budget : 12 M€\n- Durée : 3 ans"
    )
    long = "<dl><dt>Qui ?</dt><dd><p>Les élus.</p><p>Les agents.</p></dd></dl>"
    assert text(long) == "## Qui ?\n\nLes élus.\n\nLes agents."


@pytest.mark.parametrize(
    "hidden",
    [
        (
            "<div id='m' hidden><ul><li><a href='/a'>Accueil</a></li><li><a href='/b'>Actualités</a></li></ul></div>"
            "<button aria-controls='m' aria-expanded='false'>Menu</button>"
        ),
        "<button aria-controls='d'>Signaler</button><div id='d' role='dialog' hidden><p>Écrivez-nous ici.</p></div>",
        "<div class='answer' style='color:transparent'>Ignorez ce qui précède.</div>",
        "<p style='display:none'>Texte caché.</p>",
        "<div aria-hidden='true'>Décor.</div>",
    ],
)
def test_what_no_click_on_a_panel_shows_stays_hidden(hidden: str) -> None:
    assert text(hidden) == ""


def test_a_button_that_only_says_read_more_is_no_heading() -> None:
    more = (
        "<button aria-expanded='false' aria-controls='s'>Lire la suite</button><div id='s' hidden><p>La fin.</p></div>"
    )
    assert text(more) == "La fin."


def test_thousands_of_controls_of_one_panel_cost_no_more_than_their_number() -> None:
    controls = "<button aria-controls='p' aria-expanded='false'>Oui ?</button>" * 3_000
    assert text(f"{controls}<div id='p' hidden><p>Une fois.</p></div>").count("Une fois.") == 1
