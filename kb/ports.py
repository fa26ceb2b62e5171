"""What the page is handed: a base that answers, and something that brings the base up to date."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from kb.evaluation.desk import EvaluationDesk
from kb.index.catalog.rows import Origin, Withdrawn
from kb.question.explained import Acronym
from kb.records.accounts import Person
from kb.records.feedback import Verdict
from kb.retrieval.filters import Filters
from kb.retrieval.holding import Holding
from kb.rights.restrictions import Restrictions
from kb.rights.rights import WHOLE, Rights
from kb.types import Answer, Document, Hit, Message, StoreStatus


class Base(Protocol):
    """An open knowledge base. Every method may raise ReperesError, whose message is shown as it is."""

    @property
    def rights(self) -> Rights:
        """Of whoever sees it like this: nothing else is in it."""
        ...

    def seen_by(self, rights: Rights) -> Base:
        """The same base as somebody with `rights` sees it."""
        ...

    def ask(
        self,
        question: str,
        *,
        history: Sequence[Message] = (),
        answerer: str = "auto",
        filters: Filters | None = None,
    ) -> Answer:
        """The answer to `question`, understood after `history` (oldest message first), from what passes `filters`."""
        ...

    def stream(
        self,
        question: str,
        *,
        history: Sequence[Message] = (),
        answerer: str = "auto",
        filters: Filters | None = None,
        hurried: bool = False,
    ) -> Iterator[Answer]:
        """Successive states of the answer, the last one final. Closed by the caller when it stops early. Where others
        wait, it is `hurried`.
        """
        ...

    def search(
        self, question: str, *, history: Sequence[Message] = (), k: int = 10, filters: Filters | None = None
    ) -> list[Hit]:
        """The passages nearest to a question, best first."""
        ...

    def holding(self, words: str) -> Holding:
        """The documents that hold the words of a search."""
        ...

    def acronyms(self) -> Sequence[Acronym]:
        """The acronyms that the documents explain, or the agency's file, in the order of the alphabet."""
        ...

    def document(self, document_id: str) -> Document | None:
        """A current document, with its text."""
        ...

    def documents(self, ids: Collection[str] | None = None) -> list[Document]:
        """All current documents without their texts; those of `ids` with them."""
        ...

    def read_at(self, document_id: str) -> str | None:
        """When the current version of a document was read, an ISO moment in UTC."""
        ...

    def origin(self, document_id: str) -> Origin | None:
        """The file that a current document was read from; None where its source is no folder."""
        ...

    def withdrawn(self) -> list[Withdrawn]:
        """The documents that left the base, latest first."""
        ...

    def status(self) -> StoreStatus:
        """The state of the store."""
        ...

    def reports(self) -> list[dict[str, Any]]:
        """The reports of all ingestions that are kept, newest first, in the form of `reperes ingest --json`."""
        ...


DeskOf = Callable[[Person], EvaluationDesk]
"""The desk of evaluations as an editor sees it."""


@dataclass(frozen=True, slots=True)
class Views:
    """The base that `whole` opens, as each person may see it by the restrictions: the pages have no other."""

    whole: Callable[[], Base]
    restrictions: Restrictions = field(default_factory=Restrictions)

    def rights(self, person: Person) -> Rights:
        """What a person may read."""
        return self.restrictions.rights(person.groups)

    def of(self, person: Person) -> Base:
        """The base as a person sees it. Raises ReperesError, saying what to do, while it cannot be opened."""
        rights, whole = self.rights(person), self.whole()
        return whole.seen_by(rights) if rights.hidden else whole

    def desk_of(self, desk: EvaluationDesk) -> DeskOf:
        """The desk as each editor may see it."""
        return lambda editor: desk.seen_by(self.rights(editor))


@dataclass(frozen=True, slots=True)
class IngestionProgress:
    """Where an ingestion stands. `total` is 0 while it is not known; `done` and `total` count documents.

    `error` is a French sentence about the last ingestion that ended, None when it went well; `finished_at` its ISO
    date and time in UTC, None before the first one. `waiting` are the changes of documents that come after what runs,
    `confirmed` the last one that was made, in French.
    """

    running: bool = False
    done: int = 0
    total: int = 0
    error: str | None = None
    finished_at: str | None = None
    waiting: tuple[str, ...] = ()
    confirmed: str = ""

    def told_to(self, rights: Rights) -> IngestionProgress:
        """What somebody may be told of it: numbers, errors and titles are of any source."""
        return IngestionProgress(running=self.running) if rights.hidden else self


@dataclass(frozen=True, slots=True)
class Foresight:
    """Where a trial of an update stands: as `IngestionProgress`. `found` is what it found, in the form of `reperes sync
    --dry-run --json`; with `is_stale` the sources had changed since the trial that somebody confirmed, and this is what
    they would change now. `error` is a French sentence about a trial that found nothing out.
    """

    running: bool = False
    done: int = 0
    total: int = 0
    found: Mapping[str, Any] | None = None
    error: str | None = None
    is_stale: bool = False


class Ingestor(Protocol):
    """Brings the base up to date, elsewhere: the page never writes the store."""

    @property
    def suffixes(self) -> tuple[str, ...]:
        """The kinds of files that can be read: `.pdf`…"""
        ...

    def progress(self) -> IngestionProgress:
        """Where it stands. Cheap: called every few seconds for each open page."""
        ...

    def start(self, *, foreseen: str = "", confirm: bool = False) -> None:
        """Starts an ingestion and returns at once; does nothing while one runs. May raise ReperesError.

        With `foreseen`, the mark of a trial, only what that trial has shown is done, or nothing; with `confirm`, what
        is withheld without it too.
        """
        ...

    def foresee(self) -> None:
        """Starts a trial of an ingestion, which writes nothing, and returns at once; does nothing while one runs."""
        ...

    def foreseen(self) -> Foresight:
        """Where the trial stands, and what it found. Cheap."""
        ...

    def drop_foreseen(self) -> None:
        """Lets go of what a trial found."""
        ...

    def ingest_uploads(self, *, withdrawn: bool = False) -> None:
        """Has the folder of added files read, after what runs; with `withdrawn` documents whose file is gone leave."""
        ...

    def ingest_addresses(self, urls: Sequence[str]) -> None:
        """Has pages, or what feeds lead to, read, after what runs."""
        ...

    def previews(self, what: Sequence[str]) -> Sequence[Mapping[str, Any]]:
        """What would be understood of each of files and addresses, or its `error`, saying why it cannot be read. Raises
        ReperesError when none can be."""
        ...

    def correct(self, document_id: str, fields: Mapping[str, str] | None, title: str = "") -> bool:
        """Corrects what a document says about itself; None takes that back. Whether it is done: else it waits for what
        runs, and its progress tells of it by `title`. Raises ReperesError."""
        ...

    def merge(self, field: str, values: Sequence[str], into: str, rights: Rights = WHOLE) -> bool:
        """Gives documents that have one of `values` in a field the value `into`, at once or later as `correct` does;
        those that somebody with `rights` may not read stay as they are."""
        ...

    def forget(self, document_id: str, title: str = "") -> bool:
        """Erases a document for good, at once or later as `correct` does. Raises ReperesError."""
        ...


class FeedbackStore(Protocol):
    """Keeps what readers say of answers."""

    def add(
        self, verdict: Verdict, reason: str | None, comment: str, answer: Mapping[str, Any], generation: int
    ) -> None:
        """Keeps one. `answer` is in the form of `reperes ask --json`. May raise ReperesError."""
        ...
