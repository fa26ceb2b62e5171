"""The words that deny, and texts as they are looked for in: folded, without what only looks like a denial."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from kb.answering.proof.sources import SourceUnit
from kb.text.folding import fold
from kb.text.stems import STOP_WORDS, stem
from kb.text.wording.gluing import unglued

_ANSWERS = re.compile(r"^\W*(?:oui|non)\b[ ,.:]*")
_BORN = re.compile(r"\b(né)(e?s?)\b", re.IGNORECASE)  # « né de la loi » denies nothing once it has lost its accent
# « À ne pas confondre », « non plus » tell things apart, or add one; « ne pas dépasser », « ne pas garder plus de » are
# limits, which are compared by their figures.
_NO_DENIAL = re.compile(
    r"\b(?:a )?n(?:e |')(?:se |s')?(?:pas )?(?:doi\w+ )?(?:pas )?(?:etre )?confond\w*(?: pas)?\b|\bnon plus\b|"
    r"\bn(?:e |')(?:\w+ ){0,3}(?:depass|exced)\w*(?: pas)?\b"
)
_AT_MOST = re.compile(r"\bn(?:e |')((?:\w+ ){1,3})pas ((?:[\w']+ ?){0,5}plus d)")
TOKEN = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*'?|[.;:!?()]")
NE = frozenset(("ne", "n'"))
ONLY_WITHIN = 11
"""Words behind « ne » among which « que » makes it « only »: « n'a accès à ces relevés détaillés de l'abonné que… »."""
ALONE = frozenset("aucun aucune aucuns aucunes jamais pas ni".split())
_RELATIVE = frozenset("qui que dont quand lorsque".split())
_THAN = frozenset(("que", "qu'"))
_DENYING = frozenset("pas plus jamais rien aucun aucune ni".split())
_MODALS = frozenset(
    "pas plus jamais rien est sont etait etaient sera seront soit ete a ont avait avaient aura auront peut peuvent "
    "pouvait pourra pourront pouvez pourrez doit doivent devait devra devront devez devrez faut faudra "
    "va vont ai avez avons oui non donc toutefois cependant revanche davantage non plus".split()
)
# Words that deny by themselves: what a sentence denies may stand beside one of them.
BY_ITSELF = re.compile(
    r"\b(?:interdi\w+|prohib\w+|impossibl\w+|facultati\w+|dispens\w+|inutil\w+|refus\w+|rejet\w+|exclu\w*|exonere\w*|"
    r"exempt\w*|sauf|hormis|excepte\w*|gratuit\w*|illegal\w*|illicit\w*|insuffisan\w+|incompatib\w+|non|faute d\w*|"
    r"absence|seul\w*)\b"
)


def spoken(unit: SourceUnit) -> str:
    """What a unit says, folded, with what leads it in."""
    text = unglued(unit.text)
    # An item goes on with its lead-in: « Il est interdit : - de … ».
    context = unit.candidate.context
    if unit.candidate.kind == "item" and context.rstrip().endswith(":"):
        text = f"{context.rstrip().rstrip(':')} {text}"
    return _folded(text)


def folded_claim(claim: str) -> str:
    """A sentence of an answer, folded, without the « Oui » that it answers by."""
    return _ANSWERS.sub("", _folded(claim))


def _folded(text: str) -> str:
    return _AT_MOST.sub(r"\1\2", _NO_DENIAL.sub(" ", fold(_BORN.sub("naissant", text))))


def says_of_whom(tokens: Sequence[str], index: int) -> bool:
    """Whether the « ne » at `index` only tells of whom is spoken: « qui ne veulent pas », « ne voulant pas »."""
    after = tokens[index + 1 : index + 2]
    return bool(_RELATIVE & set(tokens[max(0, index - 3) : index])) or any(word.endswith("ant") for word in after)


def says_only(after: Sequence[str]) -> bool:
    """Whether what follows « ne » says only: « ne … que », « ne … plus que »."""
    than = next((index for index, token in enumerate(after) if index and token in _THAN), None)
    if than is None:
        return False
    return not _DENYING & set(after[:than]) or after[than - 1] == "plus"


def content_of(tokens: Sequence[str]) -> Iterator[str]:
    for token in tokens:
        word = token.rstrip("'")
        if word not in STOP_WORDS and word not in _MODALS and len(word) > 1:
            yield stem(word)
