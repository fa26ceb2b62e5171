from __future__ import annotations

import html
import re
from pathlib import Path

import pytest

from kb.errors import DocumentError
from kb.text.folding import fold
from kb.types import CitedSource
from reading import reader_of

ROOT = Path(__file__).parents[4]
ARTICLE = (ROOT / "tests" / "data" / "article.html").read_bytes()


read = reader_of("page.html")


def page(body: str, head: str = "") -> str:
    return f"<!DOCTYPE html><html lang='fr'><head><meta charset='utf-8'>{head}</head><body>{body}</body></html>"


def test_an_article_is_read_whole_in_block_form_without_what_surrounds_it() -> None:
    assert read(ARTICLE).text == (
        "Trois hectares de pelouse remplacent un parking.\n\n"
        "Le parc des Acacias a ouvert au printemps. Il compte 1\u00a0200\u00a0arbres et un jardin partagé.\n\n"
        "## Le budget\n\n"
        "Il atteint 2,4 millions d’euros\u202f:\n\n"
        "- la commune\u00a0: 40\u00a0%\n"
        "  - dont la métropole, 5 %\n"
        "- l’Agence : 60 %\n\n"
        "Les financeurs\n\n"
        "| Financeur | Part | Année |\n"
        "| --- | --- | --- |\n"
        "| Agence | 40 % | 2022 |\n"
        "| Agence | 20 % | 2023 |\n"
        "| Commune | 40\u00a0% ¦ solde | 40\u00a0% ¦ solde |\n\n"
        "Fin visible.\n\n"
        "## Comment s’inscrire ?\n\n"
        "Il suffit d’écrire à la mairie avant le 30 juin.\n\n"
        "### Et les chiens ?\n\n"
        "Ils sont admis en laisse.\n\n"
        "Deux lignes un seul paragraphe.\n\n"
        "Un autre paragraphe.\n\n"
        "Les horaires :\n\n"
        "- lundi : 8 h\n"
        "- mardi : 9 h"
    )


def test_an_article_says_its_title_date_rubric_address_and_sources() -> None:
    document = read(ARTICLE, url="https://www.example.org/actualites/un-parc?suivi=1")
    assert document.title == "Un parc au milieu des tours"
    assert document.date == "2024-05-17"
    assert document.rubric == "Cadre de vie"
    assert document.url == "https://www.example.org/actualites/un-parc"
    assert document.cited_sources == (
        CitedSource("Le plan du parc", "Mairie", "https://example.org/plan", "2023-05"),
        CitedSource("Le vote des habitants", "Association des Acacias", "https://example.org/vote"),
    )


@pytest.mark.parametrize(
    "name", ["interview-participation-des-habitants.html", "partenaire-ministere-de-la-culture.html"]
)
def test_every_sentence_of_the_corpus_pages_is_kept_and_no_furniture(name: str) -> None:
    content = (ROOT / "corpus" / "documents" / name).read_text(encoding="utf-8")
    document = read(content, name)
    article = content[content.index("</h1>") : content.index('<section class="sources">')]
    article = re.sub(r'<aside.*?</aside>|<p (?:id="suite" )?class="(?:origine|date|partage|suite)".*?</p>', "", article)
    article = re.sub(r'<p id="suite">.*?</p>', "", article)
    expected = [
        fold(html.unescape(re.sub(r"<[^>]+>", "", part))) for part in re.findall(r"<(?:p|h2)\b.*?</(?:p|h2)>", article)
    ]
    assert len(expected) > 8
    kept = [fold(block.lstrip("# ")) for block in document.text.split("\n\n")]
    assert kept == expected
    furniture = (
        "fil infos|lire la suite|suite de l'article|info en plus|cookies|mentions legales|partager|publie le|sources$"
    )
    assert not re.search(furniture, fold(document.text))
    assert len(document.cited_sources) >= 10


def test_meta_tags_are_the_front_matter_of_a_page() -> None:
    head = (
        '<title>Autre | Site</title><meta name="titre" content="Le vrai titre"><meta name="date" content="mars 2024">'
        '<meta name="programmes" content="NPNRU, PIA"><meta name="partenaires" content="Anah"><meta name="partenaires" '
        'content="ANCT"><meta name="type" content="fiche"><meta name="origine" content="Synthèse">'
        '<meta name="sources" content="« Bilan », Sénat, 2019, https://example.org/b">'
    )
    document = read(page("<main><h1>Un autre titre</h1><p>Le texte.</p></main>", head))
    assert document.title == "Le vrai titre"
    assert document.text == "## Un autre titre\n\nLe texte."
    assert (document.date, document.kind, document.origin) == ("2024-03", "fiche", "Synthèse")
    assert (document.programmes, document.partners) == (("NPNRU", "PIA"), ("Anah", "ANCT"))
    assert document.cited_sources == (CitedSource("Bilan", "Sénat", "https://example.org/b", "2019"),)


