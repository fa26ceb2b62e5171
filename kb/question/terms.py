"""What the rankings are asked for a question: the text to embed, the words to look for, the phrases it quotes."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from kb.question.glossary import Glossary
from kb.text.folding import fold
from kb.text.stems import STOP_WORDS, stem, stems, words
from kb.types import Alternative, Group

_QUOTED = re.compile(r"«([^«»]{2,200})»|“([^“”]{2,200})”|\"([^\"]{2,200})\"")
# Short words that documents use as acronyms too: in small letters, they are the words.
_ORDINARY = frozenset(
    "acte agir aide air aller ami amie ans arme art avis axe bac bail bas base bien bois bon bord bus cap car cas chef "
    "ciel cite cle code coin cour dame date deal dire don dos drap eau effet ent etat etre fer fil fin foi fort front "
    "gain gare gel gens gite haut ile jeu joie jour juge lac lien lieu ligne lire liste lit livre loi lot loup lutte "
    "main mal mari mars mer mere midi mine mode mois mot mur nez nid nom note nord nuit oeil oral ordre os page pain "
    "paix par parc part pays peau peine pere pic pied plan pont port pose pot prix quai quart rail rang rare reine "
    "rond route rue sac sain sang sel sens sept seul siege sis site sol sort soir sud tas taux titre toit tour train "
    "tri type urne usage val vers vert vie ville vin voie voix vol vote vue zone".split()
)
# An acronym in more than this share of the passages is what the base is about: what it stands for adds nothing.
_COMMON = 0.25
_MOST_EXPANSIONS = 2  # that a search by words tries; the first one is the surest
_MOST_WORDS = 64  # different words of a question that are looked for; the rarest stay


@dataclass(frozen=True, slots=True)
class SearchTerms:
    """What the rankings are asked: `embedded` as a text, `groups` as words, `phrases` as they stand.

    `is_foreign` tells that it has several words, of which the base knows none as it is written.
    """

    embedded: str
    groups: tuple[Group, ...]
    phrases: tuple[str, ...]
    is_foreign: bool = False


def search_terms(
    question: str,
    glossary: Glossary,
    share: Callable[[str], float],
    correct: Callable[[str], str | None],
) -> SearchTerms:
    """`question` with its acronyms spelled out and its unknown words corrected.

    `share` gives the share (0 to 1) of passages in which a stem stands; `correct` the word of the base that a folded
    word unknown to it may be a typing mistake for, or None.
    """
    stemmed = _known_stems(question, share, correct)
    groups: dict[str, Group] = {known: (Alternative((known,)),) for known in stemmed}
    embedded = question
    for acronym, expansions in _acronyms(question, glossary):
        if share(stem(acronym)) > _COMMON:
            continue
        spelled = [tuple(dict.fromkeys(stems(expansion))) for expansion in expansions[:_MOST_EXPANSIONS]]
        # A mean of its words: an expansion must not weigh more than the acronym because it has more words.
        groups[stem(acronym)] = (
            Alternative((stem(acronym),)),
            *(Alternative(words_of, 1 / len(words_of)) for words_of in spelled if words_of),
        )
        embedded = re.sub(
            rf"(?<!\w)({re.escape(acronym)})(?!\w)", rf"\1 ({expansions[0]})", embedded, count=1, flags=re.IGNORECASE
        )
    for parts, acronym in glossary.acronyms_in(stemmed):
        if stem(acronym) in groups:
            continue
        for part in parts:
            groups.pop(part, None)
        common = share(stem(acronym)) > _COMMON
        # The full name of what the base is about says no more than its acronym: it weighs as one word.
        groups[" ".join(parts)] = (
            Alternative(parts, 1 / len(parts) if common else 1.0),
            Alternative((stem(acronym),)),
        )
        if common:
            continue
        embedded = f"{embedded} ({acronym.upper()})"
    if len(groups) > _MOST_WORDS:
        rarest = sorted(groups, key=lambda key: share(key) or 1.0)[:_MOST_WORDS]
        groups = {key: groups[key] for key in rarest}
    phrases = tuple(next(filter(None, match.groups())).strip() for match in _QUOTED.finditer(question))
    content = [word for word in words(question) if word not in STOP_WORDS]
    is_foreign = len(content) > 1 and not any(share(stem(word)) or glossary.expansions(word) for word in content)
    return SearchTerms(
        embedded, tuple(groups.values()), tuple(phrase for phrase in phrases if words(phrase)), is_foreign
    )


def _known_stems(question: str, share: Callable[[str], float], correct: Callable[[str], str | None]) -> list[str]:
    """The stems of the question, in order, without repeats; an unknown word gives way to what it is a mistake for."""
    found: list[str] = []
    for word in words(question):
        if word in STOP_WORDS:
            continue
        stemmed = stem(word)
        if not share(stemmed) and not word[0].isdigit() and (instead := correct(word)):
            stemmed = stem(instead)
        found.append(stemmed)
    return list(dict.fromkeys(found))


def _acronyms(question: str, glossary: Glossary) -> list[tuple[str, tuple[str, ...]]]:
    """The acronyms of the question that the glossary knows, with what they stand for.

    Written in small letters, one that is a word too (« pic », « plus ») is taken for that word.
    """
    capitals = {fold(token) for token in re.findall(r"[\w+&]+", question) if token.isupper()}
    shouted = not any(sign.islower() for sign in question)
    found = []
    for word in dict.fromkeys(words(question)):
        if not (expansions := glossary.expansions(word)):
            continue
        is_word = word in STOP_WORDS or word in _ORDINARY
        if not is_word or (word in capitals and not shouted):
            found.append((word, expansions))
    return found
