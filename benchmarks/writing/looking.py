"""Good answers and false sentences before the product's own repair and second look, both played from what is kept."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.writing.counting import Stages
from benchmarks.writing.played import Judge, Prompt, Writer
from benchmarks.writing.recorded import Recorded
from kb.answering.proof.draft import Piece, pieces
from kb.answering.proof.proving import Proof
from kb.answering.writing import second_look, whole_prompt
from kb.answering.writing.second_look import rejected
from kb.answering.writing.whole import SECOND_LOOK, Written, write
from kb.errors import LanguageModelError
from kb.evaluation.scoring.metrics import fact_recall
from kb.text.folding import fold
from kb.text.stems import stems

GOOD = "good"


@dataclass(frozen=True)
class FalseSentence:
    """A false sentence that the proof let pass: its kind, what proves it, and the good sentence that it stands for."""

    kind: str
    piece: Piece
    proof: Proof
    place: int


@dataclass(frozen=True)
class Shown:
    """What a reader is shown of a good answer: by the proof alone, with a repair, and after a second look too."""

    proven: Written
    repaired: Written
    looked: Written
    seconds: float
    """Of the proof alone."""

    def facts(self, facts: Sequence[Sequence[str]], question: str) -> list[float]:
        """The share of the expected facts that each of the three shows; none where the first sentence fell."""
        return [
            fact_recall(one.text, facts, question) if one.outcome == "answered" else 0.0
            for one in (self.proven, self.repaired, self.looked)
        ]


@dataclass
class Again:
    """The repairs and verdicts that are recorded, and the prompts that lack one."""

    base: str
    verdicts: Mapping[str, str]
    repairs: Mapping[str, str]

    def __post_init__(self) -> None:
        self.judge = Judge(self.verdicts)
        self.looks: list[Prompt] = []
        self.requests: list[Prompt] = []

    def show(self, one: Recorded, kept: Stages) -> Shown:
        """A good answer as the product would show it; its sentences are counted in `kept`."""
        found = [source.extract for source in one.sources]
        began = time.perf_counter()
        *_, proven = write(Writer(one.answer, {}), one.question, found)
        seconds = time.perf_counter() - began
        writer = Writer(one.answer, self.repairs)
        before = len(self.judge.looks)
        *_, looked = write(writer, one.question, found, checker=self.judge)
        self.requests += [Prompt(whole_prompt.SYSTEM, user, (f"{self.base}/repair",)) for user in writer.lacking]
        repaired = looked
        said: list[str | None] = []
        if len(self.judge.looks) > before:
            said = self._noted([GOOD] * len(self.judge.looks[-1].said))
        if "non" in said:
            *_, repaired = write(Writer(one.answer, self.repairs), one.question, found)
        of = len({fold(piece.text) for piece in pieces(one.answer)})
        kept.add(of, _standing(proven, of), _standing(repaired, of), said)
        return Shown(proven, repaired, looked, seconds)

    def look(
        self, one: Recorded, good: Sequence[tuple[Piece, Proof]], false: Sequence[FalseSentence]
    ) -> list[str | None]:
        """What is said of each false sentence of `false`, shown as the product shows it: among the others of its
        answer (`good`), in place of the one that it was made of. One request shows one false variant of a sentence.
        """
        by_place: dict[int, list[int]] = defaultdict(list)
        for which, sentence in enumerate(false):
            by_place[sentence.place].append(which)
        said: list[str | None] = [None] * len(false)
        for turn in range(max(map(len, by_place.values()), default=0)):
            asked: list[tuple[int | None, Piece, Proof]] = []
            for place, (piece, proof) in enumerate(good):
                some = by_place[place]
                if turn < len(some):
                    asked.append((some[turn], false[some[turn]].piece, false[some[turn]].proof))
                else:
                    asked.append((None, piece, proof))
            asked = [(number, piece, proof) for number, piece, proof in asked if proof.units]
            verdicts = self._judged(one, asked, false)
            for (number, _, _), verdict in zip(asked, verdicts, strict=True):
                if number is not None:
                    said[number] = verdict
        return said

    def _judged(
        self, one: Recorded, asked: Sequence[tuple[int | None, Piece, Proof]], false: Sequence[FalseSentence]
    ) -> list[str | None]:
        before = len(self.judge.looks)
        try:
            rejected(self.judge, one.question, [(piece.text, proof.units) for _, piece, proof in asked])
        except LanguageModelError:  # longer than a model reads: the product shows all of it
            return [""] * len(asked)
        if len(self.judge.looks) == before:
            return []
        return self._noted([GOOD if number is None else false[number].kind for number, _, _ in asked])

    def _noted(self, kinds: Sequence[str]) -> list[str | None]:
        """What the last look said; where something is lacking, its prompt is kept."""
        look = self.judge.looks[-1]
        if look.lacking:
            lacking = tuple(f"{self.base}/{kinds[place]}" for place in look.lacking)
            self.looks.append(Prompt(second_look.SYSTEM, look.user, lacking))
        return look.said


def nearest(text: str, own: Sequence[Piece]) -> int:
    """The place of the sentence that shares most with `text`: the one that a false variant was made of."""
    said = set(stems(text))
    return max(range(len(own)), key=lambda place: len(said & set(stems(own[place].text))))


def _standing(written: Written, of: int) -> int:
    """How many of the sentences stand that the proof, and a second look, had to do with before the look's own no."""
    if written.outcome == "refused":
        return 0
    return of - sum(reason != SECOND_LOOK for _, reason in written.removed)
