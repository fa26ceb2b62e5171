"""Does a sentence deny what its source says, or the other way round? Compared around each denial, by common words.

A denial is « ne … pas » or « aucun… ». « Ne … que » says only: it denies nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kb.answering.proof.sources import SourceUnit
from kb.text.folding import fold
from kb.text.gluing import unglued
from kb.text.stems import STOP_WORDS, stem

_ANSWERS = re.compile(r"^\W*(?:oui|non)\b[ ,.:]*")
# What is said on a condition (« si le litige n'est pas résolu, … ») is not said: the rest is compared.
_CONDITION = re.compile(r"\b(?:si|s'il|s'ils|lorsque|lorsqu'|quand) [^,.;:]{3,140}(?:,|$)")
_TOKEN = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*'?|[.;:!?()]")
_NE = frozenset(("ne", "n'"))
_BARE = frozenset("aucun aucune aucuns aucunes jamais pas ni".split())
_BEFORE, _AFTER = 3, 6  # words around a denial that say what is denied
_MODALS = frozenset(
    "est sont etait etaient sera seront soit ete a ont avait avaient aura auront peut peuvent pouvait pourra pourront "
    "pouvez pourrez doit doivent devait devra devront devez devrez faut faudra va vont ai avez avons oui non donc "
    "toutefois cependant revanche davantage non plus".split()
)
# Words that deny by themselves: what a sentence denies may stand beside one of them.
_BY_ITSELF = re.compile(
    r"\b(?:interdi\w+|prohib\w+|impossibl\w+|facultati\w+|dispens\w+|inutil\w+|refus\w+|rejet\w+|exclu\w*|exonere\w*|"
    r"exempt\w*|gratuit\w*|illegal\w*|illicit\w*|insuffisan\w+|incompatib\w+|non|faute d\w*|absence|seul\w*)\b"
)
_BESIDE = 0.8  # of what stands beside such a word counts as denied


@dataclass(frozen=True, slots=True)
class _Said:
    """A stretch between full stops: its words, and what is around each of its denials."""

    folded: str
    content: frozenset[str]
    denials: tuple[frozenset[str], ...]


# Of 148 sentences that were turned into their contrary these catch 0.76, and take 0.04 of 556 true ones for it (three
# bases, 29 November 2026; python -m benchmarks.writing).
_DENIED = 0.0
_UNDENIED = 0.5


def is_contrary(claim: str, units: Sequence[SourceUnit]) -> bool:
    """Whether `units` say the contrary of `claim` rather than `claim`."""
    denied, undenied = contradiction(claim, units)
    return denied > _DENIED or undenied > _UNDENIED


def contradiction(claim: str, units: Sequence[SourceUnit]) -> tuple[float, float]:
    """How much `units` speak for the contrary of `claim`, each from -1 to 1 (-1: there is nothing to compare):

    - of what `claim` denies, by how much more of it stands where they do not deny than where they do;
    - of what they deny, by how much more of it stands in `claim`, which does not, than where they do not either.
    """
    said = _said(_ANSWERS.sub("", fold(claim)))
    there = [one for unit in units for one in _of_unit(unit)]
    denied, undenied = -1.0, -1.0
    for one in said:
        for denial in one.denials:
            yes = max((_share(denial, other.content) for other in there if not other.denials), default=0.0)
            no = max((_share(denial, window) for other in there for window in other.denials), default=0.0)
            beside = max(
                (_share(denial, other.content) for other in there if _BY_ITSELF.search(other.folded)), default=0.0
            )
            denied = max(denied, yes - max(no, _BESIDE * beside))
        if not one.denials:
            for other in there:
                for window in other.denials:
                    share = _share(window, one.content)
                    yes = max(
                        (_share(window & one.content, more.content) for more in there if not more.denials), default=0.0
                    )
                    undenied = max(undenied, share - yes * share if share >= 0.5 else -1.0)
    return denied, undenied


def _share(wanted: frozenset[str], held: frozenset[str]) -> float:
    return len(wanted & held) / len(wanted) if len(wanted) > 1 else 0.0


def _of_unit(unit: SourceUnit) -> Iterator[_Said]:
    text = unglued(unit.text)
    # An item goes on with its lead-in: « Il est interdit : - de … ».
    context = unit.candidate.context
    if unit.candidate.kind == "item" and context.rstrip().endswith(":"):
        text = f"{context.rstrip().rstrip(':')} {text}"
    yield from _said(fold(text))


def _said(folded: str) -> list[_Said]:
    found: list[_Said] = []
    tokens: list[str] = []
    for token in [*_TOKEN.findall(_CONDITION.sub(" ", folded)), "."]:
        if token not in ".;!?:()":
            tokens.append(token)
            continue
        if tokens:
            found.append(_stretch(tokens))
        tokens = []
    return found


def _stretch(tokens: Sequence[str]) -> _Said:
    denials = []
    for index, token in enumerate(tokens):
        if token in _NE:
            after = tokens[index + 1 : index + 7]
            if {"que", "qu'"} & set(after[1:]) and not {"pas", "plus", "jamais", "rien", "aucun", "aucune", "ni"} & set(
                after
            ):
                continue
        elif token not in _BARE or _NE & set(tokens[max(0, index - 7) : index + 6]):
            continue
        around = frozenset(_content(tokens[max(0, index - _BEFORE) : index + _AFTER + 1]))
        denials.append(around)
    return _Said(" ".join(tokens), frozenset(_content(tokens)), tuple(denials))


def _content(tokens: Sequence[str]) -> Iterator[str]:
    for token in tokens:
        word = token.rstrip("'")
        if word not in STOP_WORDS and word not in _MODALS and len(word) > 1:
            yield stem(word)
