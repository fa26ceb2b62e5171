"""Text of a document that addresses whoever answers instead of telling something: never evidence.

A document is data. What it says to a language model, what it hides from its reader and what would make a page fetch
something is left out of what can be chosen; the document stays in the base as it is.

`certain` holds the few forms that nothing but an attack has; the rest is a matter of degree and is weighed: `readings`
spells out what a text hides, `features` says what it is about, `weights` how much each of that speaks for an attack.
"""

from __future__ import annotations

from collections.abc import Sequence

from kb.answering.hostile.certain import is_certain, orders_to_forget
from kb.answering.hostile.features import tokens
from kb.answering.hostile.readings import readings, seen
from kb.answering.hostile.weights import Weights, score, weights
from kb.text.remembering import remembering
from kb.text.sentences import sentence_spans

__all__ = ["are_hostile_together", "harmless", "hostility", "is_hostile"]

TOGETHER = 0.7  # by how much more two sentences must be an attack that none of them is
HIDING = 1.5  # by how much less of an attack is one when its words are hidden


@remembering
def is_hostile(text: str) -> bool:
    """Whether a unit of a document gives orders to whoever answers, or would fetch or run something when shown."""
    shown = seen(text)
    if is_certain(shown):
        return True
    read = readings(shown, weights().words)
    return any(map(orders_to_forget, read)) or _worst(read, weights()) > 0


def are_hostile_together(first: str, second: str) -> bool:
    """Whether two texts that are not hostile are one order cut in two."""
    return _is_one_order(f"{first} {second}")


@remembering
def _is_one_order(text: str) -> bool:
    return hostility(text) > TOGETHER


def hostility(text: str, by: Weights | None = None) -> float:
    """By how much a text is above (> 0) the threshold of an attack, in any of its readings, its certain forms apart."""
    by = by or weights()
    return _worst(readings(seen(text), by.words), by)


def _worst(read: Sequence[str], by: Weights) -> float:
    # What was hidden, alone, is short and has no reason to be there: less is enough.
    slacks = (0.0, 0.0, HIDING)
    return max(score(tokens(reading), by) + slack for reading, slack in zip(read, slacks, strict=False))


def harmless(text: str) -> str:
    """`text` without its hostile sentences, line by line: what of a passage may prove something."""
    lines = [[line[start:end] for start, end in sentence_spans(line)] for line in text.splitlines()]
    if not any(is_hostile(said) for line in lines for said in line):
        return text
    return "\n".join(" ".join(said for said in line if not is_hostile(said)) for line in lines)
