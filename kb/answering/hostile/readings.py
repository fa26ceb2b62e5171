"""Text -> the ways to read it: as it is, and with what it hides spelled out.

What is hidden from a reader of words is not from a reader of pages, nor from a model: letters set apart, run together,
of other alphabets, or with digits in their place; entities and invisible characters.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections import Counter
from collections.abc import Collection

from kb.text.folding import fold, visible

# Letters of other alphabets by the shape in which a reader takes them for Latin ones; before folding, since capitals
# and small letters of one name differ in shape (Unicode's confusables.txt, the common ones).
_LOOK_ALIKES = str.maketrans(
    "АВЕЗКМНОРСТУХЅІЈԚԜаеорсухѕіјԁԛԝһӏкмнтвгипльь" + "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧΣϹΛαεικνορτυχγηϲς",
    "ABE3KMHOPCTYXSIJQWaeopcyxsijdqwhlkmhtbrunnbb" + "ABEZHIKMNOPTYXECAaeikvoptuxyncs",
)
_FOREIGN = re.compile("[\u0370-\u03ff\u0400-\u052f]")
_LEET = str.maketrans("013457@$!|€", "oieastasiie")
_DIGIT_BY_LETTER = re.compile(r"[a-z][013457@$!|€]|[013457@$!|€][a-z]")
_MIXED = re.compile(r"https?://\S+|[\w@$!|€]+")  # an address is one word, and stays as it is
_NO_LETTER = re.compile(r"[^a-z013457@$!|€]")
_DIGIT_ALONE = re.compile(r"(?<![\w,.])[0134](?![\w,.%])")
_LETTER = r"[^\W\d_]"
# Four letters or more, each set apart by one to three signs.
_APART = re.compile(rf"(?<!\w){_LETTER}(?:[\W_]{{1,3}}{_LETTER}){{3,2000}}(?!\w)")
HIDDEN = "¤"  # stands at the end of what was hidden
_BETWEEN = re.compile(r"[\W_]+")
_LONG = re.compile(r"[a-z]{17,}")
_FEWEST_SPELLED = 2  # words with digits: « CO2 », « RE2020 » are names, two such words may be a way of writing
_MOST_GLUED = 2_000  # letters of a word that are looked at in search of words
_LONGEST_WORD = 14
_INLINE_TAG = re.compile(r"</?(?:b|i|u|em|strong|span|font|wbr|sub|sup|small|mark|a)(?:\s[^<>]{0,200})?/?>", re.I)


def seen(text: str) -> str:
    """A text without what no reader sees: entities spelled out, zero widths and tags within lines gone."""
    if "&" in text:
        text = html.unescape(html.unescape(text))
    text = visible(text)
    return _INLINE_TAG.sub("", text) if "<" in text else text


def readings(shown: str, known: Collection[str]) -> list[str]:
    """A text as `seen`, folded: as it is and, where it hides words, with those spelled out, and those alone.

    The second and the third end in HIDDEN. `known` are the words that letters run together are parted into.
    """
    plain = fold(shown)
    opener = _Opener(known)
    opened = opener.words_of(shown, plain)
    return [plain] if opened == plain else [plain, f"{opened} {HIDDEN}", f"{' '.join(opener.found)} {HIDDEN}"]


class _Opener:
    """Spells out what a text hides; `found` is what it spelled out, in folded form."""

    def __init__(self, known: Collection[str]) -> None:
        self._known = known
        self.found: list[str] = []

    def words_of(self, shown: str, plain: str) -> str:
        """The folded text with all that it hides spelled out; `plain` is that text folded as it is."""
        latin = shown
        if _FOREIGN.search(shown):
            latin = unicodedata.normalize("NFKD", shown).translate(_LOOK_ALIKES)
            self.found += [fold(word.translate(_LOOK_ALIKES)) for word in shown.split() if _FOREIGN.search(word)]
        joined = _APART.sub(self._put_together, latin)
        folded = plain if joined == shown else fold(joined)
        if _DIGIT_BY_LETTER.search(folded):
            folded = self._spelled(folded)
        return _LONG.sub(self._parted, folded)

    def _put_together(self, run: re.Match[str]) -> str:
        """Letters set apart, as words: what stands most often between them is nothing, other signs part two words."""
        signs = _BETWEEN.findall(run[0])
        usual = Counter(signs).most_common(1)[0][0]
        words: list[str] = [""]
        at = 0
        for sign, end in ((sign, sign.end()) for sign in _BETWEEN.finditer(run[0])):
            words[-1] += run[0][at : sign.start()]
            if sign[0] != usual:
                words.append("")
            at = end
        words[-1] += run[0][at:]
        read = " ".join(_in_words(fold(word), self._known) or fold(word) for word in words)
        self.found.append(read)
        return read

    def _spelled(self, folded: str) -> str:
        """A folded text with its digits and signs read as letters, in the words that hold letters too."""
        found: list[str] = []

        def spell(match: re.Match[str]) -> str:
            word = match[0]
            if not _DIGIT_BY_LETTER.search(word) or _NO_LETTER.search(word):
                return word
            read = word.rstrip("!").translate(_LEET)
            with_l = word.rstrip("!").replace("1", "l").translate(_LEET)
            found.append(with_l if with_l in self._known and read not in self._known else read)
            return found[-1]

        text = _MIXED.sub(spell, folded)
        if len(found) < _FEWEST_SPELLED:
            return folded
        self.found += found
        return _DIGIT_ALONE.sub(lambda match: match[0].translate(_LEET), text)

    def _parted(self, match: re.Match[str]) -> str:
        """A very long word as the words that it is made of; as it is when most of it is unknown."""
        if words := _in_words(match[0][:_MOST_GLUED], self._known):
            self.found.append(words)
        return words or match[0]


def _in_words(letters: str, known: Collection[str]) -> str:
    """Letters as the fewest known words that they are made of; empty when most of them are in none."""
    size = len(letters)
    costs = [0.0] * (size + 1)
    starts = [0] * (size + 1)
    for end in range(1, size + 1):
        costs[end], starts[end] = costs[end - 1] + 2.0, end - 1
        for start in range(max(0, end - _LONGEST_WORD), end - 1):
            cost = costs[start] + 1.0
            if cost < costs[end] and letters[start:end] in known:
                costs[end], starts[end] = cost, start
    if costs[size] > size / 2.5:
        return ""
    pieces: list[str] = []
    end = size
    while end:
        pieces.append(letters[starts[end] : end])
        end = starts[end]
    return " ".join(reversed(pieces))
