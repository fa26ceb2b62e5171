"""The composition root: the command `reperes`, with the commands of kb and ingest, and `serve`, the application."""

from __future__ import annotations

import logging
import os
import signal
import sys
import tempfile
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

import ingest.cli
import kb.cli.ask
from kb.cli.console import FrenchGroup, speak_french
from kb.cli.logs import QUESTIONS, configure_log
from kb.cli.options import STORE
from kb.cli.private_files import NOT_CLOSED, close_to_others, owner_only
from kb.settings import Settings
from kb.web.warming import for_good

if TYPE_CHECKING:
    from types import FrameType

    from ingest.child import ChildIngestor


@click.group(cls=FrenchGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.option("--verbose", is_flag=True, help="Écrit le détail de ce qui se passe, en anglais.")
@click.pass_context
def reperes(context: click.Context, verbose: bool) -> None:
    """Repères : des réponses tirées des documents de l'agence, phrase et source à l'appui."""
    context.with_resource(owner_only())
    configure_log(logging.DEBUG if verbose else logging.WARNING)


@reperes.command(short_help="Ouvre l'application dans le navigateur.")
@click.option("--host", help="Adresse d'écoute (sinon REPERES_HOST, sinon 127.0.0.1).")
@click.option("--port", type=click.IntRange(0, 65535), help="Port d'écoute (sinon REPERES_PORT, sinon 7860).")
@STORE
def serve(host: str | None, port: int | None, store: Path | None) -> None:
    """Met à jour la base à partir du corpus configuré, puis sert la page de questions."""
    settings = _settings(host, port, store)
    _close_to_others(settings)
    configure_log(logging.getLogger().level, settings.log_format)
    if settings.log_format == "json" or settings.log_questions:
        logging.getLogger(QUESTIONS).setLevel(logging.INFO)  # a line for each answer
    with for_good():
        from ingest.child import ChildIngestor
        from ingest.erasing import ErasedElsewhere, settle_erasures
        from kb.evaluation.desk import EvaluationDesk
        from kb.index.opening import sources_in
        from kb.records.conversations import conversations_of
        from kb.records.editing.glossary import EditedGlossary
        from kb.records.feedback import feedback_of
        from kb.records.places import place_of
        from kb.rights.restrictions import restrictions_of
        from kb.rights.telling import told
        from kb.text.domain import domain_of
        from kb.ui.mounting import mount_pages
        from kb.web import server
        from kb.web.warming import Opener, Warmer

    domain = domain_of(settings)
    server.check_host(settings)  # before the minutes that a first ingestion takes
    restrictions = restrictions_of(settings)
    # uvicorn ends what is under way, then raises the signal anew: by default that would kill the process on the spot,
    # and leave an ingestion of its own running.
    signal.signal(signal.SIGTERM, _end)
    settle_erasures(settings)
    ingestor = ChildIngestor(settings)
    try:
        _bring_up_to_date(settings, ingestor)
        for line in told(restrictions, sources_in(settings), settings.auth):
            click.echo(line, err=True)
        glossary = EditedGlossary(place_of(settings))
        opener = Opener(settings, glossary.entries)
        with for_good():
            if trouble := opener.try_to_open():
                click.echo(trouble, err=True)
        # Gradio can publish the files of its working directory: let there be none.
        with tempfile.TemporaryDirectory(prefix="reperes-") as empty:
            os.chdir(empty)
            desk = EvaluationDesk(opener, place_of(settings), settings.retention_days)
            kept = conversations_of(settings)
            with for_good():
                page = server.build_server(
                    opener, ingestor, domain, settings, mount_pages, feedback_of(settings), desk, kept, glossary
                )
            warmer = Warmer(opener, ErasedElsewhere(settings))
            try:
                server.serve(page, settings.host, settings.port, ready=_say_ready)
            finally:
                warmer.stop()
                opener.close()
    finally:
        ingestor.stop()


@reperes.command(short_help="Ouvre la base à un assistant (MCP).")
@click.option(
    "--groups", metavar="GROUPE,…", help="Des sources réservées, seulement celles de ces groupes ; vide, aucune."
)
@STORE
def mcp(groups: str | None, store: Path | None) -> None:
    """Donne à un assistant, par MCP, de quoi chercher, demander et lire dans la base.

    C'est l'assistant qui lance cette commande, et lui parle par l'entrée et la sortie standard. Un assistant qui
    appelle par HTTP n'en a pas besoin : l'application (« reperes serve ») lui répond à l'adresse /api/mcp, avec un
    jeton (« reperes user token NOM ») si elle demande de se connecter. Sans --groups, l'assistant
    lit toute la base, comme qui dispose de cette machine.
    """
    from kb.records.accounts import groups_in
    from kb.records.editing.glossary import EditedGlossary
    from kb.records.places import place_of
    from kb.rights.restrictions import Restrictions, restrictions_of
    from kb.web.assistants.stdio import serve_on_stdio
    from kb.web.server import version_here
    from kb.web.warming import Opener

    settings = Settings.load(store=store)
    restrictions = Restrictions() if groups is None else restrictions_of(settings)
    with closing(Opener(settings, EditedGlossary(place_of(settings)).entries)) as opener:
        serve_on_stdio(opener, version_here(), opener.try_to_open, restrictions, groups_in(groups or ""))


def _settings(host: str | None, port: int | None, store: Path | None) -> Settings:
    """The settings of the application, with absolute paths: its process is about to leave its working directory."""
    given = Settings.load(host=host, port=port, store=store)
    return replace(
        given,
        store=given.store.absolute(),
        corpus=given.corpus.absolute(),
        sources=given.sources.absolute() if given.sources else None,
        domain=given.domain.absolute() if given.domain else None,
        app_db=given.app_database.absolute(),
        accounts=given.accounts_file.absolute(),
        uploads=given.uploads_folder.absolute(),
    )


def _close_to_others(settings: Settings) -> None:
    """Closes the files that an earlier version left open to everybody; one warning for those that it may not change."""
    from kb.index.layout import belongs_to_store
    from kb.web.uploads import belongs_to_uploads

    folders = {settings.store: belongs_to_store, settings.uploads_folder: belongs_to_uploads}
    if left := close_to_others(folders, [settings.app_database, settings.accounts_file]):
        others = f" et {len(left) - 1} autre(s)" if len(left) > 1 else ""
        click.echo(NOT_CLOSED.format(first=left[0], others=others), err=True)


def _end(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


def _say_ready(address: str) -> None:
    click.echo(f"Repères est ouvert : {address} (Ctrl+C pour arrêter)")


def _bring_up_to_date(settings: Settings, ingestor: ChildIngestor) -> None:
    """Ingests the configured corpus: before the page opens when the store is empty, else while it serves.

    A store that was made from other folders only does not take the bundled corpus in.
    """
    from kb.index.opening import open_store

    folders: set[str] = set()
    store = open_store(settings)
    if store.exists():
        with closing(store.catalog()) as catalog:
            folders = set(catalog.folders().values()) if catalog.status().documents else set()
    if not settings.corpus.is_dir():
        click.echo(f"Le dossier {settings.corpus} n'existe pas : rien à ajouter à la base (REPERES_CORPUS).", err=True)
    elif not folders:
        click.echo("Première constitution de la base : une minute ou deux…", err=True)
        ingestor.ingest_corpus()
    elif str(settings.corpus.resolve()) in folders or settings.corpus != Settings().corpus.absolute():
        ingestor.start_corpus()


for command in (*kb.cli.ask.COMMANDS, *ingest.cli.COMMANDS):
    reperes.add_command(command)


def main() -> None:
    """The console command `reperes`."""
    speak_french()
    reperes(prog_name="reperes")


if __name__ == "__main__":
    # `python app.py` serves; `python -m app COMMAND` is the command line of a child process.
    if len(sys.argv) == 1:
        sys.argv.append("serve")
    main()
