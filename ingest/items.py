"""What a source gives to the pipeline: a `Listing` of `Item`s, each read, or skipped for a reason."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Literal, Protocol

from kb.errors import DocumentError
from kb.types import Document

Commit = Callable[[], None]
"""Waits until every document handed over so far is in the base."""

Outcome = Literal["unchanged", "ignored", "noticed", "settled"]
FORGOTTEN = "document effacé pour de bon ; « reperes forget --undo » le laisse revenir"


class SkipItem(Exception):  # noqa: N818  (nothing went wrong)
    """An item that goes no further: its document is `unchanged`, or is not wanted and `ignored`, for a reason.

    What is `noticed` is worth telling, for a reason too; of what is `settled` there is nothing to count or tell.
    """

    def __init__(self, outcome: Outcome, reason: str = "") -> None:
        super().__init__(outcome, reason)
        self.outcome = outcome
        self.reason = reason


class Item(Protocol):
    """Something that a source lists and that may become a document: a file, a page."""

    @property
    def name(self) -> str:
        """What messages call it: the path in its folder, the address."""
        ...

    @property
    def file_hash(self) -> str:
        """The mark of the bytes that its document is read from, in hexadecimal; known once it was checked."""
        ...

    def check(self) -> None:
        """Decides whether it has to be read: it is new or changed.

        Raises SkipItem for what is unchanged or was erased for good; DocumentError for what cannot be had, or whose
        document belongs to another source.
        """
        ...

    def read(self) -> Document:
        """Its document. Raises DocumentError when it cannot be read, SkipItem when another item gives it already."""
        ...

    def done(self) -> None:
        """Told once its document is in the base or on its way there: it need not be read again while it is the same."""
        ...


class Listing(Protocol):
    """A source being gone through. `failed`, `ignored` and `gone` are whole once `items` has come to its end."""

    @property
    def source(self) -> str:
        """The source's name."""
        ...

    @property
    def total(self) -> int:
        """How many items are known so far; a site leads to ever more."""
        ...

    @property
    def failed(self) -> Sequence[DocumentError]:
        """What could not be listed, or must not be read."""
        ...

    @property
    def ignored(self) -> Sequence[tuple[str, str]]:
        """What is no item, and why not."""
        ...

    def items(self) -> Iterator[Item]:
        """Every item once, each read and done with before the next is asked for."""
        ...

    def gone(self) -> Collection[str]:
        """The documents that the source holds no more; none unless it was listed to its end."""
        ...

    def withdrawn(self) -> None:
        """Told once the documents that are gone left the base."""
        ...
