"""The answer that a language model writes over the evidence chosen, proven sentence by sentence.

Evidence chooses, the model writes. What it wrote and cannot prove is left out; what it left out of the evidence, or
told without its figures, stands below in the documents' own words: the reader never gets less than without a model.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kb.answering.proof.citations import MarkerFilter
from kb.answering.writing.sentences_prompt import MOST_WRITTEN_TOKENS, SYSTEM, read_by_model, user_prompt
from kb.answering.writing.verification import Verified, lost_figures, verify
from kb.models.chat.llm import ChatModel
from kb.question.intent import missing_names, names
from kb.text.figures import MARKS
from kb.text.stems import stems
from kb.types import Citation, Evidence

_MOST_WORDS = 0.6
_SENTENCE_ENDS = (". ", "! ", "? ", "]", "\n")


@dataclass(frozen=True, slots=True)
class Written:
    """A state of the answer: what is proven so far. `removed` are sentences that no passage proves, with why."""

    text: str
    citations: tuple[Citation, ...]
    removed: tuple[tuple[str, str], ...]
    final: bool


def write(model: ChatModel, question: str, evidence: Sequence[Evidence]) -> Iterator[Written]:
    """The answer as it is written, whole proven sentences only; the last state is final.

    The final text is empty when nothing that the model wrote could be proven. Raises LanguageModelError. Closing the
    iterator stops the model.
    """
    read = read_by_model(evidence)  # the others stand below the text, as all that it does not tell
    markers = MarkerFilter(range(1, len(read) + 1))
    draft, shown = "", ""
    pieces = model.stream(SYSTEM, user_prompt(question, read), max_tokens=MOST_WRITTEN_TOKENS)
    try:
        for piece in pieces:
            draft += markers.feed(piece)
            if (whole := _whole_sentences(draft)) and whole != shown:
                shown = whole
                so_far = verify(whole, evidence)
                if so_far.text:
                    yield Written(so_far.text, _citations(so_far.used), so_far.removed, final=False)
    finally:
        if (close := getattr(pieces, "close", None)) is not None:
            close()
    yield _finished(verify(draft + markers.flush(), evidence), evidence)


def _finished(proven: Verified, evidence: Sequence[Evidence]) -> Written:
    """What was proven, and below it the units that it does not tell, word for word."""
    if not proven.text:
        return Written("", (), proven.removed, final=True)
    used = list(proven.used)
    lines = []
    for unit in evidence:
        if unit in proven.used and _is_told(unit, proven.text):
            continue
        if unit not in used:
            used.append(unit)
        lines.append(f"- {MARKS.sub('', unit.text).rstrip()} [{used.index(unit) + 1}]")
    text = "\n\n".join(part for part in (proven.text, "\n".join(lines)) if part)
    return Written(text, _citations(used), proven.removed, final=True)


def _is_told(evidence: Evidence, text: str) -> bool:
    """Whether `text` says what the unit says: every figure and name of it, and most of its words."""
    if lost_figures(text, [evidence]) or missing_names(names(evidence.text), text):
        return False
    said, there = set(stems(evidence.text)), set(stems(text))
    return len(said & there) >= _MOST_WORDS * len(said)


def _whole_sentences(draft: str) -> str:
    """`draft` up to the end of its last whole sentence, its marks included."""
    end = max(draft.rfind(mark) + len(mark) if mark in draft else 0 for mark in _SENTENCE_ENDS)
    return draft[:end].rstrip()


def _citations(used: Sequence[Evidence]) -> tuple[Citation, ...]:
    return tuple(
        Citation(number, unit.passage, unit.document, unit.document.text[unit.start : unit.end], unit.start, unit.end)
        for number, unit in enumerate(used, start=1)
    )
