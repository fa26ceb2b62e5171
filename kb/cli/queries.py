"""The commands for test queries and feedback: `reperes questions`, `reperes feedback`."""

from __future__ import annotations

from pathlib import Path

import click

from kb.cli.console import say
from kb.cli.options import STORE, known_documents
from kb.cli.private_files import as_asked_for
from kb.errors import ReperesError
from kb.settings import Settings

_FILE = click.Path(dir_okay=False, path_type=Path)
_QUESTIONS = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("questions", short_help="Vérifie, convertit, importe et exporte des questions de test.")
@click.argument("questions", type=_QUESTIONS, required=False)
@click.option("--to", "target", type=_FILE, help="Fichier à écrire : .jsonl, .csv ou .xlsx, d'après son nom.")
@click.option("--import", "imported", is_flag=True, help="Garde ces questions parmi celles de l'application.")
@click.option(
    "--export", "exported", is_flag=True, help="Écrit les questions de l'application (--to, sinon à l'écran)."
)
@click.option(
    "--groups",
    metavar="GROUPE,…",
    help="Avec --import : montrées à qui peut lire ce que lit ce groupe ; vide, à tous ; sinon à qui peut tout lire.",
)
@STORE
def questions_command(
    questions: Path | None,
    target: Path | None,
    imported: bool,
    exported: bool,
    groups: str | None,
    store: Path | None,
) -> None:
    """Vérifie le fichier QUESTIONS (JSONL, CSV ou XLSX), documents compris s'il y a une base, et peut le convertir."""
    from kb.evaluation.imported.reading import read_any
    from kb.evaluation.kept.queries import put_queries, read_queries
    from kb.evaluation.questions import check_documents
    from kb.evaluation.tables import to_jsonl, write_any
    from kb.records.accounts import groups_in
    from kb.records.database import AppDatabase
    from kb.records.places import place_of
    from kb.rights.restrictions import restrictions_of
    from kb.rights.rights import WHOLE

    if groups is not None and not imported:
        raise click.UsageError("--groups va avec --import.")
    settings = Settings.load(store=store)
    if exported:
        with AppDatabase(place_of(settings)) as database:
            queries = read_queries(database)
        if target is None:
            click.echo(to_jsonl(queries), nl=False)
            return
        with as_asked_for():
            write_any(queries, target)
        click.echo(f"{len(queries)} questions écrites dans {target}.")
        return
    if questions is None:
        raise click.UsageError("Il manque l'argument QUESTIONS, ou l'option --export.")
    queries = read_any(questions)
    if known := known_documents(settings):
        check_documents(queries, known, str(questions))
    told = f"{len(queries)} questions correctes"
    if target is not None:
        with as_asked_for():
            write_any(queries, target)
        told += f", écrites dans {target}"
    if imported:
        rights = WHOLE if groups is None else restrictions_of(settings).rights(groups_in(groups))
        with AppDatabase(place_of(settings)) as database:
            put_queries(database, queries, rights)
        told += f", gardées dans {place_of(settings)}"
    click.echo(told + ".")


@click.command("feedback", short_help="Montre les avis des lecteurs, et en fait des questions de test.")
@click.option("--all", "every", is_flag=True, help="Montre aussi ceux qui ont été traités.")
@click.option("--keep", type=int, metavar="N", help="Fait de l'avis n° N une question de test.")
@click.option("--dismiss", type=int, metavar="N", help="Écarte l'avis n° N.")
@click.option("--erase", type=int, metavar="N", help="Efface l'avis n° N (0 : tous).")
@click.option("--csv", "csv_file", type=_FILE, help="Écrit les avis dans un tableau.")
@STORE
def feedback(
    every: bool, keep: int | None, dismiss: int | None, erase: int | None, csv_file: Path | None, store: Path | None
) -> None:
    """Montre ce que les lecteurs ont dit des réponses, le plus récent d'abord."""
    from kb.evaluation.from_feedback import to_query
    from kb.evaluation.kept.queries import put_queries
    from kb.records.database import AppDatabase
    from kb.records.feedback import (
        REASONS,
        STATUSES,
        VERDICTS,
        erase_feedback,
        read_feedback,
        set_feedback_status,
        to_csv,
    )
    from kb.records.kept_answers import rights_of
    from kb.records.places import place_of

    settings = Settings.load(store=store)
    with AppDatabase(place_of(settings)) as database:
        if erase is not None:
            click.echo(f"{erase_feedback(database, erase or None)} avis effacé(s).")
            return
        found = read_feedback(database)
        for number, status in ((keep, "kept"), (dismiss, "dismissed")):
            if number is None:
                continue
            chosen = next((said for said in found if said.id == number), None)
            if chosen is None:
                raise ReperesError(f"{number} : il n'y a pas d'avis de ce numéro (« reperes feedback --all »).")
            if status == "kept":
                query = to_query(chosen)
                put_queries(database, [query], rights_of(chosen.answer))
                say(f"Question de test {query.id} : {query.question}")
            set_feedback_status(database, number, "kept" if status == "kept" else "dismissed")
        if keep is not None or dismiss is not None:
            return
        shown = [said for said in found if every or said.status == "new"]
    if csv_file is not None:
        with as_asked_for():
            csv_file.write_bytes(to_csv(shown))
        click.echo(f"{len(shown)} avis écrits dans {csv_file}.")
        return
    for said in shown:
        reason = f", {REASONS[said.reason]}" if said.reason else ""
        click.echo(f"{said.id:4d}  {said.at}  {VERDICTS[said.verdict]}{reason} ({STATUSES[said.status]})")
        say(f"      {said.question}")
        if said.comment:
            say(f"      « {said.comment} »")
    if not shown:
        click.echo("Aucun avis à relire.")


COMMANDS = (questions_command, feedback)
