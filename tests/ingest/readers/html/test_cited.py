from __future__ import annotations

import lxml.html
import pytest

from ingest.readers.html.cited import extract_last_sources, extract_named_sources
from ingest.readers.html.elements import text_of
from kb.types import CitedSource

PROSE = "<p>Texte de l’article.</p>"
PLAN = CitedSource("Le plan", "Mairie", "https://example.org/p", "2023-05")
ENTRY = "« Le plan », Mairie, mai 2023, https://example.org/p."


@pytest.mark.parametrize(
    "part",
    [
        f"<section class='sources'><h2>Sources</h2><ul><li>{ENTRY}</li></ul></section>",
        f"<ol id='references'><li>{ENTRY}</li></ol>",
        f"<div class='bloc bibliographie'><p>Bibliographie</p><p>{ENTRY}</p></div>",
        f"<div class='sources'><div class='sources'><ul><li>{ENTRY}</li></ul></div></div>",
        "<ul class='sources'><li><a href='https://example.org/p'>« Le plan »</a>, Mairie, mai 2023</li></ul>",
    ],
)
def test_a_named_part_is_taken_out_once(part: str) -> None:
    root = lxml.html.fromstring(f"<div>{PROSE}{part}</div>")
    assert extract_named_sources(root) == (PLAN,)
    assert text_of(root) == "Texte de l’article."


def test_prose_under_such_a_name_stays_text() -> None:
    prose = "<section id='references'><h2>Nos références</h2><p>Le quartier est une référence pour tous.</p></section>"
    root = lxml.html.fromstring(f"<div>{PROSE}{prose}</div>")
    assert extract_named_sources(root) == ()
    assert "Le quartier est une référence" in text_of(root)


@pytest.mark.parametrize(
    "part",
    [
        f"<h2>Sources</h2><ul><li>{ENTRY}</li></ul>",
        f"<h3>Sources et références :</h3><p>{ENTRY}</p>",
        f"<p><strong>Sources :</strong></p><p>{ENTRY}</p>",
        f"<div><h2>Sources</h2></div><ul><li>{ENTRY}</li></ul>",
    ],
)
def test_a_last_part_headed_so_is_taken_out(part: str) -> None:
    root = lxml.html.fromstring(f"<div>{PROSE}{part}</div>")
    assert extract_last_sources(root) == (PLAN,)
    assert text_of(root) == "Texte de l’article."


@pytest.mark.parametrize(
    "part",
    [
        f"<h2>Sources</h2><ul><li>{ENTRY}</li></ul><h2>Suite</h2><p>La suite.</p>",
        "<h2>Sources</h2><p>La rivière prend sa source ici.</p>",
        f"<h2>Les sources de financement</h2><ul><li>{ENTRY}</li></ul>",
        f"<h2>Sources</h2><ul><li>{ENTRY}</li></ul><p>{'Une longue phrase. ' * 40}</p>",
    ],
)
def test_another_part_stays(part: str) -> None:
    root = lxml.html.fromstring(f"<div>{PROSE}{part}</div>")
    before = text_of(root)
    assert extract_last_sources(root) == ()
    assert text_of(root) == before
