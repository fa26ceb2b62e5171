"""An answer as a page of its own shows it: words whose numbers lead to the sources below. Made to be printed too."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from kb.answering.refusal import NEAREST_NOTE, NEAREST_TITLE
from kb.answering.serialize import pages_told
from kb.records.conversations import KeptTurn
from kb.records.kept_answers import kept_answer
from kb.text.moments import french_date
from kb.types import Citation
from kb.web import strings
from kb.web.chat.citing import citation_text
from kb.web.chat.sources import reader_address
from kb.web.chat.turns import words_html
from kb.web.render import escape, quote_html


@dataclass(frozen=True, slots=True)
class ShownSource:
    """A source below an answer: its number (0 for a sentence that proves nothing), what is known of it, its words."""

    number: int
    title: str
    facts: str
    quote: Markup
    address: str
    cited: str


@dataclass(frozen=True, slots=True)
class ShownTurn:
    """A question with its answer. `note` says what the sources of a refusal are."""

    number: int
    at: str
    question: str
    words: Markup
    refused: bool
    warnings: tuple[str, ...]
    title: str
    note: str
    sources: tuple[ShownSource, ...]


def shown_turn(turn: KeptTurn) -> ShownTurn:
    """What is shown of a turn as it was kept."""
    answer = kept_answer(turn.answer)
    words = words_html(
        answer.text or strings.REFUSAL,
        answer.citations,
        turn.number,
        has_lead=answer.answerer == "llm" and not answer.refused,
        reference=_reference_html,
    )
    near = answer.refused and bool(answer.nearest)
    return ShownTurn(
        turn.number,
        turn.at,
        answer.question,
        Markup(words),
        answer.refused,
        answer.warnings,
        NEAREST_TITLE if near else strings.SOURCES,
        NEAREST_NOTE if near else "",
        tuple(map(_source, answer.nearest if near else answer.citations)),
    )


def _reference_html(citation: Citation, turn: int) -> str:
    label = escape(strings.SEE_SOURCE.format(number=citation.number, title=citation.document.title))
    address = f"#source-{turn}-{citation.number}"
    return f'&#8288;<a class="reference" href="{address}" aria-label="{label}">{citation.number}</a>'


def _source(citation: Citation) -> ShownSource:
    document, passage = citation.document, citation.passage
    facts = [french_date(document.date), document.rubric or "", pages_told(document, citation.start, citation.end)]
    return ShownSource(
        citation.number,
        document.title,
        " · ".join(fact for fact in facts if fact),
        Markup(
            quote_html(passage.text, citation.start - passage.start, citation.end - passage.start, passage.table_header)
        ),
        reader_address(document.id, citation.start, citation.end, citation.quote),
        citation_text(document, citation.start, citation.end, citation.quote),
    )
