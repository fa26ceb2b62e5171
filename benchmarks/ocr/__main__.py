"""Characters misread on scanned pages, and seconds a page: the letter of the tests, and pages made of known text.

    python -m benchmarks.ocr [--pages N]

Of paragraphs of the bundled corpus, a page is set for each look (noise, askew, grey, small type, two columns), drawn at
200 dpi, aged, and recognised as an ingestion does. Wrong characters are the edit distance to the true text, over its
length, runs of white space counting as one space. Times are the processor's: a page is read by one thread, and an
ingestion reads two pages at a time. `relative` is that time over the time of a fixed product of matrices, measured
right before each page: it tells a slow machine from a slow reader.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rapidfuzz.distance import Levenshtein

from benchmarks.ocr.scanned_pages import LOOKS, page_image, scanned
from benchmarks.report import Target, busy, machine, save, table
from benchmarks.support.bench_data import ROOT
from ingest.readers.ocr.tasks import recognise

LETTER = ROOT / "tests" / "data" / "cases" / "pdf_scan" / "courrier-2025-117.pdf"
TRUE_LETTER = (
    (
        "Direction départementale des territoires Courrier du 9 septembre 2025 "
        "Objet : convention de relogement de la cité des Tanneurs Monsieur le Maire, "
        "J'ai l'honneur de vous notifier l'accord de l'État sur le relogement des 138 ménages de la cité des Tanneurs. "
        "La participation de l'État s'élève à 412 600 euros, versée en deux fois : 60 % à la signature, le solde à "
        "l'achèvement, au plus tard le 30 juin 2027."
    ),
    (
        "Le comité de suivi se réunit chaque trimestre à la sous-préfecture. Son secrétariat est assuré par Mme Hélène "
        "Garrigue. Je vous prie d'agréer, Monsieur le Maire, mes salutations distinguées."
    ),
)
MOST_WRONG = 0.02  # of the characters
# By the clock on two cores that do nothing else: half the processor time of the look that takes longest.
MOST_SECONDS = 6.0
_LETTERS = 2_600  # characters of a page of 11 points; of smaller type more fit on it
_PRODUCTS, _SIDE = 8, 1_000  # some 16 thousand million operations: half a second or less


@dataclass(frozen=True, slots=True)
class Measured:
    """A page: its characters, how many were wrong, seconds of processor and by the clock, and of the reference."""

    look: str
    characters: int
    wrong: int
    seconds: float
    clock: float
    reference: float


def paragraphs(folder: Path) -> Iterator[str]:
    """Paragraphs of prose of the corpus: no headings, lists, tables or links."""
    for path in sorted(folder.glob("*.md")):
        for part in path.read_text(encoding="utf-8").split("---", 2)[-1].split("\n\n"):
            text = " ".join(part.split())
            if len(text) > 120 and text[0].isalpha() and not set("*[]|_`") & set(text):
                yield text


def filled(texts: Iterator[str], letters: float) -> list[str]:
    """The next paragraphs, as many as have so many letters together."""
    taken: list[str] = []
    for text in texts:
        if sum(map(len, taken)) + len(text) > letters:
            return taken
        taken.append(text)
    return taken


def measure(look: str, content: bytes, page: int, true: str) -> Measured:
    """A page of a PDF, recognised in this process."""
    reference = _reference()
    processor, clock = time.process_time(), time.perf_counter()
    found = recognise(content, {"page": page})
    processor, clock = time.process_time() - processor, time.perf_counter() - clock
    read = " ".join(" ".join(line["text"] for line in found["lines"]).split())
    wrong = Levenshtein.distance(true, read)
    return Measured(look, len(true), wrong, processor, clock, reference)


def _reference() -> float:
    """Seconds of processor of a product of matrices of fixed size, several times over."""
    matrix = np.random.default_rng(0).random((_SIDE, _SIDE), dtype=np.float32)
    began = time.process_time()
    for _ in range(_PRODUCTS):
        matrix @ matrix
    return time.process_time() - began


def figures(pages: Sequence[Measured]) -> dict[str, Any]:
    """Of pages of one look: the share of wrong characters, and the mean times."""
    count = len(pages)
    return {
        "pages": count,
        "characters": sum(page.characters for page in pages),
        "wrong": sum(page.wrong for page in pages) / sum(page.characters for page in pages),
        "seconds": sum(page.seconds for page in pages) / count,
        "clock": sum(page.clock for page in pages) / count,
        "relative": sum(page.seconds for page in pages) / sum(page.reference for page in pages),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=1, metavar="N", help="pages of each look (default: 1)")
    options = parser.parse_args()
    about = machine()
    loads = [about["load_average"]]
    texts = paragraphs(ROOT / "corpus" / "documents")
    letter = LETTER.read_bytes()
    looks = {"the letter of the tests": [measure("letter", letter, n, true) for n, true in enumerate(TRUE_LETTER)]}
    for look in LOOKS:
        looks[look.name] = []
        for _ in range(options.pages):
            taken = filled(texts, _LETTERS * (11 / look.size) ** 1.5 / (1 + 0.1 * (look.columns - 1)))
            content = scanned([page_image(taken, look)])
            looks[look.name].append(measure(look.name, content, 0, " ".join(taken)))
            loads.append(machine()["load_average"])
            print(looks[look.name][-1], flush=True)
    measured = {name: figures(pages) for name, pages in looks.items()}
    rows = [
        [
            name,
            f"{row['characters']:,}",
            f"{row['wrong']:.2%}",
            *(f"{row[key]:.1f}" for key in ("seconds", "clock", "relative")),
        ]
        for name, row in measured.items()
    ]
    print(table(["", "characters", "wrong", "seconds", "by the clock", "relative"], rows))
    worst = max(measured, key=lambda name: float(measured[name]["wrong"]))
    slowest = max(measured, key=lambda name: float(measured[name]["seconds"]))
    why = f"{slowest}; {busy(loads, about['cores'])}"
    letter_wrong = measured["the letter of the tests"]["wrong"]
    slow = measured[slowest]["seconds"] / 2
    targets = [
        Target("characters misread in the letter of the tests", letter_wrong, MOST_WRONG, at_most=True),
        Target(f"characters misread, {worst}", measured[worst]["wrong"], MOST_WRONG, at_most=True),
        Target("a page, two at a time on two cores", slow, MOST_SECONDS, "s", at_most=True, reason=why),
    ]
    save("ocr", {"looks": measured, "load": max(loads)}, targets, about)


if __name__ == "__main__":
    main()
