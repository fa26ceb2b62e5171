"""The commands that read the base: search, ask, eval, status. Heavy modules are imported inside them."""

from __future__ import annotations

import functools
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import kb.cli.calibrate
import kb.cli.evaluate
import kb.cli.models
import kb.cli.queries
import kb.cli.users
from kb.answering.serialize import hit_to_json
from kb.answering.warnings import RECOGNISED
from kb.cli.console import print_json, say
from kb.cli.options import ANSWERER, JSON, STORE, open_base
from kb.cli.tables import with_columns
from kb.index.catalog.report_lines import report_lines
from kb.retrieval import explanation
from kb.settings import Settings

if TYPE_CHECKING:
    from kb.retrieval.filters import Filters
    from kb.types import Answer, Citation, Hit


def _filters(command: Callable[..., None]) -> Callable[..., None]:
    """Adds the options that say which documents to look at; the command takes them as `filters`."""

    @functools.wraps(command)
    def with_filters(
        kind: tuple[str, ...],
        rubric: tuple[str, ...],
        programme: tuple[str, ...],
        partner: tuple[str, ...],
        since: str | None,
        until: str | None,
        **others: Any,
    ) -> None:
        from kb.retrieval.filters import Filters

        command(filters=Filters(kind, rubric, programme, partner, since, until), **others)

    for option in reversed(
        (
            click.option("--kind", multiple=True, metavar="TYPE", help="Seulement ce type de document (répétable)."),
            click.option("--rubric", multiple=True, metavar="RUBRIQUE", help="Seulement cette rubrique (répétable)."),
            click.option("--programme", multiple=True, metavar="NOM", help="Seulement ce programme (répétable)."),
            click.option("--partner", multiple=True, metavar="NOM", help="Seulement ce partenaire (répétable)."),
            click.option(
                "--since", metavar="DATE", help="Documents datés d'au moins DATE (2024, 2024-03, 12/03/2024…)."
            ),
            click.option("--until", metavar="DATE", help="Documents datés d'au plus DATE, elle comprise."),
        )
    ):
        with_filters = option(with_filters)
    return with_filters


@click.command("search", short_help="Cherche les passages qui parlent d'un sujet.")
@click.argument("question", nargs=-1, required=True)
@click.option("-k", "number", type=click.IntRange(1, 200), default=10, show_default=True, help="Nombre de passages.")
@click.option("--explain", is_flag=True, help="Montre ce que chaque classement a donné.")
@_filters
@STORE
@JSON
def search(
    question: tuple[str, ...], number: int, explain: bool, filters: Filters, store: Path | None, as_json: bool
) -> None:
    """Cherche les passages qui répondent le mieux à QUESTION."""
    asked = " ".join(question)
    with open_base(store) as base:
        hits = base.search(asked, k=number, filters=filters)
        understood = base.explain(asked) if explain else None
    if as_json:
        rows = [hit_to_json(hit) | ({"contributions": dict(hit.contributions)} if explain else {}) for hit in hits]
        print_json({"hits": rows} | ({"understood": explanation.question_to_json(understood)} if understood else {}))
        return
    if understood:
        say(explanation.question_lines(understood))
    if not hits:
        say("Aucun passage trouvé.")
    for hit in hits:
        say(f"{hit.rank}. {_title_line(hit)}")
        say(f"   {' '.join(explanation.best_words(hit).split())}")
        if explain:
            say(explanation.hit_lines(hit))


@click.command("ask", short_help="Répond à une question, avec ses sources.")
@click.argument("question", nargs=-1, required=True)
@ANSWERER
@_filters
@STORE
@JSON
def ask(question: tuple[str, ...], answerer: str, filters: Filters, store: Path | None, as_json: bool) -> None:
    """Répond à QUESTION avec des phrases des documents, et leurs références."""
    with open_base(store) as base:
        answer = base.ask(" ".join(question), answerer=answerer, filters=filters)
    if as_json:
        from kb.answering.serialize import answer_to_json

        print_json(answer_to_json(answer))
    else:
        _print_answer(answer)


