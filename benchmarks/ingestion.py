"""Ingestion of the same folder by Repères and by LlamaIndex, and the encoder's own rate on what Repères embedded.

    python -m benchmarks.ingestion [--rounds 3]

From files on the disk to an index on the disk; starting a process and loading a model are left out on both sides.
The two take turns, the first of a round being the second of the next, so that whatever else the machine does weighs
on both; a ratio is that of the two times of one round. The encoder's own rate is measured in each round too: the
texts that Repères embedded (passages and titles of sections), handed to the encoder at once.
"""

from __future__ import annotations

import argparse
import functools
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.report import Target, busy, encoder_in_words, machine, save, table
from benchmarks.rivals.process import require_rivals, run_rival
from benchmarks.support.bench_data import BenchData, bench_data
from benchmarks.support.wrapped_encoder import TimedEncoder
from ingest.pipeline import ingest
from ingest.report import IngestReport
from kb.models.packaged.e5 import packaged_e5_folder
from kb.models.sentence_encoder import load_encoder
from kb.settings import Settings

FASTER_THAN_LLAMAINDEX = 3.0
SHARE_OF_ENCODER = 0.90


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds of wall clock, and of processor over all threads: these count less of what else the machine does."""

    wall: float
    processor: float


@dataclass(frozen=True, slots=True)
class Round:
    """What one round took, the seconds of ours that encoding and counting tokens took, and the load after it."""

    ours: Spent
    encoder_alone: Spent
    llamaindex: Spent
    encoding: float
    counting: float
    load: float


def spent(run: Callable[[], Any]) -> Spent:
    """What a call takes."""
    wall, processor = time.perf_counter(), time.process_time()
    run()
    return Spent(time.perf_counter() - wall, time.process_time() - processor)


def our_turn(data: BenchData, timed: TimedEncoder) -> tuple[Spent, int]:
    """What an ingestion into a new store takes, and the passages that come of it."""
    reports: list[IngestReport] = []
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings.load(store=Path(folder) / "store")
        taken = spent(lambda: reports.append(ingest([data.documents], settings, timed)))
    if reports[0].failed:
        raise SystemExit(f"documents that could not be ingested: {reports[0].failed}")
    return taken, reports[0].passages


def their_turn(data: BenchData, model: Path) -> dict[str, Any]:
    """LlamaIndex's default ingestion into a new Chroma store."""
    with tempfile.TemporaryDirectory() as folder:
        return run_rival("ingestion", model=str(model), documents=str(data.documents), store=folder)


def targets(rounds: Sequence[Round], cores: int) -> list[Target]:
    """At least three times as fast as LlamaIndex, and near what the encoder alone allows."""
    loads = busy([timed.load for timed in rounds], cores)
    encoding = median(timed.encoding / timed.ours.wall for timed in rounds)
    counting = median(timed.counting / timed.ours.wall for timed in rounds)
    bound = median(timed.llamaindex.wall / timed.encoder_alone.wall for timed in rounds)
    faster = median(timed.llamaindex.processor / timed.ours.processor for timed in rounds)
    share = median(timed.encoder_alone.processor / timed.ours.processor for timed in rounds)
    return [
        Target(
            "ingestion, times as fast as LlamaIndex",
            median(timed.llamaindex.wall / timed.ours.wall for timed in rounds),
            FASTER_THAN_LLAMAINDEX,
            reason=f"{faster:.2f} in processor time; {bound:.2f} if all but the encoder cost nothing; {loads}",
        ),
        Target(
            "ingestion, share of the encoder's own rate",
            median(timed.encoder_alone.wall / timed.ours.wall for timed in rounds),
            SHARE_OF_ENCODER,
            reason=f"{share:.2f} in processor time; encoding runs for {encoding:.0%} of the time and counting "
            f"tokens for {counting:.0%}, beside or between reading, cutting and writing the store; {loads}",
        ),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3, help="rounds, each of some minutes")
    options = parser.parse_args()
    data, about = bench_data(), machine()
    require_rivals()
    settings = Settings.load()
    encoder = load_encoder(settings)
    model = packaged_e5_folder(settings.cache / "models")
    about["encoder"] = encoder_in_words(encoder, settings)
    encoder.encode(["Un premier texte, pour que tout soit prêt."] * 32, "passage")

    rounds: list[Round] = []
    passages = 0
    texts: list[str] = []
    theirs: dict[str, Any] = {}
    for number in range(max(1, options.rounds)):
        if number % 2:
            theirs = their_turn(data, model)
        timed = TimedEncoder(encoder)
        ours, passages = our_turn(data, timed)
        texts = timed.texts
        encoder_alone = spent(functools.partial(encoder.encode, texts, "passage"))
        if not number % 2:
            theirs = their_turn(data, model)
        rounds.append(
            Round(
                ours,
                encoder_alone,
                Spent(theirs["seconds"], theirs["processor_seconds"]),
                sum(timed.seconds),
                timed.counting,
                os.getloadavg()[0],
            )
        )

    print(about["encoder"])
    print(f"Repères: {passages} passages, {len(texts)} texts embedded (titles too)")
    print(f"LlamaIndex ({theirs['version']}): {theirs['passages']} passages embedded in fp32\n")
    header = ["round", "Repères s", "encoder alone s", "LlamaIndex s", "LlamaIndex / Repères", "encoder / Repères"]
    lines = [
        [
            str(number),
            f"{timed.ours.wall:.1f}",
            f"{timed.encoder_alone.wall:.1f}",
            f"{timed.llamaindex.wall:.1f}",
            f"{timed.llamaindex.wall / timed.ours.wall:.2f}",
            f"{timed.encoder_alone.wall / timed.ours.wall:.2f}",
        ]
        for number, timed in enumerate(rounds, start=1)
    ]
    print(table(header, lines))
    figures = {
        "passages": passages,
        "texts_embedded": len(texts),
        "llamaindex": {"version": theirs["version"], "passages": theirs["passages"]},
        "rounds": [
            {
                **asdict(timed),
                "llamaindex_over_reperes": timed.llamaindex.wall / timed.ours.wall,
                "encoder_alone_over_reperes": timed.encoder_alone.wall / timed.ours.wall,
            }
            for timed in rounds
        ],
    }
    save("ingestion", figures, targets(rounds, about["cores"]), about)


if __name__ == "__main__":
    main()
