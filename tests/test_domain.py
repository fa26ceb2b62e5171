"""One path from the agency's file to the answers: without any, and with that of another agency."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.pipeline import ingest
from kb.errors import SettingsError
from kb.knowledge import KnowledgeBase
from kb.models.encoder import Encoder
from kb.settings import Settings
from kb.types import Message

SHEET = """---
titre: Les plans de l'office
programmes: [Plan amont, Plan aval]
partenaires: [Caisse des rives, Agence régionale de l'eau]
---
# Les plans de l'office

L'Agence régionale de l'eau (ARE) a été créée en 2003. Le plan amont a reçu 12 millions d'euros en 2018.

Le plan aval a reçu 30 millions d'euros en 2020. La Caisse des rives verse 2 % rivières à Lyon et à Nantes.
"""
PROSE = (
    "Le barrage des Aulnes a été ôté au printemps. Trois kilomètres de rivière coulent de nouveau librement, et les "
    "poissons remontent jusqu'aux frayères que les associations du pays avaient nettoyées l'an dernier."
)
SAVED = f"""Au fil de l'eau
Un barrage de moins
Vu dans Rivages, le mag de l'office
{PROSE}
Ces liens peuvent servir
Une passe à poissons ouvre à Nantes
"""
DOMAIN = """
[noms]
autres = ["2 % rivières"]
[mots]
flotte = ["eau"]
[questions]
exemples = ["Combien a reçu le plan aval ?"]
[pages]
rubriques = ["Au fil de l'eau"]
fin = ["Ces liens peuvent servir"]
"""


@contextmanager
def base_of(folder: Path, settings: Settings, encoder: Encoder) -> Iterator[KnowledgeBase]:
    """A base of the two documents of an agency of rivers, with the domain that stands beside their folder."""
    documents = folder / "documents"
    documents.mkdir(exist_ok=True)
    (documents / "plans.md").write_text(SHEET, encoding="utf-8")
    (documents / "barrage.txt").write_text(SAVED, encoding="utf-8")
    settings = replace(settings, corpus=documents)
    assert not ingest([documents], settings, encoder).failed
    with KnowledgeBase.open(settings, encoder) as base:
        yield base


FOLLOW_UPS = [
    ("Combien a reçu le plan amont en 2018 ?", "Et en 2020 ?", "Combien a reçu le plan amont en 2020 ?"),
    ("Combien a reçu le plan amont ?", "Et le plan aval ?", "Combien a reçu le plan aval ?"),
    ("Que verse la Caisse des rives ?", "Et l'Agence régionale de l'eau ?", "Que verse l'Agence régionale de l'eau ?"),
    ("Que fait l'ARE ?", "Quand a-t-elle été créée ?", "Quand l'ARE a-t-elle été créée ?"),
    ("Combien de projets à Nantes ?", "Et à Lyon ?", "Combien de projets à Lyon ?"),
    ("Combien de projets à la première vague ?", "Et la deuxième ?", "Combien de projets à la deuxième vague ?"),
]


def understood(base: KnowledgeBase, before: str, question: str) -> str:
    return base.ask(question, history=(Message("user", before),), answerer="extractive").standalone_question


def test_without_the_file_everything_goes_by_rules_and_by_what_the_documents_say(
    tmp_path: Path, settings: Settings, tiny_encoder: Encoder
) -> None:
    with base_of(tmp_path, settings, tiny_encoder) as base:
        assert [understood(base, before, question) for before, question, _ in FOLLOW_UPS] == [
            wanted for _, _, wanted in FOLLOW_UPS
        ]
        saved = base.document("barrage.txt")
        assert saved is not None
        assert "Une passe à poissons" in saved.text
        assert [len(group) for group in base.explain("la flotte").groups] == [1]


def test_another_agency_writes_its_own(tmp_path: Path, settings: Settings, tiny_encoder: Encoder) -> None:
    (tmp_path / "domain.toml").write_text(DOMAIN, encoding="utf-8")
    with base_of(tmp_path, settings, tiny_encoder) as base:
        assert [understood(base, before, question) for before, question, _ in FOLLOW_UPS] == [
            wanted for _, _, wanted in FOLLOW_UPS
        ]
        assert understood(base, "Qui reçoit le 2 % rivières ?", "Et le plan aval ?").startswith("Qui reçoit")
        saved = base.document("barrage.txt")
        assert saved is not None
        assert (saved.title, saved.rubric) == ("Un barrage de moins", "Au fil de l'eau")
        assert "Une passe à poissons" not in saved.text
        assert [len(group) for group in base.explain("la flotte").groups] == [2]


def test_a_changed_file_has_its_pages_read_again(tmp_path: Path, settings: Settings, tiny_encoder: Encoder) -> None:
    with base_of(tmp_path, settings, tiny_encoder):
        pass
    beside = replace(settings, corpus=tmp_path / "documents")
    (tmp_path / "domain.toml").write_text('[noms]\nautres = ["2 % rivières"]\n', encoding="utf-8")
    assert ingest([beside.corpus], beside, tiny_encoder).unchanged == 2
    (tmp_path / "domain.toml").write_text(DOMAIN, encoding="utf-8")
    report = ingest([beside.corpus], beside, tiny_encoder)
    assert report.updated == 1
    assert report.unchanged == 1


def test_a_wrong_file_stops_an_ingestion_before_anything_is_read(
    tmp_path: Path, settings: Settings, tiny_encoder: Encoder
) -> None:
    (tmp_path / "domain.toml").write_text("[noms\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"domain\.toml : ce n'est pas du TOML bien formé"):
        ingest([tmp_path], replace(settings, corpus=tmp_path / "documents"), tiny_encoder)
