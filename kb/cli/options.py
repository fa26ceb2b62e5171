"""Options that several commands share, and how they look into the base."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kb.errors import ReperesError
from kb.settings import Settings

if TYPE_CHECKING:
    from kb.answering.refusal import Calibration
    from kb.knowledge import KnowledgeBase

STORE = click.option(
    "--store", type=click.Path(path_type=Path), help="Dossier de la base (sinon REPERES_STORE, sinon .reperes)."
)
JSON = click.option("--json", "as_json", is_flag=True, help="Écrit un objet JSON, et rien d'autre.")
ANSWERER = click.option(
    "--answerer",
    type=click.Choice(["auto", "extractive", "llm"]),
    default="auto",
    show_default=True,
    help="Qui rédige la réponse.",
)


def open_base(store: Path | None, calibration: Calibration | None = None) -> KnowledgeBase:
    """The knowledge base of a command, with a calibration in the place of its own where one is given.

    Raises ReperesError, saying what to do, when there is no base.
    """
    settings = Settings.load(store=store)
    from kb.index.opening import open_store

    base = open_store(settings)
    if not base.exists():  # before the model is loaded: that takes seconds
        raise ReperesError(f"{base.name} : la base n'existe pas encore. Lancez « reperes ingest » pour la constituer.")
    from kb.knowledge import KnowledgeBase
    from kb.records.editing.glossary import EditedGlossary
    from kb.records.places import place_of

    with closing(EditedGlossary(place_of(settings))) as glossary:
        edited = glossary.entries()
    return KnowledgeBase.open(settings, calibration=calibration, edited=lambda _: edited)


def known_documents(settings: Settings) -> set[str]:
    """The ids of the documents of the base; none when there is no base."""
    from kb.index.opening import open_store

    store = open_store(settings)
    if not store.exists():
        return set()
    with closing(store.catalog()) as catalog:
        return {name for name, state in catalog.states().items() if not state.withdrawn}
