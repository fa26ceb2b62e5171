from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.readers.dates import (
    act_date,
    announced_date,
    date_in_name,
    date_near_title,
    date_told,
    is_announcement,
    parse_date,
    today,
)

LATEST = date(2026, 3, 15)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2025-03-03", "2025-03-03"),
        ("2025-03-03T08:30:00+02:00", "2025-03-03"),
        ("2025-03-03 08:30", "2025-03-03"),
        ("2025-03", "2025-03"),
        ("2025/3/7", "2025-03-07"),
        ("2025", "2025"),
        (2025, "2025"),
        (date(2025, 3, 3), "2025-03-03"),
        (datetime(2025, 3, 3, 23, 59, tzinfo=UTC), "2025-03-03"),
        ("03/03/2025", "2025-03-03"),
        ("3.3.2025", "2025-03-03"),
        ("03/2025", "2025-03"),
        ("3 mars 2025", "2025-03-03"),
        ("1er octobre 2021", "2021-10-01"),
        ("1 er octobre 2021", "2021-10-01"),
        ("Lundi 3 MARS 2025", "2025-03-03"),
        ("3 mars 2025 à 10h30", "2025-03-03"),
        ("le 3 mars 2025", "2025-03-03"),
        ("Le lundi 3 mars 2025", "2025-03-03"),
        ("mars 2024", "2024-03"),
        ("Août 2023", "2023-08"),
        ("15 févr. 2024", "2024-02-15"),
        ("3\u00a0mars\u202f2025", "2025-03-03"),
        ("Mon, 03 Mar 2025 10:00:00 GMT", "2025-03-03"),
    ],
)
def test_dates_are_kept_as_precise_as_given(value: object, expected: str) -> None:
    assert parse_date(value, latest=LATEST) == expected


@pytest.mark.parametrize(
    "value",
    ["",  "s.d.", "bientôt", "31/02/2024", "2024-13", "2023-02-29", "30 février 2024", "0 mars 2024",
     "1204", "12/2023/4", "le projet de 2024", None, True, 3.5, ["2024"], "1", "99999", "2024-1-1-1"],
)  # fmt: skip
def test_what_is_no_date_is_absent(value: object) -> None:
    assert parse_date(value, latest=LATEST) is None


def test_future_dates_are_refused_at_their_own_precision() -> None:
    assert parse_date("2026-03-15", latest=LATEST) == "2026-03-15"
    assert parse_date("2026-03-16", latest=LATEST) is None
    assert parse_date("2026-03", latest=LATEST) == "2026-03"
    assert parse_date("avril 2026", latest=LATEST) is None
    assert parse_date("2026", latest=LATEST) == "2026"
    assert parse_date("2027", latest=LATEST) is None


def test_the_last_day_is_today_when_none_is_given() -> None:
    assert parse_date(today() - timedelta(days=1)) is not None
    assert parse_date(today() + timedelta(days=2)) is None


@given(st.dates(min_value=date(1800, 1, 1), max_value=LATEST))
def test_every_day_is_read_in_iso_and_french(day: date) -> None:
    months = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split()
    number = "1er" if day.day == 1 else str(day.day)
    for written in (day.isoformat(), f"{day:%d/%m/%Y}", f"{number} {months[day.month - 1]} {day.year}"):
        assert parse_date(written, latest=LATEST) == day.isoformat()


@given(st.text())
def test_no_text_raises(text: str) -> None:
    found = parse_date(text, latest=LATEST)
    assert found is None or len(found) in {4, 7, 10}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Publié le 3 mars 2025", "2025-03-03"),
        ("Publiée le 3 mars 2025 à 10h30", "2025-03-03"),
        ("Publié le 3 mars 2025 - Mis à jour le 5 avril 2025", "2025-03-03"),
        ("Mis à jour le 5 avril 2025 | Publié le 3 mars 2025", "2025-03-03"),
        ("Publié par la rédaction le 3 mars 2025", "2025-03-03"),
        ("Date de publication : 03/03/2025", "2025-03-03"),
        ("Mis en ligne en mars 2025", "2025-03"),
        ("Publication : mars 2025", "2025-03"),
        ("Publication du 3 mars 2025", None),
        ("Publié le", None),
        ("Publié le 31 février 2025", None),
        ("Mis à jour le 5 avril 2025", None),
        ("Publié le 3 mars 2025, le rapport recense cent projets.", None),
        ("Le décret du 3 mars 2025", None),
    ],
)
def test_announced_dates(line: str, expected: str | None) -> None:
    assert announced_date(line, latest=LATEST) == expected


