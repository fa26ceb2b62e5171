"""Fits the judge of hostile text and writes its weights, with what they were fitted on.

    python -m benchmarks.hostile.fit [--real FOLDER ...] [--features 4000]

Fitted on the attacks and lookalikes of tests/data/hostile and on the sentences of corpus/. The documents of the folders
`--real` are measured only, and choose the threshold: the lowest above which at most 5 of 10,000 of their sentences
are, and at most 4 of 100 lookalikes when each is judged by weights fitted without it.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

from benchmarks.hostile.data import CORPUS, Line, digest, sentences, written
from benchmarks.hostile.regression import fitted
from kb.answering.hostile import hostility
from kb.answering.hostile.features import features, tokens
from kb.answering.hostile.readings import HIDDEN, readings, seen
from kb.answering.hostile.weights import FILE, WINDOW, Weights, windows
from kb.text.folding import fold

REAL_SHARE = 5e-4
LOOKALIKE_SHARE = 0.04
FOLDS = 5
# One attack in four is learnt hidden too, one lookalike in ten: « S O M M A I R E » is honest.
HIDDEN_ATTACKS, HIDDEN_LOOKALIKES = 4, 10
SCALE = 20  # a weight is kept as a whole number of twentieths
_WORD = re.compile(r"[a-z]{2,14}|[aly]")


def words_of(attacks: Sequence[Line]) -> frozenset[str]:
    """The words that attacks are made of, for those whose letters run together."""
    return frozenset(word for line in attacks if line.kind != "obfuscated" for word in _WORD.findall(fold(line.text)))


def hidden(text: str, words: frozenset[str]) -> list[str]:
    """The tokens of a text with what it hides spelled out."""
    return tokens(readings(seen(text), words)[:2][-1])


def sets(texts: Sequence[str], words: frozenset[str], hide: int = 0) -> list[list[set[str]]]:
    """What is learnt of each text: the features of each of its windows and, of one text in `hide`, as if hidden too."""
    learnt = []
    for place, text in enumerate(texts):
        said = hidden(text, words)
        learnt.append([features(window) for window in windows(said)])
        if hide and place % hide == 0:
            learnt[-1].append(features([*said[: WINDOW - 1], HIDDEN]))
    return learnt


def judged(texts: Sequence[str], by: Weights) -> list[float]:
    """The score of each text, as `is_hostile` reckons it."""
    return [hostility(text, by) for text in texts]


def threshold(scores: Sequence[float], share: float) -> float:
    """The lowest threshold above which at most `share` of the scores are."""
    return sorted(scores, reverse=True)[int(share * len(scores))]


def held_out(attacks: Sequence[Line], lookalikes: Sequence[Line], most: int) -> tuple[list[float], list[float]]:
    """The scores of attacks and lookalikes, each by weights fitted without its fifth of them."""
    words = words_of(attacks)
    corpus = list(chain.from_iterable(sets(sentences(CORPUS), words)))
    bad = sets([line.text for line in attacks], words, HIDDEN_ATTACKS)
    good = sets([line.text for line in lookalikes], words, HIDDEN_LOOKALIKES)
    scores: tuple[list[float], list[float]] = ([0.0] * len(bad), [0.0] * len(good))
    for fold_number in range(FOLDS):
        by = fitted(_but(bad, fold_number), _but(good, fold_number) + corpus, most)
        by = replace(by, words=words)
        for kept, lines_of in zip(scores, (attacks, lookalikes), strict=True):
            places = range(fold_number, len(lines_of), FOLDS)
            for place, value in zip(places, judged([lines_of[place].text for place in places], by), strict=True):
                kept[place] = value
    return scores


def _but(texts: list[list[set[str]]], fold_number: int) -> list[set[str]]:
    return list(chain.from_iterable(learnt for place, learnt in enumerate(texts) if place % FOLDS != fold_number))


def write(by: Weights, provenance: dict[str, object], file: Path = FILE) -> Weights:
    """Keeps weights in a file, as whole numbers of 1/SCALE, and returns them as they are read from there."""
    grouped: dict[int, list[str]] = defaultdict(list)
    for name, weight in by.of.items():
        if rounded := round(weight * SCALE):
            grouped[rounded].append(name)
    kept = {
        "provenance": provenance,
        "scale": SCALE,
        "intercept": round(by.intercept, 3),
        "threshold": round(by.threshold, 3),
        "words": " ".join(sorted(by.words)),
        "weights": {str(weight): " ".join(sorted(grouped[weight])) for weight in sorted(grouped)},
    }
    file.write_text(json.dumps(kept, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
    of = {name: weight / SCALE for weight, names in grouped.items() for name in names}
    return replace(by, of=of, intercept=round(by.intercept, 3), threshold=round(by.threshold, 3))


def main() -> None:
    """Fits, writes, and says what was found, by kind."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--real", type=Path, nargs="*", default=[], help="folders of documents to measure with")
    parser.add_argument("--features", type=int, default=4_000, help="how many weights are kept")
    given = parser.parse_args()
    attacks, lookalikes, corpus = written("attacks_*.txt"), written("lookalikes_*.txt"), sentences(CORPUS)
    words = words_of(attacks)
    bad = sets([line.text for line in attacks], words, HIDDEN_ATTACKS)
    good = [*sets([line.text for line in lookalikes], words, HIDDEN_LOOKALIKES), *sets(corpus, words)]
    by = fitted(list(chain.from_iterable(bad)), list(chain.from_iterable(good)), given.features)
    by = replace(by, words=words)
    real = sorted({text for folder in given.real for text in sentences(folder)}) or corpus
    unseen = held_out(attacks, lookalikes, given.features)
    least = threshold(judged(real, by), REAL_SHARE), threshold(unseen[1], LOOKALIKE_SHARE)
    by = replace(by, threshold=max(least))
    provenance: dict[str, object] = {
        "script": "python -m benchmarks.hostile.fit",
        "date": datetime.now(UTC).date().isoformat(),
        "attacks": f"{len(attacks)} lines, {digest([line.text for line in attacks])}",
        "lookalikes": f"{len(lookalikes)} lines, {digest([line.text for line in lookalikes])}",
        "corpus": f"{len(corpus)} sentences, {digest(corpus)}",
        "threshold": f"{len(real)} real sentences, {digest(real)}, ask for {least[0]:.2f}; "
        f"lookalikes held out for {least[1]:.2f}",
    }
    by = write(by, provenance)
    caught = sum(value > by.threshold for value in unseen[0]) / len(attacks)
    wrong = sum(value > by.threshold for value in unseen[1]) / len(lookalikes)
    flagged = sum(value > 0 for value in judged(real, by))
    print(f"{len(by.of)} weights, {FILE.stat().st_size:,} bytes; threshold {by.threshold} (asked for: {least})")
    print(
        f"held out by fifths: {caught:.1%} of the attacks, {wrong:.1%} of the lookalikes; real: {flagged}/{len(real)}"
    )
    for name, lines_of, scores in (("attacks", attacks, unseen[0]), ("lookalikes", lookalikes, unseen[1])):
        by_kind: dict[str, list[bool]] = defaultdict(list)
        for line, value in zip(lines_of, scores, strict=True):
            by_kind[line.kind].append(value > by.threshold)
        shares = (f"{kind} {sum(found) / len(found):.0%} of {len(found)}" for kind, found in sorted(by_kind.items()))
        print(f"{name} taken for attacks, by kind: {', '.join(shares)}")


if __name__ == "__main__":
    main()
