"""The proper names and acronyms of a sentence, and whether a source holds them."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from kb.question.intent import names as names_inside
from kb.text.acronyms import mentions, spells
from kb.text.figures import figures
from kb.text.folding import fold
from kb.text.stems import STOP_WORDS, words

_SHORT_ACRONYM = re.compile(r"\b[A-Z]{2,}[A-Z0-9+]*\b")
_FIRST = re.compile(r"\W*(?:[LDldQqJjCcSsNn]['’])?([^\W\d_][^\W_]*(?:-[^\W_]+)*)")
# How French words end that begin a sentence and are no name: « Adressez-vous », « Concrètement », « Rédigée ».
_COMMON_END = re.compile(
    r"(?:ez|ment|tion|sion|ité|ées?|és?|ant|ent|ons|eur|euse|aire|ables?|ibles?|iques?|ives?|ure)$"
)

# « la commission départementale (Dupont-Lefèvre) »: a capital right behind a bracket is no beginning of a sentence.
_BRACKETED = re.compile(r"\(([A-ZÀ-ÖØ-Þ][^\W\d_][^()\[\],;:.]{1,60})\)|[«(]\s?([A-ZÀ-ÖØ-Þ][^\W\d_]+(?:-[^\W\d_]+)*)")
_MOST_WORDS_OF_A_NAME = 4
_ANSWERED = re.compile(r"^\W*(?:oui|non)\b[ ,.:]*", re.IGNORECASE)  # « Non : Lille compte… » begins behind it
_SHORTEST_GLUED = 6  # letters: a shorter word begins others
_SMALL = frozenset(
    "est et a ou au aux de du des en le la les un une que qui par pour sur dans avec ont sont peut".split()
)
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")

_OPENERS = frozenset(
    "oui non selon seul seuls seule seules toujours jamais enfin sinon hors cote sur sous vers certain "
    "certaine certains certaines face plusieurs quelques chaque tout toute tous toutes meme memes tel telle "
    "tels telles dans depuis pendant durant avant apres outre malgre grace faute lorsque puisque mieux moins "
    "plus trop peu beaucoup ensuite puis ainsi donc mais cependant pourtant toutefois alors aussi surtout "
    "notamment parfois souvent desormais maintenant aujourd'hui encore autant quant hormis sauf excepte "
    "contre autre autres premier premiere dernier derniere ancien ancienne nouveau nouvelle chez entre parmi "
    "jusque afin bien comme sans avec".split()
)


def proper_names(sentence: str) -> list[str]:
    """Names inside the sentence and acronyms, as written; its first word only when it looks like a name."""
    return list(dict.fromkeys([*names_inside(sentence), *_SHORT_ACRONYM.findall(sentence)]))


def bracketed_names(sentence: str) -> list[str]:
    """What stands in brackets alone and begins with a capital, as far as it is short; else the first word in brackets
    or quotation marks, when it has one.
    """
    found = [whole or first for whole, first in _BRACKETED.findall(sentence)]
    return [name if len(name.split()) <= _MOST_WORDS_OF_A_NAME else name.split()[0] for name in found]


def first_name(sentence: str, common: frozenset[str]) -> str:
    """The first word when it may be a name (« Lille compte… »): a capital says nothing there. Empty when it is among
    the `common` (folded) words, or looks like none.
    """
    match = _FIRST.match(_ANSWERED.sub("", sentence))
    if match is None or not match[1][0].isupper():
        return ""
    word = match[1].split("-")[0]
    folded = fold(word)
    if folded in STOP_WORDS or folded in _OPENERS or folded in common or _COMMON_END.search(word.lower()):
        return ""
    return "" if figures(word) else match[1]


def is_held(name: str, held: frozenset[str], spelled: Mapping[str, Sequence[str]]) -> bool:
    """Whether all words of a name are among the folded words `held`, or those that an acronym of it stands for.

    `spelled` gives what each acronym, folded, stands for.
    """
    wanted = set(words(name)) - STOP_WORDS
    if wanted <= held or all(word in held or _is_glued(word, held) for word in wanted):
        return True
    key = fold(name)
    if any(set(words(expansion)) - STOP_WORDS <= held for expansion in spelled.get(key, ())):
        return True
    # The other way round: a word of the full name where the source has the acronym.
    return any(
        acronym in held and wanted <= set(words(expansion))
        for acronym, expansions in spelled.items()
        for expansion in expansions
    )


def _is_glued(word: str, held: Collection[str]) -> bool:
    """Whether a small word follows `word` without a space: « Télépointsest »."""
    return len(word) >= _SHORTEST_GLUED and any(
        one.startswith(word) and one[len(word) :] in _SMALL for one in held if len(one) > len(word)
    )


def is_expanded_here(name: str, sentence: str, held: frozenset[str]) -> bool:
    """Whether the sentence gives the name as what an acronym stands for, which is among the source's words `held`."""
    wanted = set(words(name))
    return any(
        fold(one.acronym) in held
        and wanted <= set(words(one.expansion))
        and spells(one.acronym, _WORD.findall(one.expansion))
        for one in mentions(sentence)
    )


def is_asked_and_told(name: str, sentence: str, asked: Collection[str], held: frozenset[str]) -> bool:
    """Whether the sentence puts an acronym of the question in brackets behind words that the source holds (`held`):
    « une analyse d'impact (AIPD) », of a source that never shortens it.
    """
    at = sentence.find(f"({name})")
    before = [word for word in words(sentence[:at]) if word not in STOP_WORDS][-2:] if at > 0 else []
    return name.isupper() and bool(before) and fold(name) in asked and held.issuperset(before)


def is_spelled_here(name: str, sentence: str) -> bool:
    """Whether the sentence itself says what an acronym stands for: « autorisations d'engagement (AE) »."""
    at = sentence.find(f"({name})")
    before = _WORD.findall(sentence[:at])[-8:] if at > 0 else []
    return any(spells(name, before[start:]) for start in range(len(before) - 1))
