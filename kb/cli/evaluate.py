"""The command that evaluates: `reperes eval`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kb.cli.console import UnusableError, usable
from kb.cli.evaluation_runs import compare_runs, list_runs
from kb.cli.options import ANSWERER, STORE, known_documents, open_base
from kb.cli.private_files import as_asked_for
from kb.errors import LanguageModelError, QuestionsError
from kb.settings import Settings

if TYPE_CHECKING:
    from kb.evaluation.judge import Judgement
    from kb.evaluation.questions import EvaluationQuestion
    from kb.knowledge import KnowledgeBase
    from kb.models.chat.llm import ChatModel

_FILE = click.Path(dir_okay=False, path_type=Path)
_QUESTIONS = click.Path(exists=True, dir_okay=False, path_type=Path)


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
@click.option("--list", "listed", is_flag=True, help="Liste les évaluations gardées.")
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
    listed: bool,
    store: Path | None,
) -> None:
    """Pose les questions du fichier QUESTIONS (JSONL, CSV ou XLSX), sinon celles de l'application, et compte ce qui est
    trouvé.

    Code de retour : 0 si tout s'est bien passé ; 1 si une question est en échec ou un seuil n'est pas tenu ; 2 s'il n'y
    a pas de quoi évaluer (fichier, base, modèle de langue demandé).
    """
    with usable():
        settings = Settings.load(store=store)
    if listed:
        list_runs(settings)
    elif compare:
        with usable():
            compare_runs(settings, compare, questions)
    elif suggest:
        _suggest(settings, suggest, chosen, target, answerer)
    else:
        _evaluate(settings, questions, answerer, not no_answers, fail_under, json_file, html_file, resume, judged)


def _evaluate(
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

    from kb.evaluation.judge import judge
    from kb.evaluation.kept.runs import about_run, evaluation_run, run_and_keep
    from kb.evaluation.report import failed_gates, parse_gates, to_json, to_text
    from kb.evaluation.shown.page import to_html
    from kb.records.database import AppDatabase
    from kb.records.places import place_of

    with ExitStack() as opened:
        with usable():
            gates = parse_gates(fail_under) if fail_under else {}
            name = path.name if path is not None else "questions de l'application"
            queries = _reviewed(path, name, settings)
            base = opened.enter_context(open_base(settings.store))
            database = opened.enter_context(AppDatabase(place_of(settings)))
            needs_model = judged or (answers and answerer == "llm")
            chat_model = _ready_model(base) if needs_model else None
        _warn_of_unknown_documents(queries, settings)
        # Without a terminal (disable=None) there is no bar.
        bar = opened.enter_context(tqdm(total=len(queries), desc="Questions", leave=False, disable=None))

        def show(done: int, _total: int) -> None:
            bar.update(done - bar.n)

        writer = _writer(base, answerer)
        about = about_run(name, queries, base.status(), answerer=answerer, answers=answers, model=writer)
        number, result = run_and_keep(database, base, queries, about, resume=resume, progress=show)
        kept = evaluation_run(database, number)
        opinion = judge(result, chat_model) if judged and chat_model is not None else None
    click.echo(to_text(result))
    if opinion is not None:
        click.echo(_opinion_text(opinion))
    click.echo(f"\nÉvaluation n° {number}, gardée dans {place_of(settings)}.")
    if json_file is not None:
        told = to_json(result) | ({"judge": opinion.to_json()} if opinion is not None else {})
        with as_asked_for():
            json_file.write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")
    if html_file is not None:
        with as_asked_for():
            html_file.write_text(to_html(result, about, kept.began if kept else ""), encoding="utf-8")
    failures = failed_gates(result, gates)
    for failure in failures:
        click.echo(failure, err=True)
    if failures or result.failed:
        raise SystemExit(1)


def _reviewed(path: Path | None, name: str, settings: Settings) -> list[EvaluationQuestion]:
    """The test queries of the file, or of the application, that a person has reviewed."""
    from kb.evaluation.imported.reading import read_any

    every = read_any(path) if path is not None else _kept_queries(settings)
    queries = [query for query in every if query.reviewed]
    if len(queries) < len(every):
        click.echo(
            f"{len(every) - len(queries)} questions proposées, pas encore relues, sont laissées de côté.", err=True
        )
    if not queries:
        raise QuestionsError(f"{name} : aucune question n'est relue. Relisez-les, puis ôtez la marque « relue : non ».")
    return queries


def _writer(base: KnowledgeBase, answerer: str) -> str:
    """The name of the language model that writes the answers, empty for none."""
    if answerer == "llm":
        return base.model.name if base.model is not None else ""
    return (base.model_name or "") if answerer == "auto" else ""


def _ready_model(base: KnowledgeBase) -> ChatModel:
    """The language model, once it has begun to answer. Raises UnusableError when there is none or it cannot be had."""
    from kb.answering.writing.sentences_prompt import MOST_WRITTEN_TOKENS
    from kb.knowledge import NO_MODEL

    if base.model is None:
        raise UnusableError(NO_MODEL)
    try:
        next(base.model.stream("", "Répondez « oui ».", max_tokens=MOST_WRITTEN_TOKENS))
    except LanguageModelError as error:
        raise UnusableError(
            f"Le modèle de langue demandé ({base.model.name}) n'a pas pu être utilisé : {error}. Aucune question n'a "
            "été posée. Remettez-le en marche, ou évaluez sans lui (« --answerer extractive »)."
        ) from error
    return base.model


def _opinion_text(opinion: Judgement) -> str:
    lines = [f"\nAvis du modèle {opinion.model}, qui n'est pas une mesure :"]
    for estimate, name in ((opinion.faithful, "fidèle aux passages cités"), (opinion.correct, "juste")):
        if estimate.value is not None:
            lines.append(f"  {name} : {estimate.value:.2f} (n = {estimate.n})".replace(".", ","))
    if opinion.failed:
        lines.append(f"  sans avis : {opinion.failed}")
    return "\n".join(lines)


def _suggest(settings: Settings, number: int, chosen: Sequence[str], target: Path | None, answerer: str) -> None:
    from kb.evaluation.suggestions.from_facts import suggest
    from kb.evaluation.suggestions.written import suggest_written
    from kb.evaluation.tables import to_jsonl, write_any
    from kb.index.opening import open_store
    from kb.knowledge import NO_MODEL
    from kb.models.chat.opening import open_chat_model

    with usable():
        with closing(open_store(settings).catalog()) as catalog:
            documents = catalog.documents(chosen or sorted(known_documents(settings)))
        if missing := [name for name in chosen if name not in documents]:
            raise UnusableError(f"{', '.join(missing)} : la base n'a pas de document de ce nom (« reperes status »).")
        model = None if answerer == "extractive" else open_chat_model(settings)
        if model is None and answerer == "llm":
            raise UnusableError(NO_MODEL)
        if model is not None and answerer == "auto" and not model.by_default:
            model = None  # nothing was started
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
    with as_asked_for():
        write_any(queries, target)
    click.echo(f"{len(queries)} questions proposées dans {target}. Relisez-les, puis ôtez leur marque « non relue ».")


def _kept_queries(settings: Settings) -> list[EvaluationQuestion]:
    from kb.evaluation.kept.queries import read_queries
    from kb.records.database import AppDatabase
    from kb.records.places import place_of

    with AppDatabase(place_of(settings)) as database:
        found = read_queries(database)
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
