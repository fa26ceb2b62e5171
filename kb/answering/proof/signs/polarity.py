"""Does a sentence deny what its source says, or the other way round? Compared around each denial, by common words.

A denial is « ne … pas » or « aucun… ». « Ne … que » says only: it denies nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kb.answering.proof.signs.denying import (
    ALONE,
    BY_ITSELF,
    NE,
    ONLY_WITHIN,
    TOKEN,
    content_of,
    folded_claim,
    says_of_whom,
    says_only,
    spoken,
)
from kb.answering.proof.signs.support import rarity
from kb.answering.proof.signs.turned import turned
from kb.answering.proof.sources import SourceUnit
from kb.text.folding import fold
from kb.text.wording.families import beginnings, is_of_family

# What is said on a condition (« si le litige n'est pas résolu, … ») is not said: the rest is compared.
# « Pour ne plus recevoir de courrier, … » says what for.
_CONDITION = re.compile(
    r"\b(?:si|s'il|s'ils|lorsque|lorsqu'|quand|pour n(?:e |')(?:plus|pas|jamais)) [^,.;:]{3,140}(?:,|(?=[.;:])|$)"
)
_FAR_BEFORE, _FAR_AFTER = 6, 8
_BEFORE, _AFTER = 3, 6  # words around a denial that say what is denied
# « Oui, … », « Non, … » and what is said up to the end of the clause.
_ANSWER = re.compile(r"^\W*(?P<answer>oui|non)\b[ ,.:]+(?P<clause>[^.;:,()]+)")
_REPEATED = 0.7  # of what such a clause says stands in the question that it answers
_FEWEST_REPEATED = 3
_BESIDE = 0.8  # of what stands beside such a word counts as denied


@dataclass(frozen=True, slots=True)
class _Said:
    """A stretch between full stops: its words, what is around each of its denials (`of_whom`: around those that only
    say of whom it speaks, « qui n'a pas déclaré… »), and each denied verb with what is around it, a little further.
    """

    folded: str
    content: frozenset[str]
    denials: tuple[frozenset[str], ...]
    of_whom: tuple[frozenset[str], ...]
    denied_verbs: tuple[tuple[str, frozenset[str]], ...]

    def denies_beyond(self, other: _Said) -> bool:
        """Whether it holds a word that denies by itself, and that `other` does not have."""
        return bool(set(BY_ITSELF.findall(self.folded)) - set(BY_ITSELF.findall(other.folded)))

    def says(self, stem: str) -> bool:
        """Whether it holds a word of the family of `stem`."""
        return _says(self.content, stem)


# Of 197 sentences turned into their contrary these catch 0.75, and take 0.011 of 557 true ones for it (three bases,
# 29 November 2026; python -m benchmarks.writing).
_DENIED = 0.15
_UNDENIED = 0.5
_SAME_VERB_DENIED = 0.2
_SAME_VERB_UNDENIED = 0.4
_SAID_ELSEWHERE = 0.8
# Place by place: the least that takes none of 557 true sentences of three bases for false; it finds a tenth of 353
# false ones that common words do not (30 November 2026).
_TURNED_DENIED = 0.4
_TURNED_AFFIRMED = 0.3


def is_contrary(claim: str, units: Sequence[SourceUnit], question: str = "") -> bool:
    """Whether `units` say the contrary of `claim`, an answer to `question`, rather than `claim`."""
    if _answers_against_itself(claim, question):
        return True
    folded = folded_claim(claim)
    there = [one for unit in units for one in _of_unit(unit)]
    if _leaves_out_their_denial(folded, there):
        return True
    denied, undenied = _contradiction(folded, there)
    if undenied > _UNDENIED:
        return True
    # A passage that answers its title by « Non. » denies what follows without a further « ne ».
    is_no = any(one.folded == "non" for one in there)
    if not is_no and (denied > _DENIED or _denies_their_verb(folded, there)):
        return True
    signs = turned(claim, units, rarity(units))
    return signs["denied"] > _TURNED_DENIED or signs["affirmed"] > _TURNED_AFFIRMED


def _answers_against_itself(claim: str, question: str) -> bool:
    """« Non, la ville peut demander le numéro » to « La ville peut-elle demander le numéro ? », « Oui, la ville ne peut
    pas… »: what follows « Oui » or « Non » in the question's own words must go the same way.
    """
    match = _ANSWER.match(fold(claim))
    asked = frozenset(content_of(TOKEN.findall(folded_claim(question))))
    if match is None or not asked or any(one.denials for one in _said(folded_claim(question))):
        return False
    said = _said(folded_claim(match["clause"]))
    content = frozenset().union(*(one.content for one in said))
    if len(content) < _FEWEST_REPEATED or BY_ITSELF.search(match["clause"]):
        return False
    repeated = sum(_says(asked, stem) for stem in content) / len(content)
    denies = any(NE & set(one.folded.split()) or one.denials for one in said)
    return repeated >= _REPEATED and denies == (match["answer"] == "oui")


def _denies_their_verb(folded: str, there: Sequence[_Said]) -> bool:
    """Whether a verb that is denied stands undenied beside the same words in the source, and denied nowhere."""
    for one in _said(folded):
        for verb, window in one.denied_verbs:
            yes = max(
                (_share(window, other.content) for other in there if not other.denials and other.says(verb)),
                default=0.0,
            )
            no = max(
                (
                    _share(window, other.content)
                    for other in there
                    if any(_says(around, verb) for around in (*other.denials, *other.of_whom))
                ),
                default=0.0,
            )
            beside = any(other.denies_beyond(one) and _share(window, other.content) >= _BESIDE * yes for other in there)
            if yes >= _SAME_VERB_DENIED and no < yes and not beside:
                return True
    return False


def _leaves_out_their_denial(folded: str, there: Sequence[_Said]) -> bool:
    """Whether a verb that the source denies is said without a denial, beside the same words."""
    said = _said(folded)
    if any(one.denials or BY_ITSELF.search(one.folded) for one in said):
        return False
    content = frozenset().union(*(one.content for one in said)) if said else frozenset()
    for other in there:
        for verb, window in other.denied_verbs:
            shared = window & content
            elsewhere = max((_share(shared, more.content, 1) for more in there if not more.denials), default=0.0)
            if _says(content, verb) and _share(window, content) >= _SAME_VERB_UNDENIED and elsewhere < _SAID_ELSEWHERE:
                return True
    return False


def _contradiction(folded: str, there: Sequence[_Said]) -> tuple[float, float]:
    """How much `there` speaks for the contrary, each from -1 to 1 (-1: there is nothing to compare):

    - of what is denied, by how much more of it stands where they do not deny than where they do;
    - of what they deny, by how much more of it stands in the sentence, which does not, than where they do not either.
    """
    denied, undenied = -1.0, -1.0
    for one in _said(folded):
        for denial in one.denials:
            yes = max((_share(denial, other.content) for other in there if not other.denials), default=0.0)
            no = max(
                (_share(denial, window) for other in there for window in (*other.denials, *other.of_whom)), default=0.0
            )
            beside = max((_share(denial, other.content) for other in there if other.denies_beyond(one)), default=0.0)
            denied = max(denied, yes - max(no, _BESIDE * beside))
        if one.denials:
            continue
        for window in (window for other in there for window in other.denials):
            share = _share(window, one.content)
            if share < _UNDENIED:
                continue
            shared = window & one.content
            yes = max((_share(shared, more.content, 1) for more in there if not more.denials), default=0.0)
            undenied = max(undenied, share * (1 - yes))
    return denied, undenied


def _share(wanted: frozenset[str], held: frozenset[str], fewest: int = 2) -> float:
    return len(wanted & held) / len(wanted) if len(wanted) >= fewest else 0.0


def _of_unit(unit: SourceUnit) -> Iterator[_Said]:
    yield from _said(spoken(unit))


def _said(folded: str) -> list[_Said]:
    found: list[_Said] = []
    tokens: list[str] = []
    for token in [*TOKEN.findall(_CONDITION.sub(" ", folded)), "."]:
        if token not in ".;!?:()":
            tokens.append(token)
            continue
        if tokens:
            found.append(_stretch(tokens))
        tokens = []
    return found


def _stretch(tokens: Sequence[str]) -> _Said:
    denials, of_whom, verbs = [], [], []
    for index, token in enumerate(tokens):
        is_ne = token in NE
        if is_ne:
            if says_only(tokens[index + 1 : index + 1 + ONLY_WITHIN]):
                continue
        elif not (_tells_apart(tokens, index) or _denies_alone(tokens, index)):
            continue
        around = frozenset(content_of(tokens[max(0, index - _BEFORE) : index + _AFTER + 1]))
        if is_ne and says_of_whom(tokens, index):
            of_whom.append(around)
            continue
        denials.append(around)
        if is_ne and (verb := next(content_of(tokens[index + 1 : index + 7]), "")):
            verbs.append((verb, frozenset(content_of(tokens[max(0, index - _FAR_BEFORE) : index + _FAR_AFTER + 1]))))
    return _Said(" ".join(tokens), frozenset(content_of(tokens)), tuple(denials), tuple(of_whom), tuple(verbs))


def _tells_apart(tokens: Sequence[str], index: int) -> bool:
    """« pour protéger les biens et non pour filmer »."""
    return tokens[index] == "non" and index > 0 and tokens[index - 1] in {"et", "mais"}


def _denies_alone(tokens: Sequence[str], index: int) -> bool:
    return tokens[index] in ALONE and not NE & set(tokens[max(0, index - 7) : index + 6])


def _says(content: frozenset[str], stem: str) -> bool:
    return is_of_family(stem, content, beginnings(content))
