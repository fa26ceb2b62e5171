"""What flows through Repères: one frozen data class for each stage, in the order of the two paths.

ingestion   source -> Document -> Passage[] -> vectors + words -> Index
answering   text -> Question -> Hit[] -> Evidence[] -> draft -> verified Answer

The text of a document is plain text in *blocks separated by one blank line*: a paragraph, a heading (`## Title`),
a list (lines `- item` or `1. item`, two spaces of indent a level), a table (lines `| a | b |`, the second one being
`| --- | --- |`). Inline marks (bold, links, images) are removed by the readers. All offsets count characters of that
text, from 0, the end excluded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Role = Literal["user", "assistant"]
RefusalReason = Literal["no_evidence", "unsaid", "insufficient", "off_topic"]
FigureKind = Literal["share", "number", "duration", "date"]
AnswererName = Literal["extractive", "llm"]
EvidenceKind = Literal["sentence", "item", "row"]


@dataclass(frozen=True, slots=True)
class CitedSource:
    """A source that a document says it draws on: shown in the reader, never indexed as text."""

    title: str
    publisher: str | None = None
    url: str | None = None
    date: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A document as read from its source.

    `date` is the publication date as precise as the document gives it (`2025`, `2025-03` or `2025-03-14`), None when
    the document does not say: never the date of fetching. `page_starts` holds the offset at which each page of a
    paginated document begins (page 1 first), and is empty for the others. `parent` is the id of the page that
    a file was attached to. `remarks` says, in French, what a reader should know of how the document was read (pages
    without text, comments left out); `recognised` are the stretches of the text (start, end) that were read by optical
    character recognition.
    """

    id: str
    source: str
    title: str
    text: str
    url: str | None = None
    date: str | None = None
    rubric: str | None = None
    kind: str | None = None
    programmes: tuple[str, ...] = ()
    partners: tuple[str, ...] = ()
    cited_sources: tuple[CitedSource, ...] = ()
    origin: str | None = None
    page_starts: tuple[int, ...] = ()
    parent: str | None = None
    remarks: tuple[str, ...] = ()
    recognised: tuple[tuple[int, int], ...] = ()

    def page_at(self, offset: int) -> int | None:
        """The number, from 1, of the page that holds `offset`; None when the document has no pages."""
        if not self.page_starts:
            return None
        return max(1, sum(start <= offset for start in self.page_starts))

    def is_recognised(self, start: int, end: int) -> bool:
        """Whether any of `text[start:end]` was read by optical character recognition."""
        return any(first < end and start < last for first, last in self.recognised)


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of a document: `text == document.text[start:end]`.

    `heading_path` is the headings above it, outermost first, the document's title left out. `table_header` is the
    header of the table that the passage continues (the two lines, as written), empty otherwise: it is repeated in the
    embedded text only.
    """

    id: str
    document_id: str
    ordinal: int
    heading_path: tuple[str, ...]
    text: str
    start: int
    end: int
    table_header: str = ""


@dataclass(frozen=True, slots=True)
class Alternative:
    """Stems that say one thing together, and what each of them weighs: one word, or what an acronym stands for."""

    stems: tuple[str, ...]
    weight: float = 1.0


Group = tuple[Alternative, ...]
"""Ways of saying the same thing: a text gets the score of the best one."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, parsed once by `kb.question.parsing`; everything after reads it, and nothing parses again.

    `text` is the question as asked, `standalone` as it is understood without the conversation. For the search:
    `embedded` is `standalone` with its acronyms spelled out, `groups` the words that are looked for, `phrases` what it
    quotes; `is_foreign` tells that the base knows none of its words as written. For the answer: `figure` is the kind of
    figure that it asks for, None for none (`wants_ratio` tells a rate from a part); `wants_list` and `several_things`
    whether it asks for things of a kind, or for more than one document may say; `names` are its proper names and long
    acronyms as written, `years` the years that it names. `rarities` gives the inverse document frequency, in the
    generation of the index that it was parsed for, of each stem of `groups` and `names`.
    """

    text: str
    standalone: str
    embedded: str
    groups: tuple[Group, ...] = ()
    phrases: tuple[str, ...] = ()
    is_foreign: bool = False
    figure: FigureKind | None = None
    wants_ratio: bool = False
    wants_list: bool = False
    several_things: bool = False
    names: tuple[str, ...] = ()
    years: frozenset[int] = frozenset()
    rarities: Mapping[str, float] = field(default_factory=dict)

    @property
    def wants_one_figure(self) -> bool:
        """Whether one figure is the answer: not where things are compared, or several questions asked in one."""
        return self.figure is not None and not self.several_things

    def rarity(self, stem: str) -> float:
        """The rarity of one of its stems; 0 for any other."""
        return self.rarities.get(stem, 0.0)


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a question. `rank` counts from 1; `contributions` tells what each ranking gave to `score`.

    `window` is where the sentences nearest to the question stand (offsets in the document's text); `also_in` the ids
    of other documents that say nearly the same in a passage of theirs, left out for that.
    """

    passage: Passage
    document: Document
    score: float
    rank: int
    contributions: Mapping[str, float] = field(default_factory=dict)
    window: tuple[int, int] | None = None
    also_in: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """A unit that can prove something: a sentence, a list item, or a table row rendered with its header.

    `text` is what an answer may show; `start` and `end` are the offsets, in the document's text, of the words it
    was taken from. `context` is the sentence or line before it, empty when there is none.
    """

    passage: Passage
    document: Document
    kind: EvidenceKind
    text: str
    start: int
    end: int
    score: float
    context: str = ""


@dataclass(frozen=True, slots=True)
class Citation:
    """A numbered reference of an answer. `quote == document.text[start:end]`, inside the passage."""

    number: int
    passage: Passage
    document: Document
    quote: str
    start: int
    end: int

    @property
    def recognised(self) -> bool:
        """Whether any of the quote was read by optical character recognition."""
        return self.document.is_recognised(self.start, self.end)


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation."""

    role: Role
    content: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a question gets: a text whose every statement carries `[n]`, or a refusal without any citation.

    `hits` are the passages found, best first, also when the answer is a refusal (the closest documents).
    `seconds` holds the duration of each stage (`retrieval`, `answer`). `confidence` is the probability, from 0 to 1,
    that the documents answer, whatever was decided then; None where nothing measured it. `nearest` are the sentences
    nearest to the question, of a refusal whose reason is `unsaid`: the documents speak of it without saying it.
    """

    question: str
    standalone_question: str
    text: str
    citations: tuple[Citation, ...]
    hits: tuple[Hit, ...]
    refused: bool
    reason: RefusalReason | None
    warnings: tuple[str, ...]
    answerer: AnswererName
    model: str | None
    seconds: Mapping[str, float]
    confidence: float | None = None
    nearest: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class StoreStatus:
    """The state of a store. `last_ingestion` is an ISO date and time in UTC, None before the first one.

    `reports` holds the reports of the last ingestions and syncs, newest first, as `reperes ingest --json` prints them,
    each with its `command`. `is_behind` is whether searches have not seen a part of it for some time.
    """

    documents: int
    passages: int
    withdrawn: int
    generation: int
    last_ingestion: str | None
    encoder: str | None
    sources: Mapping[str, int] = field(default_factory=dict)
    reports: tuple[Mapping[str, Any], ...] = ()
    is_behind: bool = False
