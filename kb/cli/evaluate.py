"""The command that evaluates: `reperes eval`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kb.cli.options import ANSWERER, STORE, known_documents, open_base
from kb.errors import QuestionsError, ReperesError
from kb.settings import Settings

if TYPE_CHECKING:
    from kb.evaluation.judge import Judgement
    from kb.evaluation.questions import EvaluationQuestion
    from kb.evaluation.run import EvaluationResult
    from kb.evaluation.scoring.comparison import Comparison
    from kb.knowledge import KnowledgeBase

_FILE = click.Path(dir_okay=False, path_type=Path)
_QUESTIONS = click.Path(exists=True, dir_okay=False, path_type=Path)
_LINES = 40  # of questions that got better or worse


@click.command("eval", short_help="Évalue les réponses avec des questions de test.")
@click.argument("questions", type=_QUESTIONS, required=False)
@ANSWERER
@click.option("--no-answers", is_flag=True, help="N'évalue que la recherche des documents.")
@click.option("--fail-under", metavar="FIGURE=SEUIL,…", help="Échoue (code 1) sous un seuil, par exemple mrr@10=0.7.")
@click.option("--json", "json_file", type=_FILE, help="Écrit le détail en JSON.")
@click.option("--html", "html_file", type=_FILE, help="Écrit une page lisible et imprimable.")
@click.option("--judge", "judged", is_flag=True, help="Demande aussi son avis au modèle de langue configuré (à part).")
@click.option("--resume", is_flag=True, help="Reprend la même évaluation là où elle a été interrompue.")
@click.option("--compare", nargs=2, metavar="AVANT APRÈS", help="Compare deux évaluations : numéros ou fichiers JSON.")
@click.option("--suggest", type=click.IntRange(1, 1000), metavar="N", help="Propose N questions, tirées des documents.")
@click.option("--document", "chosen", multiple=True, help="Avec --suggest : document à lire (répétable ; sinon, tous).")
@click.option("--to", "target", type=_FILE, help="Avec --suggest : fichier .jsonl, .csv ou .xlsx à écrire.")
@click.option("--list", "list_runs", is_flag=True, help="Liste les évaluations gardées.")
@STORE
def evaluate(
    questions: Path | None,
    answerer: str,
    no_answers: bool,
    fail_under: str | None,
    json_file: Path | None,
    html_file: Path | None,
    judged: bool,
    resume: bool,
    compare: tuple[str, str] | None,
    suggest: int | None,
    chosen: tuple[str, ...],
    target: Path | None,
    list_runs: bool,
    store: Path | None,
) -> None:
    """Pose les questions du fichier QUESTIONS (JSONL, CSV ou XLSX), sinon celles de l'application, et compte ce qui est
    trouvé.
    """
    settings = Settings.load(store=store)
    if list_runs:
        _list(settings)
    elif compare:
        _compare(settings, compare, questions)
    elif suggest:
        _suggest(settings, suggest, chosen, target, answerer)
    else:
        _run(settings, questions, answerer, not no_answers, fail_under, json_file, html_file, resume, judged)


def _run(
    settings: Settings,
    path: Path | None,
    answerer: str,
    answers: bool,
    fail_under: str | None,
    json_file: Path | None,
    html_file: Path | None,
    resume: bool,
    judged: bool,
) -> None:
    from tqdm import tqdm

    from kb.evaluation.kept import about_run, run_and_keep
    from kb.evaluation.page import to_html
    from kb.evaluation.report import failed_gates, parse_gates, to_json, to_text
    from kb.evaluation.tables import read_any
    from kb.records.database import AppDatabase

    gates = parse_gates(fail_under) if fail_under else {}
    every = read_any(path) if path is not None else _kept_queries(settings)
    name = path.name if path is not None else "questions de l'application"
    queries = [each for each in every if each.reviewed]
    if len(queries) < len(every):
        click.echo(
            f"{len(every) - len(queries)} questions proposées, pas encore relues, sont laissées de côté.", err=True
        )
    if not queries:
        raise QuestionsError(f"{name} : aucune question n'est relue. Relisez-les, puis ôtez la marque « relue : non ».")
    # Without a terminal (disable=None) there is no bar.
    with (
        open_base(settings.store) as base,
        AppDatabase(settings.app_database) as database,
        tqdm(total=len(queries), desc="Questions", leave=False, disable=None) as bar,
    ):
        _warn_of_unknown_documents(queries, settings)

        def show(done: int, _total: int) -> None:
            bar.update(done - bar.n)

        model = base.model_name if answerer != "extractive" else None
        about = about_run(name, queries, base.status(), answerer=answerer, answers=answers, model=model or "")
        number, result = run_and_keep(database, base, queries, about, resume=resume, progress=show)
        kept = database.run(number)
        opinion = _judged(base, result) if judged else None
    click.echo(to_text(result))
    if opinion is not None:
        click.echo(_opinion_text(opinion))
    click.echo(f"\nÉvaluation n° {number}, gardée dans {settings.app_database}.")
    if json_file is not None:
        told = to_json(result) | ({"judge": opinion.to_json()} if opinion is not None else {})
        json_file.write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")
    if html_file is not None:
        html_file.write_text(to_html(result, about, kept.began if kept else ""), encoding="utf-8")
    failures = failed_gates(result, gates)
    for failure in failures:
        click.echo(failure, err=True)
    if failures:
        raise SystemExit(1)


def _judged(base: KnowledgeBase, result: EvaluationResult) -> Judgement:
    from kb.evaluation.judge import judge
    from kb.knowledge import NO_MODEL

    if base.model is None:
        raise ReperesError(NO_MODEL)
    return judge(result, base.model)


def _opinion_text(opinion: Judgement) -> str:
    lines = [f"\nAvis du modèle {opinion.model}, qui n'est pas une mesure :"]
    for each, name in ((opinion.faithful, "fidèle aux passages cités"), (opinion.correct, "juste")):
        if each.value is not None:
            lines.append(f"  {name} : {each.value:.2f} (n = {each.n})".replace(".", ","))
    if opinion.failed:
        lines.append(f"  sans avis : {opinion.failed}")
    return "\n".join(lines)


def _suggest(settings: Settings, number: int, chosen: Sequence[str], target: Path | None, answerer: str) -> None:
    from kb.evaluation.suggestions.from_facts import suggest
    from kb.evaluation.tables import to_jsonl, write_any
    from kb.index.catalog.catalog import Catalog
    from kb.index.layout import CATALOG_FILE, index_folder

    catalog = Catalog(index_folder(settings.store) / CATALOG_FILE)
    try:
        documents = catalog.documents(chosen or sorted(known_documents(settings)))
    finally:
        catalog.close()
    if missing := [each for each in chosen if each not in documents]:
        raise ReperesError(f"{', '.join(missing)} : la base n'a pas de document de ce nom (« reperes status »).")
    from kb.evaluation.suggestions.written import suggest_written
    from kb.models.chat.llm import open_chat_model

    model = None if answerer == "extractive" else open_chat_model(settings)
    if model is None:
        queries = suggest(list(documents.values()), number)
    else:
        try:
            queries = suggest_written(model, list(documents.values()), number)
        finally:
            model.close()
    if target is None:
        click.echo(to_jsonl(queries), nl=False)
        return
    write_any(queries, target)
    click.echo(f"{len(queries)} questions proposées dans {target}. Relisez-les, puis ôtez leur marque « non relue ».")


def _list(settings: Settings) -> None:
    from kb.evaluation.report import value_text
    from kb.records.database import AppDatabase

    shown = {"mrr@10": "place", "fact_recall": "faits", "refused_unanswerable": "refus justes"}
    with AppDatabase(settings.app_database) as database:
        for run in database.runs(50):
            figures = run.figures or {}
            told = [f"{name} {value_text(key, figures[key]['value'])}" for key, name in shown.items() if key in figures]
            state = ", ".join(told) if run.seconds is not None else "interrompue (--resume la reprend)"
            about = run.about
            click.echo(f"{run.id:4d}  {run.began}  {about['questions_file']} ({about['questions']}) : {state}")


def _compare(settings: Settings, names: tuple[str, str], questions: Path | None) -> None:
    from kb.evaluation.kept import scores_of
    from kb.evaluation.scoring.comparison import compare
    from kb.records.database import AppDatabase

    with AppDatabase(settings.app_database) as database:
        before, after = (scores_of(database, name, questions) for name in names)
    _print_comparison(compare(before, after))


def _print_comparison(found: Comparison) -> None:
    from kb.evaluation.report import FIGURES, value_text

    for each in found.figures:
        verdict = "différence possible par hasard"
        if each.p < 0.05:
            verdict = "mieux" if each.better else "moins bien"
        before, after = value_text(each.figure, each.before), value_text(each.figure, each.after)
        click.echo(f"{FIGURES[each.figure].label} : {before} → {after} (n = {each.n}, p = {each.p:.3f}) : {verdict}")
    for better, title in ((False, "Moins bien"), (True, "Mieux")):
        changes = [each for each in found.changes if each.better is better]
        if changes:
            click.echo(f"\n{title} ({len(changes)}) :")
        for change in changes[:_LINES]:
            told = f"{value_text(change.figure, change.before)} → {value_text(change.figure, change.after)}"
            click.echo(f"  {change.id} : {FIGURES[change.figure].label} : {told}")
    if found.left_out:
        click.echo(f"\nDans une seule des deux évaluations, laissées de côté : {', '.join(found.left_out)}")


def _kept_queries(settings: Settings) -> list[EvaluationQuestion]:
    from kb.records.database import AppDatabase

    with AppDatabase(settings.app_database) as database:
        found = database.queries()
    if not found:
        raise QuestionsError(
            "L'application n'a pas de question de test. Donnez un fichier de questions, ou importez-en un "
            "(« reperes questions FICHIER --import »)."
        )
    return found


def _warn_of_unknown_documents(queries: Sequence[EvaluationQuestion], settings: Settings) -> None:
    """An evaluation goes on: what the base does not have is not found, which is worth knowing before the figures."""
    from kb.evaluation.questions import check_documents

    try:
        check_documents(queries, known_documents(settings), "Attention")
    except QuestionsError as error:
        click.echo(f"{error}\nIls comptent comme des documents qui n'ont pas été trouvés.", err=True)


COMMANDS = (evaluate,)
