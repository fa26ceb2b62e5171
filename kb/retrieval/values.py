"""The values that documents give of themselves (kind, rubric, programmes, partners): those there are, and those that
look like one another.

Pure functions over documents, as `holdings`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from rapidfuzz.distance import OSA

from kb.text.folding import fold
from kb.text.stems import stems
from kb.types import Document

FIELDS_OF_VALUES = ("kind", "rubric", "programmes", "partners")
# One typing mistake, in a word long enough to be no other: acronyms differ by one letter (« ARS », « ARSE »).
_LONG = 8  # letters
_MISTAKES = 1


def values_of(documents: Iterable[Document], field: str) -> dict[str, int]:
    """How many documents give each value of a field (of `FIELDS_OF_VALUES`), in alphabetical order."""
    counts: Counter[str] = Counter()
    for document in documents:
        held = getattr(document, field)
        counts.update(held if isinstance(held, tuple) else (held,) if held else ())
    return dict(sorted(counts.items(), key=lambda item: (fold(item[0]), item[0])))


def look_alike(one: str, other: str) -> bool:
    """Whether two different values may be one, written in two ways: by case, accents, plural, or a typing mistake.

    « Rapports » and « rapport » do, « Programme 2019 » and « Programme 2020 » do not.
    """
    if one == other:
        return False
    a, b = fold(one), fold(other)
    if a == b or stems(one) == stems(other) != []:
        return True
    if re.findall(r"\d+", a) != re.findall(r"\d+", b) or min(len(a), len(b)) < _LONG:
        return False
    return OSA.distance(a, b, score_cutoff=_MISTAKES) <= _MISTAKES


def nearest_value(value: str, there: Mapping[str, int]) -> str | None:
    """The value there is that looks like a new one, the most frequent first; None when it is there itself."""
    if value in there:
        return None
    near = [other for other in there if look_alike(value, other)]
    return max(near, key=lambda other: there[other], default=None)


def alike(there: Mapping[str, int]) -> list[list[str]]:
    """The groups of values that look like one another, the most frequent one first in each."""
    groups: list[list[str]] = []
    for value in sorted(there, key=lambda value: -there[value]):
        home = next((group for group in groups if any(look_alike(value, other) for other in group)), None)
        if home is None:
            groups.append([value])
        else:
            home.append(value)
    return sorted((group for group in groups if len(group) > 1), key=lambda group: fold(group[0]))