@pytest.mark.parametrize(
    ("head", "body", "expected"),
    [
        ('<meta property="article:published_time" content="2024-02-03T10:00:00Z">', "", "2024-02-03"),
        ('<meta name="dcterms.date" content="2024-02">', "", "2024-02"),
        (
            '<script type="application/ld+json">{"@type":"NewsArticle","datePublished":"2023-01-02"}</script>',
            "",
            "2023-01-02",
        ),
        (
            '<script type="application/ld+json">{cassé</script>',
            "<p class='date'>Publié le 1er octobre 2021</p>",
            "2021-10-01",
        ),
        ("", "<p><time datetime='2022-04-05'>le 5 avril</time></p>", "2022-04-05"),
        ("", "<p>Publié le 3 mars 2025 - Mis à jour le 4 mars 2025</p>", "2025-03-03"),
        ("", "<p class='date'>mars 2024</p>", "2024-03"),
        ("", "<p>Publié le</p>", None),
        ("", "<p class='date'>31/02/2024</p>", None),
        ('<meta name="date" content="2999-01-01">', "", None),
        ('<meta property="article:modified_time" content="2024-02-03">', "", None),
    ],
)
def test_the_publication_date_is_the_one_the_page_gives(head: str, body: str, expected: str | None) -> None:
    long = "Le texte de l’article parle aussi du 14 juillet 2020, qui n’est pas la date de sa publication. " * 3
    document = read(page(f"<article><h1>Titre</h1>{body}<p>{long}</p></article>", head))
    assert document.date == expected
    assert document.text == long.strip()


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [
        ("utf-8", "utf-8"),
        ("utf-8", "iso-8859-1"),
        ("utf-8-sig", ""),
        ("cp1252", "iso-8859-1"),
        ("cp1252", "windows-1252"),
        ("cp1252", ""),
        ("utf-16", ""),
        ("iso8859-15", "iso-8859-15"),
        ("mac-roman", "macintosh"),
    ],
)
def test_the_encoding_is_right_whatever_is_declared(encoding: str, declared: str) -> None:
    meta = f'<meta http-equiv="Content-Type" content="text/html; charset={declared}">' if declared else ""
    content = (
        f"<html><head>{meta}</head><body><main><p>L'été à Orléans : où ? À 3 h, forêt, cœur.</p></main></body></html>"
    )
    if encoding.startswith("iso"):
        content = content.replace("œ", "oe")
    assert read(content.encode(encoding)).text.startswith("L'été à Orléans : où ? À 3 h, forêt, c")


def test_the_server_may_name_the_encoding() -> None:
    content = "<p>Une école fermée.</p>".encode("cp1250")
    assert read(content, media_type="text/html; charset=windows-1250").text == "Une école fermée."


def test_a_page_that_names_no_main_part_is_read_by_trafilatura() -> None:
    long = "L’Agence finance la rénovation de ce quartier depuis dix ans, avec la commune et le bailleur. " * 2
    body = (
        "<div class='top'><ul><li><a href='/'>Accueil</a></li><li><a href='/b'>Actualités</a></li></ul></div>"
        f"<div class='content'><h1>Un quartier change</h1><p>{long}</p><h2>Le calendrier</h2>"
        f"<p>{long}Il finira en 2027.</p>"
        "<ol start=4><li>les écoles d’abord ;</li><li><b>les logements</b> ensuite.</li></ol>"
        "<table><tr><th>Année</th><th>Logements</th></tr><tr><td>2024</td><td>120</td></tr></table></div>"
        "<div id='footer'><p><a href='/m'>Mentions légales</a> <a href='/p'>Plan du site</a></p></div>"
    )
    document = read(page(body))
    assert document.title == "Un quartier change"
    assert "## Le calendrier\n\nL’Agence" in document.text
    assert "Il finira en 2027.\n\n4. les écoles d’abord ;\n5. les logements ensuite." in document.text
    assert "| Année | Logements |\n| --- | --- |\n| 2024 | 120 |" in document.text
    assert "Accueil" not in document.text


def test_a_page_headed_by_the_name_of_its_site_has_another_title() -> None:
    long = "Samedi, quarante habitants ont dessiné la place du marché avec les paysagistes, sous la halle. " * 2
    body = (
        "<div id='header'><h1><a href='/'>Mon quartier</a></h1><ul><li><a href='/a'>Accueil</a></li></ul></div>"
        "<div class='post'><h2>Un atelier pour la place</h2><p class='meta'>Publié le 3 mars 2024 par Jean</p>"
        f"<p>{long}</p><p>{long}Le vote aura lieu en juin.</p></div>"
    )
    head = "<title>Un atelier pour la place – Mon quartier</title><meta property='og:site_name' content='Mon quartier'>"
    document = read(page(body, head))
    assert (document.title, document.date) == ("Un atelier pour la place", "2024-03-03")
    assert document.text == f"{long.strip()}\n\n{long}Le vote aura lieu en juin."


