"""What the commands share: the options of an ingestion, the encoder, and what they tell."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from kb.cli.console import print_json
from kb.cli.logs import escaped
from kb.index.catalog.report_lines import ignored_lines
from kb.settings import Settings

if TYPE_CHECKING:
    from ingest.report import IngestReport, Progress
    from kb.models.encoder import Encoder

CONFIRM = click.option("--confirm", is_flag=True, help="Accepte de retirer plus de 20 % des documents d'une source.")
PROGRESS = click.option(
    "--progress",
    type=click.Choice(["auto", "bar", "lines", "none"]),
    default="auto",
    help="Avancement : barre, lignes JSON sur la sortie d'erreur, ou rien (auto : barre sur un terminal).",
)


def encoder_of(settings: Settings) -> Encoder:
    """The encoder of the settings, loaded once the base is open."""
    from kb.models.lazy_encoder import LazyEncoder

    def load() -> Encoder:
        from kb.models.sentence_encoder import load_encoder

        return load_encoder(settings)

    return LazyEncoder(load)


def end(report: IngestReport, as_json: bool) -> None:
    """Tells what was done. Raises SystemExit when something failed."""
    if as_json:
        print_json(asdict(report))
    else:
        print_report(report)
    if report.failed:
        raise SystemExit(1)


def print_report(report: IngestReport) -> None:
    for failure in report.failed:
        click.echo(escaped(f"Échec : {failure.source} : {failure.reason}"), err=True)
    for notice in report.notices:
        click.echo(escaped(f"À savoir : {notice.source} : {notice.reason}"), err=True)
    for line in ignored_lines([asdict(note) for note in report.ignored_files], report.ignored):
        click.echo(escaped(line), err=True)
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
def progress_shown(mode: str) -> Iterator[Progress | None]:
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
