"""Who holds an office now: the latest of a list that goes on in time, where a question in the present asks who."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from kb.answering.composing.lists import list_around
from kb.answering.reading import Scored
from kb.text.figures import figures
from kb.text.folding import fold
from kb.types import Evidence, Question

_WHO = re.compile(r"\bqui (?:est-ce qui )?(\w+)")
_PAST = re.compile(r"(?:a|ont|fut|furent|eut|\w+ai(?:en)?t)$")  # « qui a présidé », « qui était »
_EARLIER = re.compile(r"\b(?:premiers?|premieres?|anciens?|anciennes?|avant|autrefois|precedent\w*)\b")
_CHOSEN = 2  # units of one list: it is what answers
_FEWEST = 3  # dated items in one direction: by chance, two stand so always, three in one of three lists


def asks_who_now(question: Question) -> bool:
    """Whether a question asks who somebody is, or who does something, in the present."""
    folded = fold(question.standalone)
    found = _WHO.search(folded)
    return found is not None and not (question.years or _PAST.match(found[1]) or _EARLIER.search(folded))


def latest_first(chosen: Sequence[Scored], question: Question, most: int) -> list[Scored]:
    """The items of the list that most of the chosen units stand in, the latest first, at most `most`; the units as they
    are where the question asks for nobody, or no list goes on in time.
    """
    if asks_who_now(question):
        around = {id(unit): list_around(unit.evidence) for unit in chosen}
        counted = Counter(items[0].start for items in around.values() if items)
        for unit in chosen:
            items = around[id(unit)]
            if items and counted[items[0].start] >= _CHOSEN and (dated := _in_time(items)):
                return [replace(unit, evidence=item) for item in dated[:most]]
    return list(chosen)


def _in_time(items: Sequence[Evidence]) -> list[Evidence]:
    """Those of the items that name a date, the latest first; none unless they stand in the order of their dates."""
    dated = [(max(days), item) for item in items if (days := [day for day in _days(item) if day[0]])]
    days = [day for day, _ in dated]
    if len(dated) < _FEWEST or len(set(days)) < len(days) or days not in (sorted(days), sorted(days, reverse=True)):
        return []
    return [item for _, item in sorted(dated, key=lambda pair: pair[0], reverse=True)]


def _days(item: Evidence) -> list[tuple[int, int, int]]:
    return [figure.date for figure in figures(item.text)]
