"""Bringing a base up to date: a folder that did not change, and one new article in a large base.

    python -m benchmarks.sync [--documents 1000] [--passages 100000] [--rounds 3]

The first times an ingestion of a folder in which nothing changed (in a process that has loaded the model, since that
is not work on documents), and the same as a command. The second copies the base of `benchmarks.scale`, opens it for
questions, starts the command that ingests one new article and asks until the article is found: the time from the start
of the command to the first search that finds it, and the part of it that is not starting a process and loading a model.
"""

from __future__ import annotations

import argparse
import functools
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median

from benchmarks.crash import write_documents
from benchmarks.report import Target, machine, save, table
from benchmarks.scaling.base import base
from benchmarks.support.bench_data import ROOT, bench_data
from ingest.pipeline import ingest
from kb.knowledge import KnowledgeBase
from kb.models.encoder import Encoder
from kb.models.sentence_encoder import load_encoder
from kb.settings import Settings

UNCHANGED_SECONDS = 2.0
SEARCHABLE_SECONDS = 3.0
_ARTICLE = (
    "# Le Quincampoix {number}\n\nLe comité du Quincampoix numéro {number} a retenu quatorze projets de jardins "
    "partagés pour les quartiers de la ville."
)


def command(*arguments: str) -> list[str]:
    """The command line of `reperes`, in a process of its own."""
    return [sys.executable, "-m", "app", *arguments, "--json"]


def timed(action: Callable[[], object]) -> float:
    """Seconds that `action` takes."""
    began = time.monotonic()
    action()
    return time.monotonic() - began


def unchanged(folder: Path, settings: Settings, encoder: Encoder, documents: int, rounds: int) -> tuple[float, float]:
    """Seconds of an ingestion of an unchanged folder: in this process, and as a command."""
    write_documents(folder, version=2, documents=documents + documents // 9)
    for extra in sorted(folder.iterdir())[documents:]:
        extra.unlink()
    report = ingest([folder], settings, encoder)
    assert report.added == documents, report
    again = functools.partial(ingest, [folder], settings, encoder)
    here = median(timed(again) for _ in range(rounds))
    whole = command("ingest", str(folder), "--store", str(settings.store))
    there = median(
        timed(lambda: subprocess.run(whole, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)) for _ in range(rounds)
    )
    return here, there


def searchable(folder: Path, settings: Settings, encoder: Encoder, rounds: int) -> tuple[list[float], list[float]]:
    """Seconds until a new article is found: the work that its ingestion reports, and from the start of the command."""
    worked: list[float] = []
    found: list[float] = []
    folder.mkdir()
    with KnowledgeBase.open(settings, encoder) as opened:
        opened.search("jardins partagés")
        for number in range(rounds):
            path = folder / f"article-{number}.md"
            path.write_text(_ARTICLE.format(number=number), encoding="utf-8")
            ingesting = command("ingest", str(path), "--source", "neufs", "--store", str(settings.store))
            question = f"Quels projets pour le Quincampoix numéro {number} ?"
            before = opened.generation()
            began = time.monotonic()
            with subprocess.Popen(ingesting, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
                # Searching all the time would take the cores from the command; a reader asks once something is new.
                while opened.generation() == before:
                    time.sleep(0.02)
                while not any(hit.document.id == path.name for hit in opened.search(question)):
                    time.sleep(0.02)
                found.append(time.monotonic() - began)
                worked.append(json.loads(process.communicate()[0])["seconds"])
    return worked, found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=1000)
    parser.add_argument("--passages", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    about = machine()
    settings = Settings.load()
    encoder = load_encoder(settings)
    with tempfile.TemporaryDirectory(prefix="reperes-sync-") as scratch:
        root = Path(scratch)
        first = replace(settings, store=root / "unchanged")
        here, there = unchanged(root / "docs", first, encoder, arguments.documents, arguments.rounds)
        large = base(arguments.passages, bench_data(), encoder, settings.cache)
        shutil.copytree(large, root / "large")
        second = replace(settings, store=root / "large")
        worked, found = searchable(root / "new", second, encoder, arguments.rounds)
    rows = [
        [f"{arguments.documents} unchanged documents", f"{here:.2f} s", f"{there:.2f} s"],
        [
            f"one article more in {arguments.passages} passages, until found",
            f"{median(worked):.2f} s",
            f"{median(found):.2f} s",
        ],
    ]
    print(table(["", "model loaded", "as a command"], rows))
    targets = [
        Target("unchanged documents", here, UNCHANGED_SECONDS, "s", at_most=True),
        Target(
            "a new article is found, from the start of the command",
            median(found),
            SEARCHABLE_SECONDS,
            "s",
            at_most=True,
        ),
    ]
    figures = {"unchanged": here, "unchanged_command": there, "worked": worked, "found": found}
    save("sync", figures, targets, about)


if __name__ == "__main__":
    main()