@click.command("status", short_help="Montre l'état de la base.")
@click.option(
    "--runs", "shown", type=click.IntRange(0, 200), default=1, help="Nombre de mises à jour à montrer (défaut : 1)."
)
@click.option("--withdrawn", is_flag=True, help="Liste les documents retirés, avec la date de leur retrait.")
@STORE
@JSON
def status(shown: int, withdrawn: bool, store: Path | None, as_json: bool) -> None:
    """Montre ce que la base contient, qui rédige les réponses et ce qui règle les refus, sans charger de modèle."""
    from kb.cli.model_report import in_use_json, in_use_text
    from kb.index.opening import open_store
    from kb.rights.restrictions import restrictions_of
    from kb.rights.telling import told as told_of

    settings = Settings.load(store=store)
    restrictions = restrictions_of(settings)
    with closing(open_store(settings).catalog()) as catalog:
        state = catalog.status()
        reports = catalog.journal.reports(shown)
        gone = catalog.withdrawn() if withdrawn else []
    if as_json:
        told = asdict(state)
        del told["reports"], told["is_behind"]  # the latter is of who searches
        # Programs know the reports of ingestions by the name that the option has too.
        withdrawn_documents = [asdict(document) for document in gone]
        others = {"withdrawn_documents": withdrawn_documents, "language_model": in_use_json(settings)}
        unused = restrictions.unused(state.sources)
        told |= {"restricted_sources": restrictions.patterns, "restricted_sources_unused": unused}
        print_json(told | {"runs": reports} | others | {"refusals": kb.cli.calibrate.in_use_json(settings)})
        return
    say(f"Documents : {state.documents} ({state.passages} passages), retirés : {state.withdrawn}")
    for name, number in sorted(state.sources.items()):
        say(f"  source « {name} » : {number}")
    for line in told_of(restrictions, state.sources, settings.auth):
        say(line)
    say(f"Dernière ingestion : {state.last_ingestion or 'aucune'}")
    say(f"Génération : {state.generation} ; modèle : {state.encoder}")
    say(in_use_text(settings))
    say(kb.cli.calibrate.in_use_text(settings))
    for document in gone:
        say(f"  retiré le {document.withdrawn_at} : {document.title} — {document.document}")
    for report in reports:
        say("")
        say("\n".join(report_lines(report)))


def _print_answer(answer: Answer) -> None:
    say(with_columns(answer.text))
    if answer.citations:
        say("\nSources")
    for citation in answer.citations:
        _print_source(f"[{citation.number}]", citation)
    if answer.nearest:
        from kb.answering.refusal import NEAREST_NOTE, NEAREST_TITLE

        say(f"\n{NEAREST_TITLE}\n{NEAREST_NOTE}")
    for citation in answer.nearest:
        _print_source("-", citation)
    if answer.refused and answer.hits:
        say("\nDocuments les plus proches")
        for title in list(dict.fromkeys(hit.document.title for hit in answer.hits))[:3]:
            say(f"- {title}")
    for warning in answer.warnings:
        say(f"Attention : {warning}")


def _print_source(mark: str, citation: Citation) -> None:
    from kb.answering.serialize import pages_told

    document = citation.document
    facts = [document.date or "sans date", pages_told(document, citation.start, citation.end)]
    say(f"{mark} {document.title} ({', '.join(filter(None, facts))}) — {document.id}")
    if document.url:
        say(f"    {document.url}")
    say(f"    « {' '.join(citation.quote.split())} »{f' ({RECOGNISED})' if citation.recognised else ''}")


def _title_line(hit: Hit) -> str:
    from kb.answering.serialize import pages_told

    parts = [hit.document.title, *hit.passage.heading_path]
    facts = [hit.document.date or "sans date", pages_told(hit.document, hit.passage.start, hit.passage.end)]
    return f"{' — '.join(parts)} ({', '.join(filter(None, facts))}) — {hit.document.id}"


COMMANDS = (
    *(search, ask, status),
    *kb.cli.evaluate.COMMANDS,
    *kb.cli.calibrate.COMMANDS,
    *kb.cli.queries.COMMANDS,
    *kb.cli.models.COMMANDS,
    *kb.cli.users.COMMANDS,
)
