"""Training data -> groups: a question with passages, some of which answer it, and the units of each that do.

A folder of data holds what `../shared/reader` describes (`sheets.jsonl`, `written.jsonl`, `piaf.jsonl`,
`public-qa.jsonl`); what was written for this project stands in `training/questions`. Questions over the sheets of
`bench/sheets` are left out by default: that base stays one to measure on.
"""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from kb.answering.extracts import Extract
from kb.answering.proof.sources import Source, sources
from kb.index.spelled import spelled_out
from kb.index.texts import section_title
from kb.text.sentences import sentence_spans
from kb.text.stems import stems
from kb.types import Document, Passage
from training.window import window

QUESTIONS = Path(__file__).parent / "questions"
# The kinds of documents that were written with their questions: what they are called in the files there.
WRITTEN = ("article", "page", "table")
MOST_WORDS = 180  # of a passage: as many as the splitter puts into one
NEGATIVES = 40  # passages mined for each question, from which each step draws some
# The very nearest passages of other documents often answer too, unlabelled.
SKIPPED = 2


@dataclass(frozen=True, slots=True)
class Text:
    """A passage as the reader is given it, and its units as (start, end) in its characters."""

    text: str
    units: tuple[tuple[int, int], ...]
    document: str


@dataclass(slots=True)
class Group:
    """A question, the passages that answer it with the numbers of the units that do (none: not known which), and
    passages that do not: `near` of the same document, `far` of others. A group of `claims` holds instead sentences
    about one passage, each with what of it is shown beside, and whether that proves it.
    """

    kind: str
    question: str
    answers: list[tuple[int, frozenset[int]]] = field(default_factory=list)
    near: list[int] = field(default_factory=list)
    far: list[int] = field(default_factory=list)
    claims: list[tuple[str, str, bool]] = field(default_factory=list)


@dataclass(slots=True)
class Pool:
    """All passages of the training data, and the groups over them (numbers into `texts`)."""

    texts: list[Text] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)


def read_pool(data: Path, *, with_bench: bool = False, seed: int = 0) -> Pool:
    """The pool of a folder of data. Raises OSError where a file is missing."""
    chance = random.Random(seed)
    pool = Pool()
    asked = {row["doc"] for row in _rows(data / "written.jsonl")}
    all_documents: dict[str, Mapping[str, Any]] = {}
    for kind, documents in (("sheet", data), *((kind, QUESTIONS) for kind in WRITTEN)):
        path = documents / f"{kind}s.jsonl"
        found = list(_rows(path)) if kind == "sheet" or path.exists() else []
        rows = [row for path in QUESTIONS.glob(f"{kind}s-questions.jsonl") for row in _rows(path)]
        if kind == "sheet" and with_bench:
            rows += _rows(data / "written.jsonl")
        elif kind == "sheet":
            rows = [row for row in rows if row["doc"] not in asked]
        _add_written(pool, rows, _add_documents(pool, found), kind)
        all_documents |= {row["doc"]: row for row in found}
    _add_claims(pool, [row for path in sorted(QUESTIONS.glob("claims*.jsonl")) for row in _rows(path)], all_documents)
    _add_piaf(pool, list(_rows(data / "piaf.jsonl")), chance)
    _add_public(pool, list(_rows(data / "public-qa.jsonl")))
    for path in QUESTIONS.glob("nothing.jsonl"):
        pool.groups += [Group("nothing", row["q"]) for row in _rows(path)]
    _mine(pool)
    return pool


