"""The command that fits refusals to a base, `reperes calibrate`, and what `reperes status` tells of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kb.cli.console import UnusableError, print_json, say, usable
from kb.cli.options import JSON, STORE, known_documents, open_base
from kb.errors import QuestionsError, SettingsError
from kb.settings import Settings

if TYPE_CHECKING:
    from kb.answering.calibrating import Row
    from kb.answering.refusal import Calibration
    from kb.evaluation.calibration import Calibrated, Learnable

_QUESTIONS = click.Path(exists=True, dir_okay=False, path_type=Path)
_CAUTIONS = {"low": "faible", "normal": "normale", "high": "forte"}
_RESTART = "Une application ouverte en tient compte à son prochain démarrage."
_SHIPPED = "le réglage fourni avec Repères"


@click.command("calibrate", short_help="Règle les refus d'après des questions de test, pour cette base.")
@click.argument("questions", type=_QUESTIONS, required=False)
@click.option("--remove", "removed", is_flag=True, help=f"Ôte le réglage de cette base : {_SHIPPED} revient.")
@STORE
@JSON
def calibrate(questions: Path | None, removed: bool, store: Path | None, as_json: bool) -> None:
    """Apprend des questions du fichier QUESTIONS (JSONL, CSV ou XLSX), avec et sans réponse dans la base, à quel point
    il faut être sûr pour répondre ; ce réglage remplace celui qui est fourni avec Repères.

    Il faut au moins vingt questions de chaque sorte. Code de retour : 0 si le réglage est écrit ; 1 s'il l'est sans une
    question qui n'a pas pu être posée ; 2 s'il n'y a pas de quoi apprendre.
    """
    if removed == (questions is not None):
        raise click.UsageError("Donnez l'argument QUESTIONS, ou l'option --remove.")
    with usable():
        settings = Settings.load(store=store)
    if questions is None:
        _remove(settings, as_json)
    else:
        _calibrate(settings, questions, as_json)


def _remove(settings: Settings, as_json: bool) -> None:
    from kb.evaluation.calibration import remove

    was_there = remove(settings.calibration)
    if as_json:
        print_json({"file": str(settings.calibration), "removed": was_there, "restart_needed": was_there})
    elif was_there:
        say(f"{settings.calibration} est ôté : {_SHIPPED} revient. {_RESTART}")
    else:
        say(f"Cette base n'a pas de réglage propre : elle suit déjà {_SHIPPED}.")


def _calibrate(settings: Settings, path: Path, as_json: bool) -> None:
    from tqdm import tqdm

    from kb.answering.calibrating import TooFewError
    from kb.answering.refusal import shipped_calibration
    from kb.evaluation.calibration import calibrate as fit_to
    from kb.evaluation.calibration import keep, learnable, rows_of, to_keep
    from kb.evaluation.imported.reading import MOST_BYTES, read_content
    from kb.evaluation.questions import content_of
    from kb.models.reader.weights import shipped_weights

    with ExitStack() as opened:
        with usable():
            content = content_of(path, MOST_BYTES + 1)
            chosen = learnable(read_content(content, str(path)))
            _check_enough(path, chosen, chosen.answerable, chosen.unanswerable, 0)
            reader = shipped_weights().identity
            before = _today(settings, reader)
            # Signs hang on no calibration: one that cannot be read is about to be replaced.
            base = opened.enter_context(open_base(settings.store, shipped_calibration()))
        _warn_of_unknown_documents(chosen, settings)
        bar = opened.enter_context(tqdm(total=len(chosen.queries), desc="Questions", leave=False, disable=None))

        def show(done: int) -> None:
            bar.update(done - bar.n)

        rows, failed = rows_of(base, chosen.queries, show)
        encoder = base.status().encoder or ""
    for query, reason in failed.items():
        say(f"Laissée de côté : {query} : {reason}", err=True)
    answerable = sum(row.answerable for row in rows)
    _check_enough(path, chosen, answerable, len(rows) - answerable, len(failed))
    try:
        found = fit_to(rows, before)
    except TooFewError:
        raise UnusableError(
            f"{path} : presque toutes les questions d'une sorte, avec ou sans réponse, nomment le même document. Un "
            "réglage ne s'apprend pas d'un document et ne se vérifie pas sur lui : ajoutez des questions sur d'autres."
        ) from None
    keep(settings.calibration, to_keep(found, rows, reader=reader, encoder=encoder, name=path.name, content=content))
    if as_json:
        print_json(_told_json(found, chosen, rows, failed, settings) | {"reader": reader, "encoder": encoder})
    else:
        say(_told(found, chosen, rows, settings))
    if failed:
        raise SystemExit(1)


def _today(settings: Settings, reader: str) -> Calibration:
    """The calibration in use; the shipped one in the place of one that cannot be read."""
    from kb.answering.refusal import calibration_for, shipped_calibration

    try:
        return calibration_for(settings.calibration, reader)
    except SettingsError:
        say(f"Le réglage de cette base est illisible ; « avant » est {_SHIPPED}.", err=True)
        return shipped_calibration()


def _check_enough(path: Path, chosen: Learnable, answerable: int, unanswerable: int, failed: int) -> None:
    """Raises UnusableError when there are too few questions of either kind."""
    from kb.answering.calibrating import FEWEST

    if min(answerable, unanswerable) >= FEWEST:
        return
    left_out = _left_out(chosen, failed)
    raise UnusableError(
        f"{path} : {answerable} questions avec une réponse dans la base et {unanswerable} sans réponse ; il en faut au "
        f"moins {FEWEST} de chaque sorte. {left_out}".rstrip()
    )


def _left_out(chosen: Learnable, failed: int) -> str:
    """How many questions nothing is learnt from, and why; empty for none."""
    counted = {
        "pas encore relues": chosen.unreviewed,
        "suites d'une conversation": chosen.conversations,
        "impossibles à poser": failed,
    }
    told = ", ".join(f"{number} {why}" for why, number in counted.items() if number)
    return f"Laissées de côté : {told}." if told else ""


def _warn_of_unknown_documents(chosen: Learnable, settings: Settings) -> None:
    from kb.evaluation.questions import check_documents

    try:
        check_documents(chosen.queries, known_documents(settings), "Attention")
    except QuestionsError as error:
        say(
            f"{error}\nCe que ces documents disent n'est peut-être pas dans la base : elle n'y répondrait pas.",
            err=True,
        )


def _told(found: Calibrated, chosen: Learnable, rows: Sequence[Row], settings: Settings) -> str:
    answerable = sum(row.answerable for row in rows)
    lines = [f"Questions : {answerable} avec une réponse dans la base, {len(rows) - answerable} sans réponse."]
    if left_out := _left_out(chosen, len(chosen.queries) - len(rows)):
        lines.append(left_out)
    lines += [
        f"Aire sous la courbe, par validation croisée : {_decimal(found.fitted.auc)} (0,5 : le hasard ; 1 : parfait).",
        "",
        "Questions refusées, avant → après :",
    ]
    named = {caution: f"prudence {name}" for caution, name in _CAUTIONS.items()}
    named[settings.caution] += " (en service)"
    width = max(map(len, named.values()))
    for caution, name in named.items():
        before, after = found.before[caution], found.after[caution]
        lines.append(
            f"  {name:<{width}} : sans réponse {_percent(before.unanswerable)} → {_percent(after.unanswerable)} ; "
            f"avec réponse {_percent(before.answerable)} → {_percent(after.answerable)}"
        )
    lines += [
        "",
        f"Réglage écrit dans {settings.calibration}. {_RESTART}",
        "REPERES_CAUTION choisit la prudence ; « reperes calibrate --remove » revient au réglage fourni avec Repères.",
    ]
    return "\n".join(lines)


def _told_json(
    found: Calibrated, chosen: Learnable, rows: Sequence[Row], failed: Mapping[str, str], settings: Settings
) -> dict[str, Any]:
    answerable = sum(row.answerable for row in rows)
    return {
        "questions": {"answerable": answerable, "unanswerable": len(rows) - answerable},
        "left_out": {"unreviewed": chosen.unreviewed, "conversations": chosen.conversations},
        "failed": [{"id": query, "reason": reason} for query, reason in failed.items()],
        "auc": round(found.fitted.auc, 4),
        "refused": {
            caution: {"before": asdict(found.before[caution]), "after": asdict(found.after[caution])}
            for caution in _CAUTIONS
        },
        "caution": settings.caution,
        "file": str(settings.calibration),
        "restart_needed": True,
    }


def _decimal(value: float) -> str:
    return f"{value:.3f}".replace(".", ",")


def _percent(share: float) -> str:
    return f"{share:.0%}".replace("%", " %")


def in_use_json(settings: Settings) -> dict[str, Any]:
    """The caution, which calibration is in use (`own` or `shipped`) and of which date, and why one's own is ignored;
    with an `error` in the place of these where it cannot be read, so that no question is answered.
    """
    from kb.answering.refusal import own_calibration, shipped_calibration, why_ignored
    from kb.models.reader.weights import shipped_weights

    try:
        own = own_calibration(settings.calibration)
    except SettingsError as error:
        return {"caution": settings.caution, "error": str(error)}
    ignored = why_ignored(own, shipped_weights().identity) if own is not None else None
    if own is not None and ignored is None:
        return {"caution": settings.caution, "in_use": "own", "fitted": own.fitted, "ignored": None}
    return {
        "caution": settings.caution,
        "in_use": "shipped",
        "fitted": shipped_calibration().fitted,
        "ignored": {"fitted": own.fitted, "why": ignored} if own is not None else None,
    }


def in_use_text(settings: Settings) -> str:
    """The same in French: a line or two."""
    told = in_use_json(settings)
    caution = f"Refus : prudence {_CAUTIONS[settings.caution]}"
    if "error" in told:
        return f"{caution}. {told['error']}"
    line = f"{caution}, réglage {'de cette base' if told['in_use'] == 'own' else 'fourni avec Repères'}"
    line += f" (du {told['fitted']})." if told["fitted"] else "."
    if ignored := told["ignored"]:
        dated = f" (du {ignored['fitted']})" if ignored["fitted"] else ""
        line += f"\nCelui de cette base{dated} est ignoré : {ignored['why']}. Relancez « reperes calibrate »."
    return line


COMMANDS = (calibrate,)
