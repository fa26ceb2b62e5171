"""Evaluation runs that are kept, on the command line: `reperes eval --list` and `--compare`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kb.settings import Settings

if TYPE_CHECKING:
    from kb.evaluation.comparison import Comparison
    from kb.evaluation.kept.runs import EvaluationRun

_LINES = 40  # of questions that got better or worse
_SHOWN = {"mrr@10": "place", "fact_recall": "faits", "refused_unanswerable": "refus justes"}


def list_runs(settings: Settings) -> None:
    """Prints a line for each of the last runs."""
    from kb.evaluation.kept.runs import evaluation_runs
    from kb.records.database import AppDatabase
    from kb.records.places import place_of

    with AppDatabase(place_of(settings)) as database:
        runs = evaluation_runs(database, 50)
    for run in runs:
        about = run.about
        click.echo(f"{run.id:4d}  {run.began}  {about['questions_file']} ({about['questions']}) : {_state(run)}")


def _state(run: EvaluationRun) -> str:
    from kb.evaluation.report import value_text

    if run.seconds is None:
        return "interrompue (--resume la reprend)"
    figures = run.figures or {}
    told = [f"{name} {value_text(key, figures[key]['value'])}" for key, name in _SHOWN.items() if key in figures]
    if failed := figures.get("failed"):
        told.append(f"en échec {failed}")
    return ", ".join(told)


def compare_runs(settings: Settings, names: tuple[str, str], questions: Path | None) -> None:
    """Prints what changed from one run to another. Raises QuestionsError when there is no such run."""
    from kb.evaluation.comparison import compare
    from kb.evaluation.kept.runs import scores_of
    from kb.records.database import AppDatabase
    from kb.records.places import place_of

    with AppDatabase(place_of(settings)) as database:
        before, after = (scores_of(database, name, questions) for name in names)
    _print_comparison(compare(before, after))


def _print_comparison(found: Comparison) -> None:
    from kb.evaluation.report import FIGURES, value_text

    for compared in found.figures:
        verdict = "différence possible par hasard"
        if compared.p < 0.05:
            verdict = "mieux" if compared.better else "moins bien"
        before, after = (value_text(compared.figure, value) for value in (compared.before, compared.after))
        counted = f"(n = {compared.n}, p = {compared.p:.3f})"
        click.echo(f"{FIGURES[compared.figure].label} : {before} → {after} {counted} : {verdict}")
    for better, title in ((False, "Moins bien"), (True, "Mieux")):
        changes = [change for change in found.changes if change.better is better]
        if changes:
            click.echo(f"\n{title} ({len(changes)}) :")
        for change in changes[:_LINES]:
            told = f"{value_text(change.figure, change.before)} → {value_text(change.figure, change.after)}"
            click.echo(f"  {change.id} : {FIGURES[change.figure].label} : {told}")
    if found.left_out:
        names = ", ".join(found.left_out)
        click.echo(f"\nAbsentes ou en échec dans l'une des deux évaluations, laissées de côté : {names}")
