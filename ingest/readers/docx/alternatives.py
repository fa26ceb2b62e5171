"""What a document holds twice, for programs that know less (`mc:AlternateContent`): one of the two is kept."""

from __future__ import annotations

from typing import Any

from ingest.readers.docx.ooxml import MC, M, W

# What makes a choice worth reading: without it, a drawing or an unknown sign, the fallback may say more.
_SAYS = frozenset({f"{W}t", f"{W}sym", f"{W}p", f"{W}tbl", f"{M}t", f"{W}numFmt"})


def settle_alternatives(root: Any) -> None:
    """Puts, in place of each alternative below `root`, what its first choice holds, or its fallback where that says
    something and the choice nothing."""
    # From the innermost on: what is settled is moved with what holds it.
    for alternative in reversed(list(root.iter(f"{MC}AlternateContent"))):
        parent = alternative.getparent()
        if parent is None:
            continue  # the whole part: nothing that is read
        branches = [branch for branch in alternative if branch.tag in {f"{MC}Choice", f"{MC}Fallback"}]
        kept = next((branch for branch in branches if _says_something(branch)), branches[0] if branches else None)
        for child in list(kept) if kept is not None else ():
            alternative.addprevious(child)
        parent.remove(alternative)


def _says_something(branch: Any) -> bool:
    return next(branch.iter(*_SAYS), None) is not None
