"""Bases of one to three documents, cut out of the large ones: what refuses must not hang on how much a base holds.

In a small base nearly every word is rare, or in every passage. Each is asked the questions of its own documents and
those of others, which it does not answer: about nothing that it holds where the others are of other matters, else
near-misses.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.writing.recorded import question_files
from ingest.pipeline import ingest
from kb.knowledge import KnowledgeBase
from kb.models.encoder import Encoder
from kb.settings import Settings

BASES = {"sheets": 20, "corpus": 12, "cnil": 12}
OTHER_MATTERS = frozenset({"sheets"})  # whose documents have little in common
MOST_DOCUMENTS = 3
OWN, OTHERS = 8, 6  # questions of a base at most


def small_bases(
    name: str, lines: Sequence[Mapping[str, Any]], stores: Path, encoder: Encoder
) -> Iterator[tuple[KnowledgeBase, list[tuple[str, Mapping[str, Any]]]]]:
    """Each small base of `name`, with its questions and the kind of each: `answerable`, `near-miss` or `nothing`."""
    chance = random.Random(7)
    folder = question_files()[name][0]
    asked_of = sorted({line["documents"][0] for line in lines if line.get("documents")})
    chance.shuffle(asked_of)
    for number in range(min(BASES[name], len(asked_of) // MOST_DOCUMENTS)):
        own = set(asked_of[number * MOST_DOCUMENTS :][: chance.randint(1, MOST_DOCUMENTS)])
        settings = Settings.load({"REPERES_STORE": str(stores / f"{name}-small" / str(number))})
        if not settings.store.exists():
            ingest([folder / document for document in sorted(own)], settings, encoder)
        of_own = [line for line in lines if own & set(line.get("documents") or [])]
        of_others = [line for line in lines if line.get("documents") and not own & set(line["documents"])]
        of_others = [line for line in of_others if not line.get("unanswerable")]
        kinds = [
            ("near-miss" if line.get("unanswerable") else "answerable", line)
            for line in chance.sample(of_own, min(OWN, len(of_own)))
        ]
        other = "nothing" if name in OTHER_MATTERS else "near-miss"
        kinds += [(other, line) for line in chance.sample(of_others, min(OTHERS, len(of_others)))]
        yield KnowledgeBase.open(settings, encoder), kinds
