"""Does a sentence deny what its source says, or the other way round? Compared around each denial, by common words.

A denial is « ne … pas » or « aucun… ». « Ne … que » says only: it denies nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kb.answering.proof.sources import SourceUnit
from kb.text.folding import fold
from kb.text.stems import STOP_WORDS, stem
from kb.text.wording.families import beginnings, is_of_family
from kb.text.wording.gluing import unglued

_ANSWERS = re.compile(r"^\W*(?:oui|non)\b[ ,.:]*")
# What is said on a condition (« si le litige n'est pas résolu, … ») is not said: the rest is compared.
_CONDITION = re.compile(r"\b(?:si|s'il|s'ils|lorsque|lorsqu'|quand) [^,.;:]{3,140}(?:,|(?=[.;:])|$)")
_BORN = re.compile(r"\b(né)(e?s?)\b", re.IGNORECASE)  # « né de la loi » denies nothing once it has lost its accent
# « À ne pas confondre », « non plus »: they tell things apart, or add one.
_NO_DENIAL = re.compile(
    r"\b(?:a )?n(?:e |')(?:se |s')?(?:pas )?(?:doi\w+ )?(?:pas )?(?:etre )?confond\w*(?: pas)?\b|\bnon plus\b"
)
_TOKEN = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*'?|[.;:!?()]")
_NE = frozenset(("ne", "n'"))
_BARE = frozenset("aucun aucune aucuns aucunes jamais pas ni".split())
_RELATIVE = frozenset("qui que dont quand lorsque".split())
_THAN = frozenset(("que", "qu'"))
_DENYING = frozenset("pas plus jamais rien aucun aucune ni".split())
_FAR_BEFORE, _FAR_AFTER = 6, 8
_BEFORE, _AFTER = 3, 6  # words around a denial that say what is denied
_MODALS = frozenset(
    "pas plus jamais rien est sont etait etaient sera seront soit ete a ont avait avaient aura auront peut peuvent "
    "pouvait pourra pourront pouvez pourrez doit doivent devait devra devront devez devrez faut faudra "
    "va vont ai avez avons oui non donc toutefois cependant revanche davantage non plus".split()
)
# Words that deny by themselves: what a sentence denies may stand beside one of them.
_BY_ITSELF = re.compile(
    r"\b(?:interdi\w+|prohib\w+|impossibl\w+|facultati\w+|dispens\w+|inutil\w+|refus\w+|rejet\w+|exclu\w*|exonere\w*|"
    r"exempt\w*|sauf|hormis|excepte\w*|gratuit\w*|illegal\w*|illicit\w*|insuffisan\w+|incompatib\w+|non|faute d\w*|"
    r"absence|seul\w*)\b"
)
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
        return bool(set(_BY_ITSELF.findall(self.folded)) - set(_BY_ITSELF.findall(other.folded)))

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


def is_contrary(claim: str, units: Sequence[SourceUnit]) -> bool:
    """Whether `units` say the contrary of `claim` rather than `claim`."""
    folded = _ANSWERS.sub("", _folded(claim))
    there = [one for unit in units for one in _of_unit(unit)]
    if _leaves_out_their_denial(folded, there):
        return True
    denied, undenied = _contradiction(folded, there)
    if undenied > _UNDENIED:
        return True
    # A passage that answers its title by « Non. » denies what follows without a further « ne ».
    is_no = any(one.folded == "non" for one in there)
    return not is_no and (denied > _DENIED or _denies_their_verb(folded, there))


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
    if any(one.denials or _BY_ITSELF.search(one.folded) for one in said):
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
    text = unglued(unit.text)
    # An item goes on with its lead-in: « Il est interdit : - de … ».
    context = unit.candidate.context
    if unit.candidate.kind == "item" and context.rstrip().endswith(":"):
        text = f"{context.rstrip().rstrip(':')} {text}"
    yield from _said(_folded(text))


def _folded(text: str) -> str:
    return _NO_DENIAL.sub(" ", fold(_BORN.sub("naissant", text)))


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
    denials, of_whom, verbs = [], [], []
    for index, token in enumerate(tokens):
        is_ne = token in _NE
        if is_ne:
            after = tokens[index + 1 : index + 7]
            if _says_only(after):
                continue
        elif token not in _BARE or _NE & set(tokens[max(0, index - 7) : index + 6]):
            continue
        around = frozenset(_content(tokens[max(0, index - _BEFORE) : index + _AFTER + 1]))
        if is_ne and _RELATIVE & set(tokens[max(0, index - 3) : index]):
            of_whom.append(around)
            continue
        denials.append(around)
        if is_ne and (verb := next(_content(tokens[index + 1 : index + 7]), "")):
            verbs.append((verb, frozenset(_content(tokens[max(0, index - _FAR_BEFORE) : index + _FAR_AFTER + 1]))))
    return _Said(" ".join(tokens), frozenset(_content(tokens)), tuple(denials), tuple(of_whom), tuple(verbs))


def _says_only(after: Sequence[str]) -> bool:
    """Whether what follows « ne » says only: « ne … que », « ne … plus que »."""
    than = next((index for index, token in enumerate(after) if index and token in _THAN), None)
    if than is None:
        return False
    return not _DENYING & set(after[:than]) or after[than - 1] == "plus"


def _says(content: frozenset[str], stem: str) -> bool:
    return is_of_family(stem, content, beginnings(content))


def _content(tokens: Sequence[str]) -> Iterator[str]:
    for token in tokens:
        word = token.rstrip("'")
        if word not in STOP_WORDS and word not in _MODALS and len(word) > 1:
            yield stem(word)
