from __future__ import annotations

import datetime
from datetime import date

import pytest

from ingest.readers.metadata import (
    Metadata,
    authors_title,
    canonical_url,
    from_mapping,
    letter_object,
    parse_reference,
    web_url,
    without_site_name,
)
from kb.errors import DocumentError
from kb.types import CitedSource

LATEST = date(2026, 3, 15)


def test_french_and_english_names_fill_the_same_fields() -> None:
    french = from_mapping(
        {
            "titre": "Le parc",
            "date": "mars 2024",
            "url": "https://example.org/parc",
            "rubrique": "Cadre de vie",
            "type": "article",
            "programmes": ["NPNRU", "PIA"],
            "partenaires": "Anah, ANCT",
            "origine": "En Villes",
        },
        "a.md",
        latest=LATEST,
    )
    english = from_mapping(
        {
            "title": "Le parc",
            "date": datetime.date(2024, 3, 1),
            "url": "https://example.org/parc",
            "rubric": "Cadre de vie",
            "kind": "article",
            "programmes": "NPNRU; PIA",
            "partners": ["Anah", "ANCT", "Anah"],
            "origin": "En Villes",
            "licence": "CC-BY-4.0",
        },
        "a.md",
        latest=LATEST,
    )
    assert french == Metadata(
        title="Le parc",
        url="https://example.org/parc",
        date="2024-03",
        rubric="Cadre de vie",
        kind="article",
        programmes=("NPNRU", "PIA"),
        partners=("Anah", "ANCT"),
        origin="En Villes",
    )
    assert english.date == "2024-03-01"
    assert (english.programmes, english.partners, english.rubric) == (french.programmes, french.partners, french.rubric)


def test_absent_values_stay_absent() -> None:
    found = from_mapping(
        {"date": "s.d.", "titre": " ", "url": "null", "programmes": [], "sources": None, "origine": "~"}, "a.md"
    )
    assert found == Metadata()


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"titre": ["a", "b"]}, "« titre » doit être un texte"),
        ({"date": ["2024", "2025"]}, "« date » doit être une date"),
        ({"programmes": {"a": "b"}}, "« programmes » doit être une liste de noms"),
        ({"sources": [["a", "b"]]}, "« sources » doit être un texte"),
    ],
)
def test_a_value_of_another_shape_is_a_clear_error(values: dict[str, object], named: str) -> None:
    with pytest.raises(DocumentError) as raised:
        from_mapping(values, "notes/a.md")
    assert str(raised.value).startswith(f"notes/a.md : {named}")


def test_numbers_and_single_values_are_taken_as_meant() -> None:
    found = from_mapping({"titre": 2024, "date": 2019, "rubrique": ["Repères", "Vie de l'Agence"]}, "a.md")
    assert (found.title, found.date, found.rubric) == ("2024", "2019", "Repères, Vie de l'Agence")


def test_sources_are_mappings_or_references() -> None:
    found = from_mapping(
        {
            "sources": [
                {"titre": "Le bilan", "editeur": "Sénat", "url": "https://senat.example/b", "date": "2019-09-16"},
                {"title": "Piège", "url": "javascript:alert(1)", "date": "s.d."},
                {"editeur": "ANRU"},
                {},
                "« Le plan », Mairie, mai 2023, https://example.org/plan",
            ]
        },
        "a.md",
        latest=LATEST,
    )
    assert found.cited_sources == (
        CitedSource("Le bilan", "Sénat", "https://senat.example/b", "2019-09-16"),
        CitedSource("Piège"),
        CitedSource("ANRU", "ANRU"),
        CitedSource("Le plan", "Mairie", "https://example.org/plan", "2023-05"),
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "« L'appel « internats » est lancé », Localtis, s.d., https://example.org/a.",
            CitedSource("L'appel « internats » est lancé", "Localtis", "https://example.org/a"),
        ),
        (
            "« Chargée de mission » (entretien), 123dok, octobre 2014",
            CitedSource("Chargée de mission (entretien)", "123dok", None, "2014-10"),
        ),
        (
            "Journée du 16 novembre, IREV, 2018, https://irev.example/1",
            CitedSource("Journée du 16 novembre", "IREV", "https://irev.example/1", "2018"),
        ),
        ("« ANRU, partenaires », ANRU, En Villes", CitedSource("ANRU, partenaires", "ANRU, En Villes")),
        ("https://example.org/seul", CitedSource("https://example.org/seul", url="https://example.org/seul")),
        ("  ", None),
    ],
)
def test_references(text: str, expected: CitedSource | None) -> None:
    assert parse_reference(text, latest=LATEST) == expected


def test_a_reference_takes_the_address_it_links_to() -> None:
    assert parse_reference("Le vote, Acacias", link="https://example.org/v") == CitedSource(
        "Le vote", "Acacias", "https://example.org/v"
    )
    assert parse_reference("Le vote", link="/relatif") == CitedSource("Le vote")


@pytest.mark.parametrize(
    "url", ["ftp://a.org", "javascript:alert(1)", "https://", "/page", "", None, "http://[", "https://a b.org"]
)
def test_addresses_that_are_none_of_the_web(url: str | None) -> None:
    assert web_url(url) is None


def test_a_canonical_address_must_be_of_the_same_host() -> None:
    base = "https://www.anru.fr/actualites/parc?x=1#haut"
    assert canonical_url("/actualites/parc", base) == "https://www.anru.fr/actualites/parc"
    assert canonical_url("https://anru.fr/actualites/parc", base) == "https://anru.fr/actualites/parc"
    assert canonical_url("https://ailleurs.org/parc", base) == "https://www.anru.fr/actualites/parc?x=1"
    assert canonical_url("http://[", base) == "https://www.anru.fr/actualites/parc?x=1"
    assert canonical_url(None, base) == "https://www.anru.fr/actualites/parc?x=1"
    assert canonical_url("https://anru.fr/a", None) == "https://anru.fr/a"
    assert canonical_url("/relatif", None) is None
    assert canonical_url(None, None) is None


@pytest.mark.parametrize(
    ("title", "names", "expected"),
    [
        ("Un parc | ANRU", (), "Un parc"),
        ("ANRU | Un parc", ("ANRU",), "Un parc"),
        ("Un parc - ANRU", ("anru",), "Un parc"),
        ("NPNRU - PNRU : deux programmes", ("anru",), "NPNRU - PNRU : deux programmes"),
        ("Un parc – le bilan – ANRU", ("ANRU",), "Un parc – le bilan"),
        ("ANRU", ("ANRU",), "ANRU"),
        ("| ANRU", (), "| ANRU"),
        ("", (), ""),
    ],
)
def test_titles_lose_the_name_of_the_site(title: str, names: tuple[str, ...], expected: str) -> None:
    assert without_site_name(title, names) == expected


def test_or_else_fills_only_what_is_absent() -> None:
    first = Metadata(title="A", programmes=("PIA",))
    assert first.or_else(Metadata(title="B", date="2024", programmes=("X",))) == Metadata(
        title="A", date="2024", programmes=("PIA",)
    )


@pytest.mark.parametrize("title", ["note_v3.html", "index.php", "https://exemple.fr/note", "Microsoft Word - a.docx"])
def test_names_of_files_and_addresses_are_no_title(title: str) -> None:
    assert authors_title(title) is None


def test_a_letter_is_about_its_object() -> None:
    lines = ["MAIRIE DE SAINT-AUBERT", "Le 3 mars 2025", "Objet : cession du terrain", "Monsieur,"]
    assert letter_object(lines) == "Cession du terrain"
    assert letter_object(["L'objet : un parc", "Objet :"]) is None
