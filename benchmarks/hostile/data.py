"""What the judge of hostile text is fitted on and measured with: attacks and lookalikes by kind, and real sentences."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kb.text.sentences import sentence_spans

ROOT = Path(__file__).parents[2]
WRITTEN = ROOT / "tests" / "data" / "hostile"
CORPUS = ROOT / "corpus" / "documents"
_KIND = re.compile(r"%% ([a-z]+)")
# What a reader of HTML never sees, and our readers drop.
_HEAD = re.compile(r"<(?:meta|style|script|link)\b", re.I)


@dataclass(frozen=True, slots=True)
class Line:
    """A text with its kind."""

    kind: str
    text: str


def written(pattern: str) -> list[Line]:
    """The lines of the files of `WRITTEN` of that name, each of the last `%% kind` above it, notes (`#!`) left out."""
    found: list[Line] = []
    for file in sorted(WRITTEN.glob(pattern)):
        kind = ""
        for text in file.read_text(encoding="utf-8").splitlines():
            if named := _KIND.fullmatch(text):
                kind = named[1]
            elif text.strip() and not text.startswith("#!"):
                found.append(Line(kind, text))
    return found


def sentences(folder: Path) -> list[str]:
    """Every sentence of the documents of a folder, once, in order of the alphabet."""
    found: set[str] = set()
    for file in sorted(folder.rglob("*")):
        if file.suffix in {".md", ".html", ".txt"}:
            for line in file.read_text(encoding="utf-8").splitlines():
                found.update(line[start:end] for start, end in sentence_spans(line))
    return sorted(sentence for sentence in found if not _HEAD.match(sentence))


def digest(texts: Sequence[str]) -> str:
    """The first 16 hexadecimal digits of the SHA-256 of some texts."""
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16]
