"""The commands that write the base: ingest and sync."""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kb.cli import JSON, STORE
from kb.console import print_json
from kb.errors import ReperesError
from kb.settings import Settings

if TYPE_CHECKING:
    from ingest.report import IngestReport
    from ingest.run import Progress


CONFIRM = click.option("--confirm", is_flag=True, help="Accepte de retirer plus de 20 % des documents d'une source.")
PROGRESS = click.option(
    "--progress",
    type=click.Choice(["auto", "bar", "lines", "none"]),
    default="auto",
    help="Avancement : barre, lignes JSON sur la sortie d'erreur, ou rien (auto : barre sur un terminal).",
)


@click.command("ingest", short_help="Met la base à jour à partir de dossiers, de fichiers ou d'adresses web.")
@click.argument("paths", nargs=-1, metavar="[DOSSIER|FICHIER|ADRESSE]…")
@click.option("--source", help="Nom de la source (par défaut, celui du dossier ou du site).")
@CONFIRM
@PROGRESS
@STORE
@JSON
def ingest(
    paths: tuple[str, ...], source: str | None, confirm: bool, progress: str, store: Path | None, as_json: bool
) -> None:
    """Lit des dossiers (ce qui n'y est plus est retiré), des fichiers, ou des adresses : une page, un flux RSS ou Atom,
    un plan de site. Sans argument, le corpus configuré.
    """
    settings = Settings.load(store=store)
    from ingest.pipeline import ingest as run
    from kb.models.sentence_encoder import load_encoder

    encoder = load_encoder(settings)
    with _progress(progress) as show:
        report = run(paths or (settings.corpus,), settings, encoder, source=source, confirm=confirm, progress=show)
    _end(report, as_json)


@click.command("sync", short_help="Met la base en accord avec toutes ses sources (sources.toml).")
@click.option("--watch", metavar="DURÉE", help="Recommence sans fin, à cet intervalle : 30m, 1h, 1d…")
@CONFIRM
@PROGRESS
@STORE
@JSON
def sync(watch: str | None, confirm: bool, progress: str, store: Path | None, as_json: bool) -> None:
    """Lit tout ce que liste sources.toml (REPERES_SOURCES) : dossiers, pages, flux, plans de site, sections de sites.

    Ce qui est nouveau est ajouté, ce qui a changé est relu, ce qui a disparu est retiré.
    """
    settings = Settings.load(store=store)
    interval = _seconds(watch) if watch else None
    while True:
        try:
            _end(_sync(settings, confirm, progress), as_json)
        except (ReperesError, SystemExit) as error:
            if interval is None:
                raise
            if isinstance(error, ReperesError):  # the next time may go better: a store that is busy, a file corrected
                click.echo(f"Erreur : {error}", err=True)
        if interval is None:
            return
        time.sleep(interval)


def _sync(settings: Settings, confirm: bool, progress: str) -> IngestReport:
    from ingest.pipeline import sync as run
    from ingest.sources.config import configured_sources
    from kb.models.sentence_encoder import load_encoder

    sources = configured_sources(settings)
    encoder = load_encoder(settings)
    with _progress(progress) as show:
        return run(sources, settings, encoder, confirm=confirm, progress=show)


def _end(report: IngestReport, as_json: bool) -> None:
    """Tells what was done. Raises SystemExit when something failed."""
    if as_json:
        print_json(asdict(report))
    else:
        _print_report(report)
    if report.failed:
        raise SystemExit(1)


def _seconds(text: str) -> int:
    match = re.fullmatch(r"(\d+)\s*(s|m|min|h|d|j)", text.strip().lower())
    seconds = int(match[1]) * {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400, "j": 86400}[match[2]] if match else 0
    if not seconds:
        raise click.BadParameter(f"« {text} » ; écrivez par exemple 30m, 1h ou 1d", param_hint="--watch")
    return seconds


def _print_report(report: IngestReport) -> None:
    for failure in report.failed:
        click.echo(f"Échec : {failure.source} : {failure.reason}", err=True)
    for notice in report.notices:
        click.echo(f"À savoir : {notice.source} : {notice.reason}", err=True)
    numbers = {
        "ajoutés": report.added,
        "modifiés": report.updated,
        "inchangés": report.unchanged,
        "retirés": report.withdrawn,
        "ignorés": report.ignored,
        "en échec": len(report.failed),
    }
    click.echo("Documents : " + ", ".join(f"{number} {name}" for name, number in numbers.items()))
    click.echo(f"La base contient {report.passages} passages ({report.seconds:.1f} s).")


@contextmanager
def _progress(mode: str) -> Iterator[Progress | None]:
    """How the ingestion tells its progress: see the option."""
    if mode == "lines":
        yield lambda done, total, name: click.echo(
            json.dumps({"done": done, "total": total, "document": name}, ensure_ascii=False), err=True
        )
    elif mode == "bar" or (mode == "auto" and sys.stderr.isatty()):
        from tqdm import tqdm

        with tqdm(unit=" doc", desc="Ingestion", file=sys.stderr, leave=False) as bar:

            def show(done: int, total: int, name: str) -> None:
                bar.total = total
                bar.set_postfix_str(name[-40:], refresh=False)
                bar.n = done
                bar.refresh()

            yield show
    else:
        yield None


COMMANDS = (ingest, sync)
