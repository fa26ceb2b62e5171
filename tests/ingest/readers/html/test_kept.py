from __future__ import annotations

import pytest

from ingest.readers.reading import STRUCK
from reading import reader_of

read = reader_of("page.html")


def text(body: str) -> str:
    return read(f"<html><body><main><h1>La ligne G</h1><p>Elle ouvre en juin.</p>{body}</main></body></html>").text


@pytest.mark.parametrize(
    "image",
    [
        "<img src='c.png' alt='{}'>",
        "<p><img src='c.png' alt='{}'></p>",
        "<figure><img src='c.png' alt='{}'><figcaption>La carte</figcaption></figure>",
        "<img data-src='c.png' src='data:,' alt=''><noscript><img src='c.png' alt='{}'></noscript>",
        "<img data-src='c.png' alt='{0}'><noscript><img src='c.png' alt='{0}'></noscript>",
    ],
)
def test_an_alternative_that_says_something_is_text_once(image: str) -> None:
    told = "Carte des 12 stations de la ligne G, de la gare au parc"
    assert text(image.format(told)).count(f"Image : {told}") == 1


@pytest.mark.parametrize(
    "alternative",
    ["", "image", "carte.png", "Logo de la ville de Lyon", "IMG_20240312.jpg vue du parc", "Elle ouvre"],
)
def test_an_alternative_that_says_nothing_is_none(alternative: str) -> None:
    assert "Image" not in text(f"<img src='c.png' alt='{alternative}'>")


def test_an_alternative_that_the_caption_repeats_is_not_told_twice() -> None:
    told = "Les 12 stations de la ligne G"
    figure = f"<figure><img src='c.png' alt='{told}'><figcaption>{told}, en 2026.</figcaption></figure>"
    assert text(figure).count(told) == 1


@pytest.mark.parametrize(
    "callout",
    [
        "<aside><p>À savoir</p><p>{}</p></aside>",
        "<aside class='fr-callout'><p class='fr-callout__title'>À savoir</p><p>{}</p></aside>",
        "<div class='fr-callout'><p>{}</p></div>",
        "<div class='fr-highlight'><p>{}</p></div>",
        "<div class='fr-alert fr-alert--info'><p>{}</p></div>",
        "<div role='note'><p>{}</p></div>",
    ],
)
def test_a_callout_is_text(callout: str) -> None:
    assert "Le seuil est de 12 logements par opération." in text(
        callout.format("Le seuil est de 12 logements par opération.")
    )


@pytest.mark.parametrize(
    "aside",
    [
        "<aside><h2>Voir aussi</h2><ul><li><a href='/a'>Une autre page de ce site.</a></li></ul></aside>",
        "<aside class='sidebar'><p>Retrouvez toutes les actualités de la semaine ici.</p></aside>",
        "<aside><p>Newsletter</p></aside>",
        "<aside><form><p>Inscrivez-vous à la lettre de la semaine, ici même.</p></form></aside>",
    ],
)
def test_what_leads_elsewhere_is_none(aside: str) -> None:
    assert text(aside) == "Elle ouvre en juin."


def test_lists_that_word_exports_are_lists() -> None:
    def item(level: int, mark: str, said: str, name: str = "MsoListParagraphCxSpMiddle") -> str:
        ignored = f"<![if !supportLists]><span style='mso-list:Ignore'>{mark}<span>&nbsp;&nbsp;</span></span><![endif]>"
        return f"<p class={name} style='margin:0;mso-list:l0 level{level} lfo1'>{ignored}{said}</p>\n"

    listed = item(1, "·", "la commune") + item(2, "o", "son école") + item(1, "·", "la région") + "<p>Puis :</p>"
    assert text(listed + item(1, "3.", "trois") + item(1, "4.", "quatre")) == (
        "Elle ouvre en juin.\n\n- la commune\n  - son école\n- la région\n\nPuis :\n\n3. trois\n4. quatre"
    )
    assert "- a) premier cas" in text(item(1, "a)", "premier cas") + item(1, "b)", "second cas"))