def _rows(path: Path) -> Iterator[Mapping[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)


def _add(
    pool: Pool,
    document: str,
    title: str,
    headings: Sequence[str],
    text: str,
    units: Iterable[Sequence[int]],
    header: str = "",
) -> int:
    spelled = spelled_out(text, header, f"{section_title(title, headings)}\n" if title else "")
    spans = tuple(spelled.span(start, end) for start, end in units)
    pool.texts.append(Text(spelled.text, spans, document))
    return len(pool.texts) - 1


def _add_documents(pool: Pool, documents: Sequence[Mapping[str, Any]]) -> dict[str, list[int]]:
    return {
        row["doc"]: [
            _add(
                pool,
                row["doc"],
                row["title"],
                part["heading"],
                part["text"],
                [unit[:2] for unit in part["units"]],
                part.get("header", ""),
            )
            for part in row["passages"]
        ]
        for row in documents
    }


def _add_written(pool: Pool, rows: Sequence[Mapping[str, Any]], places: Mapping[str, list[int]], kind: str) -> None:
    for row in rows:
        numbers = places.get(row["doc"])
        if numbers is None:
            continue
        answers = []
        if row.get("p") is not None:
            for passage, units in [(row["p"], row["s"]), *row.get("also", [])]:
                if passage < len(numbers) and units:
                    known = len(pool.texts[numbers[passage]].units)
                    answers.append((numbers[passage], frozenset(unit for unit in units if unit < known)))
            if not answers:
                continue
        own = {number for number, _ in answers}
        near = [number for number in numbers if number not in own]
        pool.groups.append(Group(kind if answers else f"{kind}-near-miss", row["q"], answers, near))


def _add_claims(pool: Pool, rows: Sequence[Mapping[str, Any]], documents: Mapping[str, Mapping[str, Any]]) -> None:
    of_passages: dict[tuple[str, int], list[tuple[str, str, bool]]] = defaultdict(list)
    read: dict[tuple[str, int], Source] = {}
    for row in rows:
        document = documents[row["doc"]]
        place = (row["doc"], row["p"])
        if place not in read:
            read[place] = _source(document, row["p"])
        of_passages[place].append((window(row["claim"], [read[place]]), row["claim"], row["true"]))
    pool.groups += [Group("claims", "", claims=some) for some in of_passages.values()]


def _source(row: Mapping[str, Any], number: int) -> Source:
    """A passage as the product proves by it."""
    part = row["passages"][number]
    document = Document(row["doc"], "written", row["title"], part["text"])
    passage = Passage(
        f"{row['doc']}/{number}", row["doc"], number, tuple(part["heading"]), part["text"], 0, len(part["text"]),
        table_header=part.get("header", ""),
    )  # fmt: skip
    (found,) = sources([Extract(1, passage, document, part["text"])])
    return found


def _add_piaf(pool: Pool, rows: Sequence[Mapping[str, Any]], chance: random.Random) -> None:
    numbers: dict[str, int] = {}
    titles = defaultdict(list)
    for row in rows:
        context = row["context"]
        if context not in numbers:
            numbers[context] = _add(pool, f"piaf:{row['title']}", row["title"], (), context, sentence_spans(context))
            titles[row["title"]].append(numbers[context])
    for row in rows:
        number = numbers[row["context"]]
        text = pool.texts[number]
        at = row["answer_start"] + len(text.text) - len(row["context"])
        hit = frozenset(k for k, (start, end) in enumerate(text.units) if start < at + len(row["answer"]) and end > at)
        near = [other for other in titles[row["title"]] if other != number]
        if not hit:
            continue
        # Another paragraph of the article seldom answers: one question in ten is asked of those alone.
        if len(near) >= 3 and chance.random() < 0.1:
            pool.groups.append(Group("piaf-near-miss", row["question"], [], near))
        else:
            pool.groups.append(Group("piaf", row["question"], [(number, hit)], near))


def _add_public(pool: Pool, rows: Sequence[Mapping[str, Any]]) -> None:
    """Their answers begin with the answer; a title that is the question itself would give it away."""
    for row in rows:
        text = _beginning(row["context"])
        if len(text.split()) < 15:
            continue
        number = _add(pool, f"public:{row.get('doc_id')}", "", (), text, sentence_spans(text))
        units = pool.texts[number].units
        direct = text.lstrip().lower().startswith(("oui", "non"))
        pool.groups.append(Group("public", row["question"], [(number, frozenset({0} if direct and units else ()))]))


def _beginning(text: str) -> str:
    end = 0
    for _, stop in sentence_spans(text):
        if end and len(text[:stop].split()) > MOST_WORDS:
            break
        end = stop
    return text[:end]


def _mine(pool: Pool) -> None:
    """Gives each group the passages of other documents that share most words with its question, the first two left
    out, and orders those of its own document alike.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(analyzer=stems, sublinear_tf=True)
    passages = vectorizer.fit_transform(text.text for text in pool.texts).T.tocsc()
    for start in range(0, len(pool.groups), 256):
        some = pool.groups[start : start + 256]
        scores = (vectorizer.transform(group.question for group in some) @ passages).toarray()
        for group, row in zip(some, scores, strict=True):
            documents = {pool.texts[number].document for number in [*(n for n, _ in group.answers), *group.near]}
            order = np.argsort(-row, kind="stable")[: 2 * NEGATIVES]
            far = [int(number) for number in order if pool.texts[number].document not in documents]
            group.far = far[SKIPPED if documents else 0 :][:NEGATIVES]
            group.near = sorted(group.near, key=lambda number: -row[number])
