"""The command that writes the base: ingest."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kb.cli import JSON, STORE
from kb.console import print_json
from kb.settings import Settings

if TYPE_CHECKING:
    from ingest.pipeline import IngestReport, Progress


@click.command("ingest", short_help="Met la base à jour à partir de dossiers ou de fichiers.")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[DOSSIER|FICHIER]…")
@click.option("--source", help="Nom de la source (par défaut, celui du dossier).")
@click.option("--confirm", is_flag=True, help="Accepte de retirer plus de 20 % des documents d'une source.")
@click.option(
    "--progress",
    type=click.Choice(["auto", "bar", "lines", "none"]),
    default="auto",
    help="Avancement : barre, lignes JSON sur la sortie d'erreur, ou rien (auto : barre sur un terminal).",
)
@STORE
@JSON
def ingest(
    paths: tuple[Path, ...], source: str | None, confirm: bool, progress: str, store: Path | None, as_json: bool
) -> None:
    """Lit des dossiers (ce qui n'y est plus est retiré) ou des fichiers ; sans argument, le corpus configuré."""
    settings = Settings.load(store=store)
    from ingest.pipeline import ingest as run
    from kb.models.sentence_encoder import load_encoder

    encoder = load_encoder(settings)
    with _progress(progress) as show:
        report = run(paths or (settings.corpus,), settings, encoder, source=source, confirm=confirm, progress=show)
    if as_json:
        print_json(asdict(report))
    else:
        _print_report(report)
    if report.failed:
        raise SystemExit(1)


def _print_report(report: IngestReport) -> None:
    for failure in report.failed:
        click.echo(f"Échec : {failure.source} : {failure.reason}", err=True)
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


COMMANDS = (ingest,)
