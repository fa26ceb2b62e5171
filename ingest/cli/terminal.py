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
from kb.index.catalog.report_lines import foreseen_lines, ignored_lines
from kb.settings import Settings

if TYPE_CHECKING:
    from ingest.foreseeing.foreseen import Foreseen
    from ingest.report import IngestReport, Progress
    from kb.models.encoder import Encoder

STALE = "Les sources ont changé depuis l'essai : rien n'a été fait."
CONFIRM = click.option("--confirm", is_flag=True, help="Accepte de retirer plus de 20 % des documents d'une source.")
DRY_RUN = click.option("--dry-run", is_flag=True, help="Essai : dit ce qui changerait, sans rien écrire.")
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


def end_trial(foreseen: Foreseen, as_json: bool, *, is_stale: bool = False) -> None:
    """Tells what would be done; `is_stale` when that is something else than what was confirmed. Raises SystemExit then,
    and when something would fail."""
    found = foreseen.to_json()
    if as_json:
        print_json({**found, "stale": is_stale})
    else:
        print_notes(foreseen.report)
        if is_stale:
            click.echo(f"{STALE} Ce qui changerait maintenant :")
        for line in foreseen_lines(found):
            click.echo(escaped(line))
        click.echo(f"Marque de cet essai, pour « reperes sync --foreseen » : {foreseen.mark}")
    if foreseen.report.failed or is_stale:
        raise SystemExit(1)


def print_notes(report: IngestReport) -> None:
    """What failed, what is worth knowing, what was ignored, on standard error."""
    for failure in report.failed:
        click.echo(escaped(f"Échec : {failure.source} : {failure.reason}"), err=True)
    for notice in report.notices:
        click.echo(escaped(f"À savoir : {notice.source} : {notice.reason}"), err=True)
    for line in ignored_lines([asdict(note) for note in report.ignored_files], report.ignored):
        click.echo(escaped(line), err=True)


def print_report(report: IngestReport) -> None:
    print_notes(report)
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
