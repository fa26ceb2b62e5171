"""A page of a site that was asked for, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ingest.fetching.answers import Fetched, FetchError
from kb.errors import DocumentError

Role = Literal["listing", "document", "attachment"]


@dataclass(frozen=True, slots=True)
class Page:
    """A page that was asked for, and what came of it: its content with that of its other parts, or why there is none.

    `url` is the address asked for; `links` is where the page leads, of what the source may read; `sitemaps` those that
    an index of sitemaps names.
    """

    url: str
    role: Role
    parent: str | None
    result: Fetched | DocumentError
    parts: tuple[Fetched, ...] = ()
    links: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()

    @property
    def is_gone(self) -> bool:
        """Whether the server says that it exists no more."""
        return isinstance(self.result, FetchError) and self.result.kind == "gone"
