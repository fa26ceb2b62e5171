"""The figures of one base: what the prompt holds, what is kept of the good answers, what is caught of the false."""

from __future__ import annotations

import random
import statistics
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from benchmarks.writing.counting import Cell, Shares, Stages
from benchmarks.writing.enemies import made
from benchmarks.writing.fit import sentences
from benchmarks.writing.looking import Again, FalseSentence, nearest
from benchmarks.writing.played import Prompt
from benchmarks.writing.recorded import Recorded
from kb.answering.extracts import extracts, worth_reading, written_out
from kb.answering.proof.citations import numbers_in, without_marks
from kb.answering.proof.draft import Piece
from kb.answering.proof.proving import Prover
from kb.answering.writing.whole_prompt import user_prompt
from kb.evaluation.scoring.matching import holds
from kb.evaluation.scoring.metrics import fact_recall
from kb.knowledge import PASSAGES_FOUND, KnowledgeBase
from kb.models.chat.llm import SERVER_CONTEXT, ChatModel
from kb.models.reader.opening import LazyReader
from kb.settings import Settings
from kb.text.stems import stems
from kb.types import Message

SEED = 29
TIMED_EACH = 3
"""Every which answer the sentences of the documents are asked for too, to compare times."""
_HELD = 0.6  # of a sentence's stems, as in docs/evaluate.md
Table = dict[str, Cell]


@dataclass
class Measured:
    """The figures of a base, and the prompts that nothing is recorded for."""

    table: Table
    looks: list[Prompt]
    repairs: list[Prompt]


@dataclass
class _Counts:
    """What is counted over the answers of a base."""

    shares: Shares = field(default_factory=Shares)
    good: Stages = field(default_factory=Stages)
    false: dict[str, Stages] = field(default_factory=lambda: defaultdict(Stages))
    facts: list[list[float]] = field(default_factory=list)  # written; shown by proof, with repair, with look
    seconds: list[float] = field(default_factory=list)  # beside the model
    extracted: list[tuple[float, float]] = field(default_factory=list)  # those, and those of an extractive answer
    proving: float = 0.0

    def table(self) -> Table:
        """The figures by name."""
        table = self.shares.table()
        if self.good.of:
            table["good kept"] = self.good.kept()
            table["milliseconds a sentence"] = _cell(1000 * self.proving / self.good.of, self.good.of)
        table |= {name: stages.caught() for name, stages in self.false.items()}
        if self.facts:
            written, proof, repair, look = (statistics.fmean(column) for column in zip(*self.facts, strict=True))
            table["facts written"] = _cell(written, len(self.facts))
            table["facts shown"] = _cell(proof, len(self.facts)) | {"repair": round(repair, 4), "look": round(look, 4)}
        if self.seconds:
            table["seconds, p50"] = _cell(statistics.median(self.seconds), len(self.seconds))
            table["seconds, p95"] = _cell(_high(self.seconds), len(self.seconds))
        if self.extracted:
            ratios = [beside / extractive for beside, extractive in self.extracted]
            table["times an extractive answer"] = _cell(statistics.median(ratios), len(ratios))
        return table


def measure(
    base: KnowledgeBase, answers: Sequence[Recorded], verdicts: Mapping[str, str], repairs: Mapping[str, str]
) -> Measured:
    """The figures over the recorded answers of one base, with the verdicts and repairs recorded for them."""
    counts, chance = _Counts(), random.Random(SEED)
    again = Again(answers[0].base if answers else "", verdicts, repairs)
    model = ChatModel("", lambda: "", context_tokens=SERVER_CONTEXT, profile="whole")
    reader = LazyReader(Settings.load())
    for number, one in enumerate(answers):
        # In turns, for what is asked second finds some of the reader's work done.
        timed = not number % TIMED_EACH
        before = _extractive_seconds(base, one) if timed and number % 2 else None
        spent = _measure_prompt(base, one, model, reader, counts.shares)
        counts.shares.add("answerable refused" if _answerable(one) else "unanswerable refused", one.refuses)
        if one.refuses:
            continue
        shown = again.show(one, counts.good)
        counts.proving += shown.seconds
        counts.seconds.append(spent + shown.seconds)
        if timed:
            counts.extracted.append((counts.seconds[-1], before or _extractive_seconds(base, one)))
        if facts := [[fact] if isinstance(fact, str) else fact for fact in one.row.get("expected_facts", [])]:
            written = fact_recall(one.answer, facts, one.question)
            counts.facts.append([written, *shown.facts(facts, one.question)])
        _measure_false(one, [other for other in answers if other is not one], again, counts, chance)
    return Measured(counts.table(), again.looks, again.requests)


