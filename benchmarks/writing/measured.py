"""The figures of one base: what the prompt holds, what is kept of the good answers, what is caught of the false."""

from __future__ import annotations

import random
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from benchmarks.writing.enemies import made
from benchmarks.writing.fit import sentences
from benchmarks.writing.recorded import Recorded
from kb.answering.extracts import extracts, worth_reading, written_out
from kb.answering.proof.citations import numbers_in, without_marks
from kb.answering.proof.draft import Piece, pieces
from kb.answering.proof.proving import Prover
from kb.evaluation.scoring.matching import holds
from kb.knowledge import PASSAGES_FOUND, KnowledgeBase
from kb.models.chat.llm import SERVER_CONTEXT, ChatModel
from kb.models.reader.opening import LazyReader
from kb.settings import Settings
from kb.text.stems import stems
from kb.types import Message

SEED = 29
_HELD = 0.6  # of a sentence's stems, as in docs/evaluate.md


@dataclass
class Shares:
    """Counts by name: (how many hold, of how many)."""

    counts: dict[str, list[float]] = field(default_factory=lambda: defaultdict(lambda: [0.0, 0.0]))

    def add(self, name: str, amount: float) -> None:
        """Counts one more, of which `amount` holds."""
        self.counts[name][0] += amount
        self.counts[name][1] += 1

    def table(self) -> dict[str, dict[str, float]]:
        """{"value", "n"} by name."""
        return {name: {"value": round(held / of, 4), "n": of} for name, (held, of) in self.counts.items() if of}


def measure(base: KnowledgeBase, answers: Sequence[Recorded]) -> dict[str, dict[str, float]]:
    """The figures over the recorded answers of one base."""
    shares, chance = Shares(), random.Random(SEED)
    model = ChatModel("", lambda: "", context_tokens=SERVER_CONTEXT, profile="whole")
    seconds, proven = 0.0, 0
    for one in answers:
        _measure_prompt(base, one, model, shares)
        shares.add("answerable refused" if _answerable(one) else "unanswerable refused", one.refuses)
        if one.refuses:
            continue
        prover = Prover(one.sources, one.question)
        good = pieces(one.answer)
        began = time.perf_counter()
        for piece in good:
            shares.add("good kept", not prover.prove(piece).fault)
        seconds += time.perf_counter() - began
        proven += len(good)
        own = sentences(one.answer)
        for kind, false in made(own, one.sources, chance):
            shares.add(f"caught: {kind}", bool(prover.prove(false).fault))
        for kind, text in one.false.items():
            numbers = tuple(numbers_in(text)) or own[0].numbers
            written = Piece("sentence", without_marks(text), numbers, 0)
            shares.add(f"caught, written by hand: {kind}", bool(prover.prove(written).fault))
        others = [other for other in answers if other is not one and not other.refuses]
        strange = chance.choice(sentences(chance.choice(others).answer) or own)
        shares.add("caught: invented", bool(prover.prove(Piece("sentence", strange.text, own[0].numbers, 0)).fault))
        for piece in own:
            if not prover.prove(piece).fault and (number := _another(piece, one, chance)):
                put_right = prover.prove(Piece(piece.kind, piece.text, (number,), piece.line))
                shares.add("wrong number put right", not put_right.fault)
    table = shares.table()
    table["milliseconds a sentence"] = {"value": round(1000 * seconds / max(1, proven), 1), "n": proven}
    return table


def _answerable(one: Recorded) -> bool:
    return not one.row.get("unanswerable") and one.row["documents"] != ["absent.md"]


def _another(piece: Piece, one: Recorded, chance: random.Random) -> int | None:
    others = [source.number for source in one.sources if source.number not in piece.numbers]
    return chance.choice(others) if others else None


def _measure_prompt(base: KnowledgeBase, one: Recorded, model: ChatModel, shares: Shares) -> None:
    """What of the expected facts and quotes the passages hold that a model would read today, and their tokens."""
    history = [Message(turn["role"], turn["content"]) for turn in one.row.get("history", [])]
    hits = base.search(one.question, history=history, k=PASSAGES_FOUND)
    if not history:  # a follow-up is not a question that a reader can be asked
        hits = worth_reading(base.explain(one.question), hits, LazyReader(Settings.load()))
    read = extracts(hits, model.reading_budget, model.count_tokens)
    text = written_out(read)
    shares.add("prompt tokens", model.count_tokens(text))
    for fact in one.row.get("expected_facts", []):
        shares.add("facts in the prompt", holds(text, [fact] if isinstance(fact, str) else fact))
    if sets := one.row.get("expected_quotes"):
        there = [set(stems(line)) for extract in read for line in extract.text.splitlines()]
        shares.add("quotes in the prompt", max(_share_of(quotes, there) for quotes in sets))


def _share_of(quotes: Sequence[str], there: Sequence[set[str]]) -> float:
    """The share of the sentences of one sufficient set that a line of the passages holds."""
    held = 0
    for quote in quotes:
        wanted = set(stems(quote))
        held += not wanted or any(len(wanted & line) >= _HELD * len(wanted) for line in there)
    return held / len(quotes)