@pytest.mark.parametrize(
    "line", ["Publié le", "Publié le 3 mars 2025", "Publié le 3 mars 2025 - Mis à jour le 05/04/2025"]
)
def test_lines_that_only_announce_a_date(line: str) -> None:
    assert is_announcement(line)


@pytest.mark.parametrize(
    "line", ["", "3 mars 2025", "Publié le 3 mars 2025, le rapport recense cent projets.", "Publié par l’Agence"]
)
def test_lines_that_say_more_than_a_date(line: str) -> None:
    assert not is_announcement(line)


def test_a_date_near_the_title_stands_alone_or_is_announced() -> None:
    assert date_near_title(["Rapport", "Mars 2024"], latest=LATEST) == "2024-03"
    assert date_near_title(["Paris, le 3 mars 2024"], latest=LATEST) == "2024-03-03"
    assert date_near_title(["2019", "Publié le 4 mars 2020"], latest=LATEST) == "2020-03-04"
    assert date_near_title(["La loi du 1er août 2003 crée l’Agence."], latest=LATEST) is None
    assert date_near_title(["Publié le", "Un texte."], latest=LATEST) is None
    assert date_near_title(["Actualité | 1er mars 2025"], latest=LATEST) == "2025-03-01"
    assert date_near_title(["Rapport annuel | 2019"], latest=LATEST) is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [("03/02/25", "2025-02-03"), ("1/1/99", "1999-01-01"), ("31/02/25", None), ("1.2.10", None), ("16/03/26", None)],
)
def test_two_figures_are_a_year_between_bars(value: str, expected: str | None) -> None:
    assert parse_date(value, latest=LATEST) == expected


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Arrêté du 1er juillet 2023 relatif au stationnement", "2023-07-01"),
        ("Arrêté municipal n° 2023-456 du 9 juin 2023", "2023-06-09"),
        ("Décret n° 2023-456 du 9 juin 2023 relatif à la voirie", "2023-06-09"),
        ("Délibération du conseil municipal du 12/03/2024", "2024-03-12"),
        ("Compte rendu de la réunion du 12 mars 2024", "2024-03-12"),
        ("Circulaire du Premier ministre du lundi 4 mars 2024", "2024-03-04"),
        ("Arrêté en date du 4 mai 2022", "2022-05-04"),
        ("Arrêté modifiant l’arrêté du 3 mars 2020", None),
        ("Avis sur le décret du 3 mars 2020", None),
        ("Note d’application de la loi du 3 mars 2020", None),
        ("Arrêté du 31 février 2023", None),
        ("Arrêté du 1er juillet 2030", None),
        ("Réunion publique du 12 mars 2024", None),
        ("Rapport annuel 2024", None),
    ],
)
def test_an_act_is_known_by_its_date(title: str, expected: str | None) -> None:
    assert act_date(title, latest=LATEST) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("2024-03-12_CR.docx", "2024-03-12"),
        ("dossier/CR_20240312.docx", "2024-03-12"),
        ("CR_12032024.pdf", "2024-03-12"),
        ("bilan 12-03-2024.odt", "2024-03-12"),
        ("2024.03.12 - note.txt", "2024-03-12"),
        ("2024-03_lettre.pdf", "2024-03"),
        ("https://mairie.fr/2024/03/12/le-bilan", "2024-03-12"),
        ("2024-03-12/note.txt", None),
        ("rapport_2023.pdf", None),
        ("2014-2020.pdf", None),
        ("20241340.pdf", None),
        ("2030-01-01_note.txt", None),
        ("ref_12345678901.pdf", None),
        ("2024-02-31.txt", None),
    ],
)
def test_a_file_may_have_its_date_in_its_name(name: str, expected: str | None) -> None:
    assert date_in_name(name, latest=LATEST) == expected


def test_an_act_is_signed_at_its_end_and_an_event_in_a_text_is_no_date() -> None:
    text = "Le maire arrête ce qui suit.\n\nFait à Lyon, le 3 mars 2025\n\nLe maire"
    assert date_told("Stationnement", text, "arrete.txt", latest=LATEST) == "2025-03-03"
    assert date_told("Agenda", "La réunion aura lieu le 4 mai 2027 à Lyon.", "agenda.txt", latest=LATEST) is None
