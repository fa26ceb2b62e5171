"""Ingestion of the same folder by Repères and by LlamaIndex, and the encoder's own rate on what Repères embedded.

    python -m benchmarks.ingestion [--rounds 3]

From files on the disk to an index on the disk; starting a process and loading a model are left out on both sides.
The two take turns, the first of a round being the second of the next, so that whatever else the machine does weighs
on both; a ratio is that of the two times of one round. The encoder's own rate is measured in each round too: the
texts that Repères embedded (passages and titles of sections), handed to the encoder at once.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.bench_data import BenchData, bench_data
from benchmarks.report import Target, busy, encoder_in_words, machine, save, table
from benchmarks.rival_process import require_rivals, run_rival
from benchmarks.wrapped_encoder import TimedEncoder
from ingest.pipeline import ingest
from kb.models.encoder import Encoder
from kb.models.packaged_e5 import packaged_e5_folder
from kb.models.sentence_encoder import load_encoder
from kb.settings import Settings

FASTER_THAN_LLAMAINDEX = 3.0
SHARE_OF_ENCODER = 0.90


@dataclass(frozen=True, slots=True)
class Round:
    """The seconds of one round, the parts of ours that encoding and counting tokens took, and the load after it."""

    ours: float
    encoding: float
    counting: float
    encoder_alone: float
    llamaindex: float
    load: float


def our_turn(data: BenchData, encoder: Encoder) -> tuple[float, TimedEncoder, int]:
    """Seconds of one ingestion into a new store, what the encoder was given, and the passages that came of it."""
    timed = TimedEncoder(encoder)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings.load(store=Path(folder) / "store")
        began = time.perf_counter()
        report = ingest([data.documents], settings, timed)
        seconds = time.perf_counter() - began
    if report.failed:
        raise SystemExit(f"documents that could not be ingested: {report.failed}")
    return seconds, timed, report.passages


def their_turn(data: BenchData, model: Path) -> dict[str, Any]:
    """LlamaIndex's default ingestion into a new Chroma store."""
    with tempfile.TemporaryDirectory() as folder:
        return run_rival("ingestion", model=str(model), documents=str(data.documents), store=folder)


def alone(encoder: Encoder, texts: Sequence[str]) -> float:
    """Seconds that the encoder takes for `texts`, at once."""
    began = time.perf_counter()
    encoder.encode(texts, "passage")
    return time.perf_counter() - began


def targets(rounds: Sequence[Round], cores: int) -> list[Target]:
    """At least three times as fast as LlamaIndex, and near what the encoder alone allows."""
    loads = busy([each.load for each in rounds], cores)
    ratio = median(each.llamaindex / each.ours for each in rounds)
    share = median(each.encoder_alone / each.ours for each in rounds)
    encoding = median(each.encoding / each.ours for each in rounds)
    counting = median(each.counting / each.ours for each in rounds)
    bound = median(each.llamaindex / each.encoder_alone for each in rounds)
    return [
        Target(
            "ingestion, times as fast as LlamaIndex",
            ratio,
            FASTER_THAN_LLAMAINDEX,
            reason=f"with everything but the encoder free of cost it would be {bound:.2f}; {loads}",
        ),
        Target(
            "ingestion, share of the encoder's own rate",
            share,
            SHARE_OF_ENCODER,
            reason=f"of the ingestion's time {encoding:.0%} is encoding, {counting:.0%} counting tokens, the rest "
            f"reading, cutting and writing the store; {loads}",
        ),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3, help="rounds, each of about two minutes")
    options = parser.parse_args()
    data, about = bench_data(), machine()
    require_rivals()
    settings = Settings.load()
    encoder = load_encoder(settings)
    model = packaged_e5_folder(settings.cache / "models")
    about["encoder"] = encoder_in_words(encoder, settings)
    encoder.encode(["Un premier texte, pour que tout soit prêt."] * 32, "passage")

    rounds: list[Round] = []
    passages, texts = 0, 0
    theirs: dict[str, Any] = {}
    for number in range(max(1, options.rounds)):
        if number % 2:
            theirs = their_turn(data, model)
        ours, timed, passages = our_turn(data, encoder)
        encoder_alone = alone(encoder, timed.texts)
        if not number % 2:
            theirs = their_turn(data, model)
        texts = len(timed.texts)
        rounds.append(
            Round(ours, sum(timed.seconds), timed.counting, encoder_alone, theirs["seconds"], os.getloadavg()[0])
        )

    print(about["encoder"])
    print(f"Repères: {passages} passages, {texts} texts embedded (titles too)")
    print(f"LlamaIndex ({theirs['version']}): {theirs['passages']} passages embedded in fp32\n")
    header = ["round", "Repères s", "encoder alone s", "LlamaIndex s", "LlamaIndex / Repères", "encoder / Repères"]
    lines = [
        [
            str(number),
            f"{each.ours:.1f}",
            f"{each.encoder_alone:.1f}",
            f"{each.llamaindex:.1f}",
            f"{each.llamaindex / each.ours:.2f}",
            f"{each.encoder_alone / each.ours:.2f}",
        ]
        for number, each in enumerate(rounds, start=1)
    ]
    print(table(header, lines))
    figures = {
        "passages": passages,
        "texts_embedded": texts,
        "llamaindex": {"version": theirs["version"], "passages": theirs["passages"]},
        "rounds": [
            {
                "reperes_seconds": each.ours,
                "of_which_encoding": each.encoding,
                "of_which_counting_tokens": each.counting,
                "encoder_alone_seconds": each.encoder_alone,
                "llamaindex_seconds": each.llamaindex,
                "llamaindex_over_reperes": each.llamaindex / each.ours,
                "encoder_alone_over_reperes": each.encoder_alone / each.ours,
            }
            for each in rounds
        ],
    }
    save("ingestion", figures, targets(rounds, about["cores"]), about)


if __name__ == "__main__":
    main()
