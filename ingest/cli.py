"""The commands that write the base, and the one that checks it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from kb.cli.console import print_json, say
from kb.cli.logs import escaped
from kb.cli.options import JSON, STORE
from kb.index.catalog.report_lines import ignored_lines
from kb.records.corrections import FIELDS
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
    from ingest import pipeline

    with _progress(progress) as show:
        report = pipeline.ingest(
            paths or (settings.corpus,), settings, _encoder(settings), source=source, confirm=confirm, progress=show
        )
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
    if watch and confirm:
        raise click.UsageError("--confirm ne va pas avec --watch : ce qu'il accepte doit avoir été vu.")
    if watch:
        to_store = ["--store", str(store)] if store else []
        _watch(["sync", "--progress", progress, *to_store, *(["--json"] if as_json else [])], _seconds(watch))
    _end(_sync(settings, confirm, progress), as_json)


def _watch(arguments: Sequence[str], interval: int) -> NoReturn:
    """Runs a command again and again; what goes wrong is told, and the next time may go better.

    Each time in a process of its own: memory that one leaves does not add up, nor outlive what is forgotten meanwhile.
    """
    while True:
        subprocess.run([sys.executable, "-m", "app", *arguments], check=False)
        time.sleep(interval)


@click.command("check", short_help="Vérifie que les sources, le catalogue, les vecteurs et les mots s'accordent.")
@click.option("--repair", is_flag=True, help="Répare ce qui ne s'accorde pas.")
@STORE
@JSON
def check(repair: bool, store: Path | None, as_json: bool) -> None:
    """Compare, document par document, les dossiers, le catalogue, les vecteurs et les mots ; code 1 s'ils diffèrent."""
    settings = Settings.load(store=store)
    from ingest import maintenance

    report = maintenance.check(settings, _encoder(settings), repair=repair)
    if as_json:
        print_json(asdict(report))
    else:
        for difference in report.differences:
            say(f"Différence : {difference.document or 'base'} : {difference.what}")
        if report.repaired:
            click.echo(f"Réparé : {report.repaired} différence(s).")
        verdict = "tout s'accorde" if not report.differences else f"{len(report.differences)} différence(s)"
        click.echo(f"{report.documents} documents, {report.passages} passages : {verdict}.")
        if report.differences and not repair:
            click.echo("Pour réparer : reperes check --repair")
    if report.differences:
        raise SystemExit(1)


@click.command("rebuild", short_help="Refait toute la base à côté, puis la met en service.")
@PROGRESS
@STORE
def rebuild(progress: str, store: Path | None) -> None:
    """Découpe et encode à nouveau tous les documents (autre modèle, autre découpage) ; celle d'avant sert jusque-là."""
    settings = Settings.load(store=store)
    from ingest import maintenance

    with _progress(progress) as show:
        maintenance.rebuild(settings, _encoder(settings), progress=show)
    click.echo("La base a été refaite.")


@click.command("move", short_help="Copie la base d'un dossier vers un serveur PostgreSQL, ou l'inverse.")
@click.option("--to", required=True, metavar="ADRESSE|DOSSIER", help="postgresql+psycopg://…, ou un dossier.")
@PROGRESS
@STORE
def move(to: str, progress: str, store: Path | None) -> None:
    """Copie la base, vecteurs compris, et ce que les personnes en ont fait ; celle de départ reste. Rien n'est relu.

    Interrompue, la même commande reprend. Les comptes et les fichiers ajoutés restent où ils sont.
    """
    settings = Settings.load(store=store)
    from ingest import moving

    target = moving.target_of(settings, to)
    with _progress(progress) as show:
        moved = moving.move(settings, target, progress=show)
    say(f"Documents : {moved.documents} ({moved.passages} passages) ; conversations, avis… : {moved.records} lignes.")
    variable = "REPERES_DATABASE" if target.database else "REPERES_STORE"
    say(f"Donnez cette adresse dans {variable}, relancez l'application, puis « reperes check ».")


