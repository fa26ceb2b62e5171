"""The commands that write the whole base, the one that checks it, and the one that copies it elsewhere."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from ingest.cli.terminal import CONFIRM, DRY_RUN, PROGRESS, encoder_of, end, end_trial, progress_shown
from kb.cli.console import print_json, say
from kb.cli.options import JSON, STORE
from kb.settings import Settings

if TYPE_CHECKING:
    from ingest.foreseeing.foreseen import Foreseen
    from ingest.report import IngestReport
    from ingest.sources.source import Source


@click.command("ingest", short_help="Met la base à jour à partir de dossiers, de fichiers ou d'adresses web.")
@click.argument("paths", nargs=-1, metavar="[DOSSIER|FICHIER|ADRESSE]…")
@click.option("--source", help="Nom de la source (par défaut, celui du dossier ou du site).")
@DRY_RUN
@CONFIRM
@PROGRESS
@STORE
@JSON
def ingest(
    paths: tuple[str, ...],
    source: str | None,
    dry_run: bool,
    confirm: bool,
    progress: str,
    store: Path | None,
    as_json: bool,
) -> None:
    """Lit des dossiers (ce qui n'y est plus est retiré), des fichiers, ou des adresses : une page, un flux RSS ou Atom,
    un plan de site. Sans argument, le corpus configuré.
    """
    settings = Settings.load(store=store)
    given = paths or (settings.corpus,)
    if dry_run:
        from ingest.sources import given_source

        end_trial(_foreseen([given_source(path, source) for path in given], settings, confirm, progress), as_json)
        return
    from ingest import pipeline

    with progress_shown(progress) as show:
        report = pipeline.ingest(given, settings, encoder_of(settings), source=source, confirm=confirm, progress=show)
    end(report, as_json)


@click.command("sync", short_help="Met la base en accord avec toutes ses sources (sources.toml).")
@click.option("--watch", metavar="DURÉE", help="Recommence sans fin, à cet intervalle : 30m, 1h, 1d…")
@DRY_RUN
@click.option("--foreseen", metavar="MARQUE", help="Ne fait que ce qu'un essai a montré : si autre chose change, rien.")
@CONFIRM
@PROGRESS
@STORE
@JSON
def sync(
    watch: str | None,
    dry_run: bool,
    foreseen: str | None,
    confirm: bool,
    progress: str,
    store: Path | None,
    as_json: bool,
) -> None:
    """Lit tout ce que liste sources.toml (REPERES_SOURCES) : dossiers, pages, flux, plans de site, sections de sites.

    Ce qui est nouveau est ajouté, ce qui a changé est relu, ce qui a disparu est retiré. Un essai (--dry-run) le montre
    d'abord, avec une marque à donner à --foreseen.
    """
    settings = Settings.load(store=store)
    if watch and confirm:
        raise click.UsageError("--confirm ne va pas avec --watch : ce qu'il accepte doit avoir été vu.")
    if watch and (dry_run or foreseen):
        raise click.UsageError("--watch ne va pas avec --dry-run ni --foreseen : un essai se lit avant d'agir.")
    if watch:
        to_store = ["--store", str(store)] if store else []
        _watch(["sync", "--progress", progress, *to_store, *(["--json"] if as_json else [])], seconds_of(watch))
    if dry_run or foreseen:
        from ingest.sources.config import configured_sources

        found = _foreseen(configured_sources(settings), settings, confirm, progress, is_sync=True)
        if dry_run or found.mark != foreseen:
            end_trial(found, as_json, is_stale=not dry_run)
            return
    end(_sync(settings, confirm, progress), as_json)


def _watch(arguments: Sequence[str], interval: int) -> NoReturn:
    """Runs a command again and again; what goes wrong is told, and the next time may go better.

    Each time in a process of its own: memory that one leaves does not add up, nor outlive what is forgotten meanwhile.
    """
    while True:
        subprocess.run([sys.executable, "-m", "app", *arguments], check=False)
        time.sleep(interval)


@click.command("check", short_help="Vérifie que les sources, le catalogue, les vecteurs et les mots s'accordent.")
@click.option("--repair", is_flag=True, help="Répare ce qui ne s'accorde pas.")
@click.option(
    "--against", metavar="ADRESSE|DOSSIER", help="Compare plutôt la base à une autre, et dit si elles sont égales."
)
@PROGRESS
@STORE
@JSON
def check(repair: bool, against: str | None, progress: str, store: Path | None, as_json: bool) -> None:
    """Compare, document par document, les dossiers, le catalogue, les vecteurs et les mots ; code 1 s'ils diffèrent.

    Avec --against, compare deux bases, dans un dossier ou sur un serveur PostgreSQL : documents, passages, vecteurs,
    mots, ce que les personnes ont fait, comptes ; code 1 si elles diffèrent. Aucune n'est réparée ; celle qui vient
    d'une version antérieure de Repères est mise à jour en l'ouvrant, comme par toute autre commande.
    """
    settings = Settings.load(store=store)
    if against is not None:
        if repair:
            raise click.UsageError(
                "--repair ne va pas avec --against : deux bases sont comparées, aucune n'est réparée."
            )
        _compare(settings, against, progress, as_json)
        return
    from ingest import maintenance

    report = maintenance.check(settings, encoder_of(settings), repair=repair)
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


def _compare(settings: Settings, against: str, progress: str, as_json: bool) -> None:
    from ingest.moving.comparing import compare
    from ingest.moving.moving import target_of

    with progress_shown(progress) as show:
        found = compare(settings, target_of(settings, against), encoder_of(settings), progress=show)
    if as_json:
        print_json(asdict(found))
    else:
        for difference in found.differences:
            say(f"Différence : {difference.document or 'base'} : {difference.what}")
        verdict = "les deux bases sont égales" if not found.differences else f"{len(found.differences)} différence(s)"
        click.echo(
            f"{found.documents} documents, {found.passages} passages, {found.records} lignes de conversations, avis… : "
            f"{verdict}."
        )
    if found.differences:
        raise SystemExit(1)


@click.command("rebuild", short_help="Refait toute la base à côté, puis la met en service.")
@PROGRESS
@STORE
def rebuild(progress: str, store: Path | None) -> None:
    """Découpe et encode à nouveau tous les documents (autre modèle, autre découpage) ; celle d'avant sert jusque-là."""
    settings = Settings.load(store=store)
    from ingest import maintenance

    with progress_shown(progress) as show:
        maintenance.rebuild(settings, encoder_of(settings), progress=show)
    click.echo("La base a été refaite.")


@click.command("move", short_help="Copie la base d'un dossier vers un serveur PostgreSQL, ou l'inverse.")
@click.option("--to", required=True, metavar="ADRESSE|DOSSIER", help="postgresql+psycopg://…, ou un dossier.")
@PROGRESS
@STORE
def move(to: str, progress: str, store: Path | None) -> None:
    """Copie la base, vecteurs compris, ce que les personnes en ont fait, et leurs comptes ; celle de départ reste. Rien
    n'est relu.

    Interrompue, la même commande reprend. Les fichiers ajoutés restent où ils sont.
    """
    settings = Settings.load(store=store)
    from ingest.moving import moving
    from kb.index.opening import variable_of

    target = moving.target_of(settings, to)
    with progress_shown(progress) as show:
        moved = moving.move(settings, target, progress=show)
    say(f"Documents : {moved.documents} ({moved.passages} passages) ; conversations, avis… : {moved.records} lignes.")
    if moved.calibration is not None:
        say(f"Réglage des refus : {moved.calibration} (chaque réplique en veut une copie à côté de sa base).")
    say(
        "Prouvez d'abord que les deux bases sont égales (« reperes check --against », avec la même destination), puis "
        f"donnez celle-ci dans {variable_of(target)} et relancez l'application."
    )


def _sync(settings: Settings, confirm: bool, progress: str) -> IngestReport:
    from ingest import pipeline
    from ingest.sources.config import configured_sources

    sources = configured_sources(settings)
    with progress_shown(progress) as show:
        return pipeline.sync(sources, settings, encoder_of(settings), confirm=confirm, progress=show)


def _foreseen(
    sources: Sequence[Source], settings: Settings, confirm: bool, progress: str, *, is_sync: bool = False
) -> Foreseen:
    from ingest.foreseeing.trial import foresee

    with progress_shown(progress) as show:
        return foresee(sources, settings, encoder_of(settings), is_sync=is_sync, confirm=confirm, progress=show)


def seconds_of(text: str) -> int:
    match = re.fullmatch(r"(\d+)\s*(s|m|min|h|d|j)", text.strip().lower())
    seconds = int(match[1]) * {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400, "j": 86400}[match[2]] if match else 0
    if not seconds:
        raise click.BadParameter(f"« {text} » ; écrivez par exemple 30m, 1h ou 1d", param_hint="--watch")
    return seconds
