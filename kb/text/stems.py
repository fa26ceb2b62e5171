"""Words of French text as an index wants them: folded, without elision and stop words, stemmed."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable
from functools import lru_cache

import Stemmer

from kb.text.folding import fold
from kb.text.remembering import remembering

_ELISION = re.compile(r"\b(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu|presqu|quelqu)'(?=[a-z0-9])")
# « 175 000 » is one word; « 12,5 » and « 12.5 » are the same one.
_THOUSANDS = re.compile(r"(?<![\d.,])(\d{1,3})((?: \d{3})+)(?!\d)")
_DECIMAL = re.compile(r"(?<=\d)[.,](?=\d)")
_WORD = re.compile(r"[a-z0-9]+(?:\.[0-9]+)?")

STOP_WORDS = frozenset(
    fold(
        "a à ai aie ainsi alors as au aucun aussi autre autres aux avait avant avec avez avoir avons ayant c ça car ce "
        "ceci cela celle celles celui cependant ces cet cette ceux chacun chaque chez ci comme comment d dans de des "
        "depuis déjà donc dont du elle elles en encore entre es est et étaient était étant été être eu eux fait faire "
        "fois font furent fut il ils j je l la là laquelle le lequel les lesquelles lesquels leur leurs lors lui m ma "
        "mais me même mêmes mes mieux moi moins mon n ne ni nos notre nous on ont ou où par parce pas pendant peu peut "
        "peuvent plus plutôt pour pourquoi près puis qu quand que quel quelle quelles quels qui quoi s sa sans se sera "
        "seront ses si sien sinon soit son sont sous soyez sur t ta tandis te tel telle telles tels tes toi ton tous "
        "tout toute toutes très trop tu un une vers voici voilà vos votre vous y c'est est-ce combien"
    ).split()
)

_local = threading.local()


def stems(text: str) -> list[str]:
    """The stems of the words of `text`, in order, repeats and all; stop words are left out.

    `stems("Les aides de l’Agence") == ["aid", "agenc"]`. Figures stay whole: `stems("175 000 m²")[0] == "175000"`.
    """
    return list(_stems(text))


@remembering
def _stems(text: str) -> tuple[str, ...]:
    return tuple(stems_of(words(text)))


def stems_of(folded: Iterable[str]) -> list[str]:
    """The stems of folded words (`words`), without stop words."""
    return [stem(word) for word in folded if word not in STOP_WORDS]


def words(text: str) -> list[str]:
    """The folded words of `text`, without elided articles, stop words included."""
    folded = _ELISION.sub("", fold(text))
    folded = _THOUSANDS.sub(lambda match: match[0].replace(" ", ""), folded)
    return _WORD.findall(_DECIMAL.sub(".", folded))


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """The stem of one folded word (Snowball's French stemmer, M. F. Porter); short words and figures stay."""
    if len(word) <= 3 or word[0].isdigit():
        return word
    if not hasattr(_local, "stemmer"):
        _local.stemmer = Stemmer.Stemmer("french")  # not thread-safe: one for each thread
    stemmed: str = _local.stemmer.stemWord(word)
    # The stemmer tells « é » from « e »; folded words have lost the accent, so « déléguée » would keep an e.
    return stemmed.rstrip("e") if len(stemmed) > 4 else stemmed