@click.command("forget", short_help="Efface un document pour de bon.")
@click.argument("documents", nargs=-1, required=True, metavar="DOCUMENT…")
@click.option("--undo", is_flag=True, help="Lève l'interdiction de revenir ; la prochaine mise à jour les relira.")
@STORE
@JSON
def forget(documents: tuple[str, ...], undo: bool, store: Path | None, as_json: bool) -> None:
    """Efface des documents du catalogue, des mots, des vecteurs, des rapports et de ce qui est gardé des réponses
    (conversations, avis, évaluations), jusque sur le disque.

    Ils ne reviennent pas, même si leur source les contient encore ; le fichier ou la page d'origine n'est pas touché,
    sauf s'il a été ajouté dans l'application. Interrompu, relancez la même commande : elle termine.
    """
    settings = Settings.load(store=store)
    from ingest import erasing

    if not undo:
        erasing.forget(settings, list(dict.fromkeys(documents)))
        told = f"Effacé pour de bon : {', '.join(documents)}"
        print_json({"forgotten": list(documents)}) if as_json else say(told)
        return
    found = erasing.allow(settings, documents)
    told = f"Peut revenir : {', '.join(found)}" if found else "Aucun de ces documents n'avait été effacé."
    print_json({"allowed": list(found)}) if as_json else say(told)


@click.command("preview", short_help="Montre ce qui serait compris d'un fichier ou d'une page, sans rien écrire.")
@click.argument("what", metavar="FICHIER|ADRESSE")
@JSON
def preview(what: str, as_json: bool) -> None:
    """Lit un fichier ou une page comme le ferait une mise à jour, et montre titre, date, texte et passages."""
    settings = Settings.load()
    from ingest.preview import preview as preview_of

    found = preview_of(what, settings, _encoder(settings)).to_json()
    if as_json:
        print_json(found)
        return
    for name, value in (*FIELDS.items(), ("passages", "passages")):
        held = found[name]
        say(f"{value} : {', '.join(held) if isinstance(held, list) else held or '—'}")
    say(f"\n{found['text']}")


@click.command("correct", short_help="Corrige ce qu'un document dit de lui-même : titre, date, rubrique…")
@click.argument("document", metavar="DOCUMENT")
@click.option("--field", "fields", multiple=True, metavar="CHAMP=VALEUR", help="Par exemple : --field date=2025-03")
@click.option("--reset", is_flag=True, help="Reprend ce que dit le document.")
@STORE
@JSON
def correct(document: str, fields: tuple[str, ...], reset: bool, store: Path | None, as_json: bool) -> None:
    """Corrige un document pour de bon : ce qui est corrigé le reste quand le document est relu."""
    settings = Settings.load(store=store)
    given = dict(_field(text) for text in fields)
    if reset == bool(given):
        raise click.UsageError("Donnez au moins un --field CHAMP=VALEUR, ou --reset.")
    from ingest import correction

    _end(correction.correct(document, None if reset else given, settings, _encoder(settings)), as_json)


@click.command("merge", short_help="Fusionne des valeurs : type, rubrique, programmes ou partenaires.")
@click.argument("field", metavar="CHAMP")
@click.argument("values", nargs=-1, required=True, metavar="VALEUR…")
@click.option("--into", required=True, metavar="VALEUR", help="La valeur à garder.")
@STORE
@JSON
def merge(field: str, values: tuple[str, ...], into: str, store: Path | None, as_json: bool) -> None:
    """Corrige pour de bon les documents qui disent la même chose de plusieurs façons (« Rapports », « rapport »)."""
    settings = Settings.load(store=store)
    from ingest import correction

    _end(correction.merge(_named(field), values, into, settings, _encoder(settings)), as_json)


def _field(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise click.UsageError(f"--field {text} : écrivez CHAMP=VALEUR.")
    return _named(name), value


def _named(field: str) -> str:
    """A field by its own name, from what it is called in French."""
    name = field.strip()
    return next((key for key, label in FIELDS.items() if label == name), name)


def _sync(settings: Settings, confirm: bool, progress: str) -> IngestReport:
    from ingest import pipeline
    from ingest.sources.config import configured_sources

    sources = configured_sources(settings)
    with _progress(progress) as show:
        return pipeline.sync(sources, settings, _encoder(settings), confirm=confirm, progress=show)


def _encoder(settings: Settings) -> Encoder:
    """The encoder of the settings, loaded once the base is open."""
    from kb.models.lazy_encoder import LazyEncoder

    def load() -> Encoder:
        from kb.models.sentence_encoder import load_encoder

        return load_encoder(settings)

    return LazyEncoder(load)


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


COMMANDS = (ingest, sync, check, rebuild, move, forget, correct, merge, preview)