def _measure_false(
    one: Recorded, others: Sequence[Recorded], again: Again, counts: _Counts, chance: random.Random
) -> None:
    """What the proof catches of the false variants of an answer's sentences, and a second look of the others."""
    prover = Prover(one.sources, one.question)
    own = sentences(one.answer)
    passed: list[FalseSentence] = []

    def tell(kind: str, piece: Piece, place: int) -> None:
        proof = prover.prove(piece)
        counts.false[kind].add(1, not proof.fault, not proof.fault, ())
        if proof.units:
            passed.append(FalseSentence(kind, piece, proof, place))

    for place, piece in enumerate(own):
        for kind, false in made([piece], one.sources, chance):
            tell(f"caught: {kind}", false, place)
    for kind, text in one.false.items():
        written = Piece("sentence", without_marks(text), tuple(numbers_in(text)) or own[0].numbers, 0)
        tell(f"caught, written by hand: {kind}", written, nearest(written.text, own))
    answered = [other for other in others if not other.refuses]
    strange = chance.choice(sentences(chance.choice(answered).answer) or own)
    tell("caught: invented", Piece("sentence", strange.text, own[0].numbers, 0), 0)
    good = [(piece, prover.prove(piece)) for piece in own]
    for piece, proof in good:
        if not proof.fault and (number := _another(piece, one, chance)):
            put_right = prover.prove(Piece(piece.kind, piece.text, (number,), piece.line))
            counts.shares.add("wrong number put right", not put_right.fault)
    for sentence, said in zip(passed, again.look(one, good, passed), strict=True):
        counts.false[sentence.kind].said.append(said)


def _answerable(one: Recorded) -> bool:
    return not one.row.get("unanswerable") and one.row["documents"] != ["absent.md"]


def _another(piece: Piece, one: Recorded, chance: random.Random) -> int | None:
    others = [source.number for source in one.sources if source.number not in piece.numbers]
    return chance.choice(others) if others else None


def _measure_prompt(base: KnowledgeBase, one: Recorded, model: ChatModel, reader: LazyReader, shares: Shares) -> float:
    """What of the expected facts and quotes the passages hold that a model would read today, and their tokens; gives
    the seconds that it took to find, choose and write them out.
    """
    history = _history(one)
    began = time.perf_counter()
    hits = base.search(one.question, history=history, k=PASSAGES_FOUND)
    if not history:  # a follow-up is not a question that a reader can be asked
        hits = worth_reading(base.explain(one.question), hits, reader)
    read = extracts(hits, model.reading_budget, model.count_tokens)
    user_prompt(one.question, read)
    seconds = time.perf_counter() - began
    text = written_out(read)
    shares.add("prompt tokens", model.count_tokens(text))
    for fact in one.row.get("expected_facts", []):
        shares.add("facts in the prompt", holds(text, [fact] if isinstance(fact, str) else fact))
    if sets := one.row.get("expected_quotes"):
        there = [set(stems(line)) for extract in read for line in extract.text.splitlines()]
        shares.add("quotes in the prompt", max(_share_of(quotes, there) for quotes in sets))
    return seconds


def _extractive_seconds(base: KnowledgeBase, one: Recorded) -> float:
    began = time.perf_counter()
    base.ask(one.question, history=_history(one), answerer="extractive")
    return time.perf_counter() - began


def _history(one: Recorded) -> list[Message]:
    return [Message(turn["role"], turn["content"]) for turn in one.row.get("history", [])]


def _share_of(quotes: Sequence[str], there: Sequence[set[str]]) -> float:
    """The share of the sentences of one sufficient set that a line of the passages holds."""
    held = 0
    for quote in quotes:
        wanted = set(stems(quote))
        held += not wanted or any(len(wanted & line) >= _HELD * len(wanted) for line in there)
    return held / len(quotes)


def _cell(value: float, n: int) -> Cell:
    return {"value": round(value, 4), "n": float(n)}


def _high(values: Sequence[float]) -> float:
    """The value that 95 in a hundred stay below."""
    return sorted(values)[int(0.95 * (len(values) - 1))]
