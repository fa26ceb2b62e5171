"""Bases of any size made of real French sentences: the same seed always makes the same passages, all distinct.

A passage of the *pool* is made of runs of two or three consecutive sentences drawn from real documents. Past the pool,
a passage is the first half of the sentences of one pool passage and the second half of another's: its `parents`. So
the pool alone has to be encoded, and the vector of any other passage is blended from its parents' (see `blend`).
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from kb.models.encoder import FloatMatrix
from kb.text.blocks import heading_title, parse_blocks, unit_spans
from kb.text.sentences import sentence_spans
from kb.types import Document, Passage

SEED = 20_260
POOL = 2_000
LEAST_WORDS, MOST_WORDS = 100, 180  # of a passage: as the splitter makes them
LONGEST_TITLE = 14  # words: a shorter sentence may stand as a title
SECTIONS = (1, 2, 1, 2)  # passages in each section of a document
_KINDS = tuple(f"sorte {number}" for number in range(1, 21))
NOISE = 0.02  # length of the noise that keeps two blends of the same parents apart

_NAMESPACE = uuid.UUID("5b0e8d5e-52a2-5b8e-8a0e-0a6f3c7f1c11")
# Some pages lost the space between two sentences: « …vos droits.Vous pouvez… ».
_GLUED = re.compile(r"(?<=[a-zà-ÿ»)][.!?…;:])(?=[A-ZÀ-ÖØ-Þ])")


@dataclass(frozen=True, slots=True)
class Material:
    """What passages are made of: the sentences of each real document, in order, and titles."""

    sentences: tuple[tuple[str, ...], ...]
    titles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Recombined:
    """A passage as its sentences, with the numbers of the pool passages that it comes from: itself, or two others."""

    sentences: tuple[str, ...]
    parents: tuple[int, ...]

    @property
    def text(self) -> str:
        """The sentences as one paragraph."""
        return " ".join(self.sentences)


@dataclass(frozen=True, slots=True)
class RecombinedDocument:
    """A document with its passages, what each comes from, and by heading the numbers of the titles of its section."""

    document: Document
    passages: tuple[Passage, ...]
    origins: tuple[Recombined, ...]
    titles: dict[tuple[str, ...], tuple[int, int]] = field(default_factory=dict)


def material(documents: Sequence[Document]) -> Material:
    """The sentences and titles of real documents, each once; tables are left out."""
    seen: set[str] = set()
    groups: list[tuple[str, ...]] = []
    titles: dict[str, None] = {}
    for document in documents:
        titles[document.title] = None
        group: list[str] = []
        for block in parse_blocks(document.text):
            if block.kind == "heading":
                titles[heading_title(document.text, block)] = None
            elif block.kind != "table":
                for start, end in unit_spans(document.text, block):
                    group += _sentences(document.text[start:end])
        fresh = [sentence for sentence in dict.fromkeys(group) if sentence not in seen]
        seen.update(fresh)
        if fresh:
            groups.append(tuple(fresh))
            titles |= dict.fromkeys(sentence for sentence in fresh if len(sentence.split()) <= LONGEST_TITLE)
    return Material(tuple(groups), tuple(titles))


def passages(source: Material, count: int, *, pool: int = POOL, seed: int = SEED) -> list[Recombined]:
    """The first `count` passages, all of different texts: asked for more, the first ones stay the same.

    Raises ValueError when the sentences are too few for that many passages.
    """
    generator = np.random.default_rng(seed)
    made: list[Recombined] = []
    seen: set[str] = set()
    failures = 0
    while len(made) < count:
        number = len(made)
        if number < pool:
            passage = Recombined(_drawn(source.sentences, generator), (number,))
        else:
            first, second = (int(value) for value in generator.choice(pool, 2, replace=False))
            one, other = made[first].sentences, made[second].sentences
            passage = Recombined((*one[: (len(one) + 1) // 2], *other[len(other) // 2 :]), (first, second))
        words = len(passage.text.split())
        if passage.text in seen or not LEAST_WORDS / 2 <= words <= MOST_WORDS:
            failures += 1
            if failures > 10 * count + 1_000:
                raise ValueError(f"{sum(map(len, source.sentences))} sentences are too few for {count} passages")
            continue
        seen.add(passage.text)
        made.append(passage)
    return made


def documents(made: Sequence[Recombined], titles: Sequence[str], *, seed: int = SEED) -> Iterator[RecombinedDocument]:
    """The passages in documents of six, in four sections, of twenty kinds; titles and headings come from `titles`."""
    size = sum(SECTIONS)
    for number, start in enumerate(range(0, len(made), size)):
        generator = np.random.default_rng((seed, number))
        title, *headings = (int(value) for value in generator.choice(len(titles), 1 + len(SECTIONS), replace=False))
        group = list(made[start : start + size])
        document_id = f"recombined-{number}.md"
        text = ""
        spans: list[tuple[tuple[str, ...], int, int]] = []
        sections: dict[tuple[str, ...], tuple[int, int]] = {}
        for heading, share in zip(headings, SECTIONS, strict=True):
            path: tuple[str, ...] = (titles[heading],)
            sections[path] = (title, heading)
            if len(spans) < len(group):
                text += f"## {titles[heading]}\n\n"
            for passage in group[len(spans) : len(spans) + share]:
                spans.append((path, len(text), len(text) + len(passage.text)))
                text += passage.text + "\n\n"
        yield RecombinedDocument(
            Document(
                id=document_id,
                source="recombined",
                title=titles[title],
                text=text.rstrip("\n"),
                kind=_KINDS[number % len(_KINDS)],
            ),
            tuple(
                Passage(
                    id=str(uuid.uuid5(_NAMESPACE, f"{document_id}\x00{ordinal}")),
                    document_id=document_id,
                    ordinal=ordinal,
                    heading_path=path,
                    text=text[begin:end],
                    start=begin,
                    end=end,
                )
                for ordinal, (path, begin, end) in enumerate(spans)
            ),
            tuple(group),
            sections,
        )


def kinds_of(share: float) -> tuple[str, ...]:
    """The kinds of that share of the documents: twentieths."""
    return _KINDS[: round(share * len(_KINDS))]


def blend(pool: FloatMatrix, first: Sequence[int], second: Sequence[int], *, seed: int = SEED) -> FloatMatrix:
    """Unit vectors, shape (n, d), between the rows `first` and `second` (n each) of unit vectors `pool`, shape (m, d).

    c + (a - c + b - c) / √2 and a little noise, where c is the mean of the pool: a plain average would gather all
    vectors around c, this keeps them as far from it as the pool's own are.
    """
    centre = pool.mean(axis=0)
    mixed = centre + (pool[list(first)] + pool[list(second)] - 2 * centre) / np.sqrt(2)
    generator = np.random.default_rng((seed, len(first), *first[:1], *second[:1]))
    mixed = mixed + generator.normal(0, NOISE / np.sqrt(pool.shape[1]), mixed.shape)
    return np.asarray(mixed / np.linalg.norm(mixed, axis=1, keepdims=True), dtype=np.float32)


def _sentences(text: str) -> list[str]:
    whole = _GLUED.sub(" ", " ".join(text.split()))
    found = (whole[start:end] for start, end in sentence_spans(whole))
    return [sentence for sentence in found if 4 <= len(sentence.split()) <= MOST_WORDS // 3]


def _drawn(groups: Sequence[Sequence[str]], generator: np.random.Generator) -> tuple[str, ...]:
    """Runs of consecutive sentences of documents drawn at random, until they have enough words."""
    drawn: list[str] = []
    while sum(len(sentence.split()) for sentence in drawn) < LEAST_WORDS:
        group = groups[int(generator.integers(len(groups)))]
        start = int(generator.integers(len(group)))
        run = group[start : start + int(generator.integers(2, 4))]
        drawn += [sentence for sentence in run if sentence not in drawn]
    return tuple(drawn)