@pytest.mark.parametrize(
    "banner",
    [
        "<div id='tarteaucitronRoot'><p>{}</p></div>",
        "<div class='orejime-Notice'><p>{}</p></div>",
        "<div id='axeptio_overlay'><p>{}</p></div>",
        "<div id='didomi-host'><p>{}</p></div>",
        "<div id='CybotCookiebotDialog'><p>{}</p></div>",
        "<div id='onetrust-consent-sdk'><p>{}</p></div>",
        "<div class='cky-consent-container'><p>{}</p></div>",
        "<div class='cmplz-cookiebanner'><p>{}</p></div>",
        "<div class='bandeau-cookies'><p>{}</p></div>",
        "<div class='fr-consent-banner'><p>{}</p></div>",
        "<div class='tac_activate'><div class='tac_float'><b>YouTube</b> {}</div></div>",
    ],
)
def test_what_asks_for_consent_is_no_text(banner: str) -> None:
    assert text(banner.format("Ce site dépose des traceurs afin de mesurer l’audience.")) == "Elle ouvre en juin."


@pytest.mark.parametrize(
    "notice",
    [
        "YouTube est désactivé. Autorisez le dépôt de cookies pour accéder au contenu.",
        "Ce contenu est bloqué car vous n’avez pas accepté les cookies.",
        "Contenu désactivé",
        "Pour voir cette vidéo, veuillez accepter les cookies de la plateforme.",
        "Gérer mes cookies",
    ],
)
def test_a_notice_in_place_of_a_video_is_no_text(notice: str) -> None:
    assert text(f"<div class='embed'><p>{notice}</p></div>") == "Elle ouvre en juin."


def test_a_page_about_cookies_is_text() -> None:
    about = "Les cookies déposés par un site doivent être acceptés par la personne, qui peut les refuser."
    assert about in text(f"<div class='onetrust-loaded'><p>{about}</p></div>")


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        (
            "<p><input type=checkbox checked disabled> Favorable <input type=checkbox disabled> Réservé</p>",
            "[x] Favorable [ ] Réservé",
        ),
        ("<p><label><input type=radio name=d checked> Accordée</label></p>", "[x] Accordée"),
        ("<p><input type=checkbox id=panneau> <label for=panneau>Horaires</label></p>", "Horaires"),
        ("<p><input type=text value=3> Horaires</p>", "Horaires"),
    ],
)
def test_boxes_that_nobody_clicks_on_say_their_state(markup: str, expected: str) -> None:
    assert text(markup) == f"Elle ouvre en juin.\n\n{expected}"


def test_two_lists_of_word_are_two() -> None:
    def item(name: str, mark: str, said: str) -> str:
        ignored = f"<span style='mso-list:Ignore'>{mark}</span>"
        return f"<p class=MsoListParagraph style='mso-list:{name} level1 lfo1'>{ignored}{said}</p>"

    assert text(item("l0", "·", "un camion") + item("l1", "1)", "recruter")) == (
        "Elle ouvre en juin.\n\n- un camion\n\n1. recruter"
    )


def test_the_title_of_a_page_of_word_is_in_its_style() -> None:
    body = "<p class=MsoTitle>Note sur la régie</p><h1>1. Moyens</h1><p>La régie emploie 27 salariés toute l’année.</p>"
    content = f"<html><title>Microsoft Word - note.docx</title><body>{body}</body></html>"
    assert read(content).title == "Note sur la régie"


def test_what_is_a_table_by_its_roles_is_one() -> None:
    def row(*cells: str, role: str = "cell") -> str:
        return f"<div role=row>{''.join(f'<span role={role}>{cell}</span>' for cell in cells)}</div>"

    head, body = row("Public", "Tarif", role="columnheader"), row("Adulte", "6,40 €") + row("Enfant", "3,10 €")
    assert text(f"<div role=table><div role=rowgroup>{head}</div><div role=rowgroup>{body}</div></div>").endswith(
        "| Public | Tarif |\n| --- | --- |\n| Adulte | 6,40 € |\n| Enfant | 3,10 € |"
    )


def test_a_formula_is_text() -> None:
    formula = "<math><mfrac><mi>S</mi><mn>12</mn></mfrac></math>"
    assert text(f"<p>Elle vaut {formula} par mois.</p>").endswith("Elle vaut S/12 par mois.")


def test_what_is_struck_out_is_told_of() -> None:
    content = "<html><body><article><h1>Tarif</h1><p>Il est de <s>48</s> 52 euros.</p></article></body></html>"
    document = read(content)
    assert document.text == "Il est de 52 euros."
    assert document.remarks == (STRUCK,)
