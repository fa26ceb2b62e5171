"""Where documents come from: a folder, a file or an address given by hand, pages of the web."""

from __future__ import annotations

import fnmatch
import hashlib
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class FolderSource:
    """A folder of files."""

    type: ClassVar[str] = "folder"

    name: str
    path: Path


@dataclass(frozen=True, slots=True)
class FileSource:
    """A file given by hand. Without a name it is of the source whose folder it stands in, or of its own folder's."""

    type: ClassVar[str] = "file"

    path: Path
    name: str | None = None


@dataclass(frozen=True, slots=True)
class AddressSource:
    """An address given by hand: a page, a feed or a sitemap. Without a name it takes its site's."""

    type: ClassVar[str] = "address"

    url: str
    name: str | None = None


@dataclass(frozen=True, slots=True)
class WebSource:
    """Pages of the web.

    `urls` are the pages, the feed, the sitemap or the section's first page, by `type`. A page is a document when its
    address fits one of `include` and none of `exclude` (`*` stands for anything). `depth` is how many links in a row a
    section is followed. `rubric` and `kind` are given to documents that do not tell theirs; `attachments` are the
    suffixes of linked files that come along; `hosts` what may be fetched, the hosts of `urls` included.
    """

    name: str
    type: str
    urls: tuple[str, ...]
    rubric: str | None = None
    kind: str | None = None
    include: tuple[str, ...] = ("*",)
    exclude: tuple[str, ...] = ()
    depth: int = 1
    attachments: tuple[str, ...] = ()
    hosts: frozenset[str] = field(default=frozenset())

    def includes(self, url: str) -> bool:
        """Whether the page at `url` is one of the source's documents."""
        return _fits(url, self.include) and not _fits(url, self.exclude)

    def attaches(self, url: str) -> bool:
        """Whether `url` is a file that comes along with the page that links to it."""
        path = url.split("?", 1)[0].lower()
        return path.endswith(tuple("." + suffix for suffix in self.attachments)) and not _fits(url, self.exclude)

    def rules(self, readers_version: str) -> str:
        """A mark of everything that changes what a document becomes: another one has its pages read again."""
        told = (readers_version, self.rubric, self.kind, self.attachments)
        return hashlib.sha256(repr(told).encode()).hexdigest()[:16]


Source = FolderSource | FileSource | AddressSource | WebSource


def _fits(url: str, patterns: Collection[str]) -> bool:
    return any(fnmatch.fnmatchcase(url, pattern) for pattern in patterns)