def test_no_long_paragraph_is_lost_where_trafilatura_would_leave_it_out() -> None:
    paragraphs = [
        f"Le projet numéro {n} rénove des logements, une école et une place, pour les habitants du quartier. " * 2
        for n in range(6)
    ]
    cards = "".join(f"<div class='card-{n}'><div><span>{text}</span></div></div>" for n, text in enumerate(paragraphs))
    document = read(page(f"<h1>Six projets</h1>{cards}"))
    for text in paragraphs:
        assert text.strip() in document.text


def test_a_form_around_the_whole_page_is_no_reason_to_lose_it() -> None:
    document = read(page("<form><div><h1>Titre</h1><p>Le texte de la page, écrit dans un formulaire.</p></div></form>"))
    assert document.text == "Le texte de la page, écrit dans un formulaire."


def test_a_word_of_the_trade_in_a_class_is_no_furniture() -> None:
    document = read(page("<main><div class='logement-social menu-ouvert'><p>Le logement social.</p></div></main>"))
    assert document.text == "Le logement social."


def test_hidden_text_is_dropped_but_not_a_page_behind_a_cookie_window() -> None:
    hidden = "".join(
        f"<p {attribute}>SECRET</p>"
        for attribute in (
            "style='display : none'",
            "style='color:red;visibility:hidden'",
            "style='font-size:0'",
            "style='opacity: 0;'",
            "hidden",
            "aria-hidden='true'",
            "class='sr-only'",
        )
    )
    body = f"<div aria-hidden='true'><main><p>Le texte\u200b vi\u00adsible.</p>{hidden}<!-- SECRET --></main></div>"
    assert read(page(body)).text == "Le texte visible."


def test_a_part_of_related_headlines_goes_but_a_text_under_the_same_words_stays() -> None:
    related = "<h2>À lire aussi</h2><ul><li>Une gare</li><li>Un vélo</li></ul>"
    text = "<h2>À lire aussi</h2><p>Le rapport de 2019 complète cet article par des chiffres.</p>"
    after = "<h2>La suite</h2><p>La fin du texte.</p>"
    assert read(page(f"<main><p>Début.</p>{related}{after}</main>")).text == "Début.\n\n## La suite\n\nLa fin du texte."
    assert "Le rapport de 2019" in read(page(f"<main><p>Début.</p>{text}</main>")).text


def test_fil_infos_ends_a_page_only_when_headlines_follow() -> None:
    end = "<p>Fil Infos</p><p>Une gare pour le plateau</p>"
    prose = "<h2>Fil Infos</h2><p>Ce fil donne aux élus les nouvelles du programme, chaque lundi.</p>"
    assert read(page(f"<main><p>Début.</p>{end}</main>")).text == "Début."
    assert "Ce fil donne aux élus" in read(page(f"<main><p>Début.</p>{prose}</main>")).text


def test_sources_in_prose_stay_text() -> None:
    body = "<main><p>Début.</p><h2>Sources</h2><p>La rivière prend sa source au pied du quartier.</p></main>"
    document = read(page(body))
    assert "La rivière" in document.text
    assert document.cited_sources == ()


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (
            "<div id='root'></div><script src='app.js'></script><noscript>Activez JavaScript</noscript>",
            "aucun texte à indexer ; la page est écrite par un programme (JavaScript)",
        ),
        (
            "<div id='app'><p>Chargement en cours…</p></div><script src='app.js'></script>",
            "aucun texte à indexer ; la page est écrite par un programme (JavaScript)",
        ),
        ("<nav><p>Accueil</p></nav>", "aucun texte à indexer ; la page n'a pas de contenu"),
        ("", "aucun texte à indexer ; la page n'a pas de contenu"),
    ],
)
def test_a_page_without_text_is_refused(body: str, reason: str) -> None:
    with pytest.raises(DocumentError) as raised:
        read(page(body))
    assert raised.value.reason.startswith(reason)


@pytest.mark.parametrize(
    "content", ["<frameset><frame src='x'></frameset>", "<!-- rien -->", "<title>Un titre</title>"]
)
def test_a_page_without_body_is_refused(content: str) -> None:
    with pytest.raises(DocumentError) as raised:
        read(content)
    assert str(raised.value) == "page.html : aucun texte à indexer ; vérifiez le contenu du fichier"


def test_a_page_without_body_tag_is_read() -> None:
    document = read("<!DOCTYPE html><title>Un titre</title><main><p>Le texte.</p></main>")
    assert (document.title, document.text) == ("Un titre", "Le texte.")


def test_images_inside_the_page_do_not_count_as_text() -> None:
    image = "<img src='data:image/png;base64," + "A" * 30_000_000 + "'>"
    assert read(page(f"<main><p>Un texte court.</p>{image}</main>"), max_text_mb=1).text == "Un texte court."


@pytest.mark.parametrize("depth", [300, 5_000])
def test_a_page_nested_too_deep_is_read_or_refused(depth: int) -> None:
    body = "<div>" * depth + "<p>Tout au fond.</p>" + "</div>" * depth
    try:
        outcome = read(page(body)).text
    except DocumentError as error:
        outcome = error.reason
    assert outcome == "Tout au fond." or (depth > 300 and ("imbrique" in outcome or "aucun texte" in outcome))
