"""Question and Hit[] -> the successive states of the answer: extractive, or written by a model and proven."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np

from kb.answering.asked.beside import SURE, SURE_OF_FIGURE, holds_topic, is_figure_of_another, lacks_figure
from kb.answering.composing import comparing, extractive
from kb.answering.composing.succession import latest_first
from kb.answering.evidence import passages_to_read
from kb.answering.extracts import extracts, worth_reading
from kb.answering.proof import english
from kb.answering.reading import Read, Scored, read
from kb.answering.refusal import REFUSAL, UNSAID, Calibration, Caution, features, is_off_topic
from kb.answering.warnings import UNSURE, removed_warning, warnings_for
from kb.answering.writing import sentences, whole
from kb.errors import LanguageModelError, ModelError
from kb.models.chat.llm import ChatModel
from kb.models.encoder import Encoder
from kb.models.reader.passage_reader import Reader
from kb.question.intent import compared, defined, word_alone
from kb.text.folding import fold
from kb.text.wording.language import language
from kb.types import Answer, Citation, Evidence, Hit, Question, RefusalReason

NOTHING_PROVEN = (
    "Ce que le modèle de langue a écrit n'était pas prouvé par les documents : voici leurs phrases telles quelles."
)
MODEL_FAILED = "Le modèle de langue n'a pas pu rédiger : voici les phrases des documents telles quelles. ({reason})"
IN_FRENCH = "The documents say, in French: "
NEAREST = 3  # sentences shown where the documents speak of what is asked without saying it
MODEL_FAILED_ON_REFUSAL = "Le modèle de langue n'a pas pu rédiger. ({reason})"

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Draft:
    """The extractive answer, with the evidence that it shows in the order of its numbers."""

    text: str
    citations: tuple[Citation, ...]
    evidence: tuple[Evidence, ...]
    warnings: tuple[str, ...]
    reason: RefusalReason | None
    confidence: float | None = None
    nearest: tuple[Citation, ...] = ()


class Answering:
    """The answer to one question over the passages found for it.

    `calibration` and `caution` decide whether there is one; `acronyms` gives what those of the base, folded, stand for;
    a `checker` looks at written answers a second time; a `hurried` answer reads fewer passages;
    `seconds` are those spent so far, by stage.
    """

    def __init__(
        self,
        question: Question,
        hits: Sequence[Hit],
        encoder: Encoder,
        reader: Reader,
        calibration: Calibration,
        caution: Caution,
        *,
        acronyms: Mapping[str, Sequence[str]],
        checker: ChatModel | None,
        hurried: bool,
        seconds: Mapping[str, float],
    ) -> None:
        self._question = question
        self._hits = hits
        self._encoder = encoder
        self._reader = reader
        self._calibration = calibration
        self._caution: Caution = caution
        self._acronyms = acronyms
        self._checker = checker
        self._hurried = hurried
        self._seconds = seconds
        self._began = time.perf_counter()

    def states(self, model: ChatModel | None) -> Iterator[Answer]:
        """The successive states, the last one final: written by `model` where there is one and its proof holds."""
        if model is not None and model.profile == "whole":
            yield from self._from_passages(model)
            return
        draft = self._extractive()
        yield self._shown(draft)
        if model is not None and draft.reason is None:
            yield from self._from_sentences(model, draft)

    def _from_passages(self, model: ChatModel) -> Iterator[Answer]:
        """A capable model reads whole passages, and decides whether they answer. The sources found come first, then
        each proven sentence; where what it wrote first does not stand, the extractive answer does.
        """
        if not self._hits or self._is_off_topic(passages_to_read(self._hits)):
            yield self._refused("off_topic" if self._hits else "no_evidence")
            return
        by_model: dict[str, Any] = {"answerer": "llm", "model": model.name}
        yield self._answer("", (), (), **by_model)
        given = extracts(self._worth_reading(), model.reading_budget, model.count_tokens)
        try:
            written = whole.write(model, self._question.standalone, given, self._acronyms, self._checker, self._encode)
            with closing(written):
                for state in written:
                    last = state
                    if state.outcome == "writing":
                        yield self._answer(state.text, state.citations, (), **by_model)
        except LanguageModelError as error:
            draft = self._extractive()
            failure = MODEL_FAILED if draft.reason is None else MODEL_FAILED_ON_REFUSAL
            yield self._shown(draft, failure.format(reason=error))
            return
        if last.outcome == "refused":
            yield self._refused("insufficient", **by_model)
        elif last.outcome == "answered":
            told = [removed_warning(*sentence) for sentence in last.removed]
            told += [english.WARNING] if language(last.text) == "en" else []
            yield self._answer(last.text, last.citations, [*self._told_of(last.citations), *told], **by_model)
        elif last.text:
            draft = self._extractive()
            yield self._shown(draft, *([NOTHING_PROVEN] if draft.reason is None else []))
        else:
            yield self._refused("no_evidence", **by_model)

    def _worth_reading(self) -> Sequence[Hit]:
        try:
            return self._hits if self._hurried else worth_reading(self._question, self._hits, self._reader)
        except ModelError:
            logger.exception("the reader cannot be had: the order of the search stays")
            return self._hits

    def _from_sentences(self, model: ChatModel, draft: _Draft) -> Iterator[Answer]:
        """A small model puts the sentences of the extractive answer into its own words."""
        try:
            for written in sentences.write(model, self._question.standalone, draft.evidence):
                if not written.text:
                    yield self._shown(draft, NOTHING_PROVEN)
                    return
                removed = [removed_warning(*sentence) for sentence in written.removed] if written.final else []
                yield self._answer(
                    written.text, written.citations, [*draft.warnings, *removed], answerer="llm", model=model.name
                )
        except LanguageModelError as error:
            yield self._shown(draft, MODEL_FAILED.format(reason=error))

    def _extractive(self) -> _Draft:
        """The units of evidence that answer the question, as an answer, or the reason to refuse."""
        question = self._question
        hits = passages_to_read(self._hits, hurried=self._hurried)
        if not hits:
            return _Draft(REFUSAL, (), (), (), "no_evidence")
        if (compared_parts := self._of_each(hits)) is not None:
            return compared_parts
        found = read(question, hits, self._reader)
        if not (chosen := extractive.choose(found.units, question)):
            return _Draft(REFUSAL, (), (), (), "no_evidence")
        signs = features(question, hits, found)
        confidence, outcome = self._calibration.confidence(signs), self._calibration.outcome(signs, self._caution)
        if outcome == "answered" and self._caution != "low" and self._is_beside(confidence, chosen, found, hits):
            outcome = self._calibration.unanswered(signs)
        if outcome == "unsaid" and not self._is_off_topic(hits):
            nearest = extractive.write(extractive.in_order(chosen[:NEAREST], question))[1]
            return _Draft(UNSAID, (), (), (), "unsaid", confidence, nearest)
        if outcome != "answered":
            reason: RefusalReason = "off_topic" if is_off_topic(question, hits) else "insufficient"
            return _Draft(REFUSAL, (), (), (), reason, confidence)
        ordered = latest_first(extractive.in_order(chosen, question), question, 1 + extractive.MOST_SUPPORTS)
        shown = extractive.readable(ordered, question, found.units)
        is_sure = self._calibration.outcome(signs, "high") == "answered"
        return self._drafted(shown, hits, confidence, told=[] if is_sure else [UNSURE])

    def _is_off_topic(self, hits: Sequence[Hit]) -> bool:
        return language(self._question.text) != "en" and is_off_topic(self._question, hits)  # English shares no word

    def _is_beside(self, confidence: float, chosen: Sequence[Scored], found: Read, hits: Sequence[Hit]) -> bool:
        """Whether what was found is about something else: it lacks the figure that is asked for, or what is asked about
        where `confidence` is not high, or the thing to be defined.
        """
        if lacks_figure(self._question, [(unit.evidence, unit.fit) for unit in chosen]):
            return True
        telling = next((unit.evidence for unit in chosen if unit.fit > 0), None)
        if confidence < SURE_OF_FIGURE and telling is not None and is_figure_of_another(self._question, telling):
            return True
        if confidence >= SURE:
            return False
        thing = None if word_alone(self._question.standalone) else defined(self._question.standalone)
        if thing is not None and not comparing.is_spoken_of(*thing, self._question, hits, self._acronyms):
            return True
        return not holds_topic(self._question, [unit.evidence for unit in found.units])

    def _of_each(self, hits: Sequence[Hit]) -> _Draft | None:
        """What the documents say of each thing that is compared, or of the one that is asked what it is; None for
        another question, or where they do not say it.
        """
        asked = self._question.standalone
        things = compared(asked) or defined(asked)
        parts = comparing.of_each(self._question, things, self._hits, self._reader, self._acronyms) if things else None
        if things is None or parts is None:
            return None
        best = [part.units[0] for part in parts]
        says_what = [
            comparing.defines(thing, unit, self._acronyms, by_place=len(things) == 1)
            for thing, unit in zip(things, best, strict=True)
        ]
        if len(things) == 1 and not word_alone(asked) and not says_what[0]:
            return None  # the whole question says more of what is asked than the thing alone
        if any(unit.read < 0 and not says for unit, says in zip(best, says_what, strict=True)):
            return None  # likelier than not, it does not say what the thing is
        if len(things) == 1:
            shown = extractive.readable(parts[0].units, self._question)
            if full := comparing.spelled_out(things[0], best[0].evidence.text, self._acronyms):
                # The rest of that sentence says something else.
                meaning = replace(best[0].evidence, text=f"{things[0]} : {full}.")
                shown = [replace(best[0], evidence=meaning), *shown[1:]]
            return self._drafted(shown, hits, None)
        shown = [
            replace(unit, evidence=replace(unit.evidence, text=_about(thing, unit.evidence.text)))
            for thing, unit in zip(things, best, strict=True)
        ]
        return self._drafted(shown, hits, None, paragraphs=len(shown))

    def _drafted(
        self,
        shown: Sequence[Scored],
        hits: Sequence[Hit],
        confidence: float | None,
        paragraphs: int = 1,
        told: Sequence[str] = (),
    ) -> _Draft:
        shown, dated = extractive.values_by_date(shown, self._question) if paragraphs == 1 else (shown, 0)
        text, citations = extractive.write(shown, paragraphs, dated)
        if language(self._question.text) == "en":
            text = f"{IN_FRENCH}{text}"
        evidence = tuple(unit.evidence for unit in shown)
        about = warnings_for(evidence, self._question, hits, datetime.now(UTC).date())
        return _Draft(text, citations, evidence, (*told, *about), None, confidence)

    def _encode(self, texts: Sequence[str]) -> np.ndarray:
        return self._encoder.encode(texts, "passage")

    def _told_of(self, citations: Sequence[Citation]) -> list[str]:
        """The warnings about the sources of a written answer: its sentences say themselves how figures changed."""
        evidence = [
            Evidence(one.passage, one.document, "sentence", one.quote, one.start, one.end, 0.0) for one in citations
        ]
        return warnings_for(evidence, self._question, passages_to_read(self._hits), datetime.now(UTC).date())

    def _shown(self, draft: _Draft, *told: str) -> Answer:
        return self._answer(
            draft.text,
            draft.citations,
            [*draft.warnings, *told],
            reason=draft.reason,
            confidence=draft.confidence,
            nearest=draft.nearest,
        )

    def _refused(self, reason: RefusalReason, **others: Any) -> Answer:
        return self._answer(REFUSAL, (), (), reason=reason, **others)

    def _answer(
        self,
        text: str,
        citations: Sequence[Citation],
        warnings: Sequence[str],
        *,
        reason: RefusalReason | None = None,
        **others: Any,
    ) -> Answer:
        values: dict[str, Any] = {"answerer": "extractive", "model": None, **others}
        return Answer(
            question=self._question.text,
            standalone_question=self._question.standalone,
            text=text,
            citations=tuple(citations),
            hits=tuple(self._hits),
            refused=reason is not None,
            reason=reason,
            warnings=tuple(warnings),
            seconds={**self._seconds, "answer": round(time.perf_counter() - self._began, 4)},
            **values,
        )


def _about(thing: str, text: str) -> str:
    """What is said of a thing, after its name unless it begins with it, with or without an article."""
    own = re.compile(rf"(?:l'|(?:les?|la|une?|des) )?{re.escape(fold(thing))}(?!\w)")
    return text if own.match(fold(text)) else f"{thing} : {text}"
