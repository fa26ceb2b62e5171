"""Where documents come from: a kind of source -> the module that lists it. The pipeline asks `open_listing` only.

`config` (sources.toml) or what was typed (`given_source`) -> a `Source` (`source`) -> its listing, by `folder` (over
`files`) or `website` (over `crawler`; `page_item` reads, `known_pages` remembers); `address` finds out
what stands at an address.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import cast

from ingest.items import Commit, Listing
from ingest.sources.source import AddressSource, FileSource, FolderSource, Source
from ingest.steps.plan import Plan

# The type of a source -> the module of this package whose `open_listing` lists it. Imported when a source of that type
# comes: httpx and lxml are slow to import, and folders do without.
LISTED_BY = {
    "folder": "folder",
    "file": "folder",
    "address": "address",
    "page": "website",
    "feed": "website",
    "sitemap": "website",
    "section": "website",
}


def open_listing(source: Source, plan: Plan, commit: Commit) -> Listing:
    """The listing of a source, to be gone through. Raises DocumentError for a source that cannot be listed."""
    module = importlib.import_module(f"ingest.sources.{LISTED_BY[source.type]}")
    return cast("Callable[[Source, Plan, Commit], Listing]", module.open_listing)(source, plan, commit)


def given_source(given: Path | str, name: str | None) -> Source:
    """The source that was typed as a path or an address, under `name` if one was."""
    if re.match(r"[a-zA-Z][\w+.-]+:/", str(given)):
        return AddressSource(str(given), name)
    path = Path(given)
    if path.is_dir():
        return FolderSource(name or path.resolve().name or "documents", path)
    return FileSource(path, name)
