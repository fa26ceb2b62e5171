"""Options that several commands share, and how they look into the base."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kb.errors import ReperesError
from kb.index.layout import CATALOG_FILE, index_folder
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
    if not (index_folder(settings.store) / CATALOG_FILE).is_file():  # before the model is loaded: that takes seconds
        raise ReperesError(
            f"{settings.store} : la base n'existe pas encore. Lancez « reperes ingest » pour la constituer."
        )
    from kb.knowledge import KnowledgeBase

    return KnowledgeBase.open(settings, calibration=calibration)


def known_documents(settings: Settings) -> set[str]:
    """The ids of the documents of the base; none when there is no base."""
    from kb.index.catalog.catalog import Catalog

    path = index_folder(settings.store) / CATALOG_FILE
    if not path.is_file():
        return set()
    catalog = Catalog(path)
    try:
        return {name for name, state in catalog.states().items() if not state.withdrawn}
    finally:
        catalog.close()
