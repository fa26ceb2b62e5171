"""Which pages have text that can be read: some are pictures, and of some the font tells its letters wrongly.

« Lr dvp|vtvf Pnrrrllr » is what a font with a wrong ToUnicode map gives: no French, no English, no list of names.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.readers.pdf.lines import Page
from ingest.readers.pdf.page import PageContent
from kb.text.folding import fold

# Fewer characters on a page than this are stamps and numbers on a scanned image.
_SCANNED = 50
# What the transmission of acts stamps on scanned pages, in their margins: « Reçu en préfecture le … ID : … ».
_STAMPED = 300
_MARGIN = 0.12  # of the page's height
# Pairs of letters, folded, « space » standing for a word's beginning and end: rows by the first letter of
# " abc…z", columns by the second; 0 (never) to 9, the logarithm of their share in the documents of the bundled corpus
# (int((log2(share) + 19) / 1.4)). Pages of French have 7.5 on average, of English 6.9, lists of names from all over
# the world 6.3; letters mixed up at random, 400 times, 5.7 at most.
_PAIRS = (
    "097899867764987797888876244 806764475830778464868760244 472245200640700520632550050 670528346702601802647500031 "
    "870249240720040620563700020 965777664542789265898863503 560016600700322600741200000 560128020600535520714500000 "
    "560006000500422440307301020 775768660403868856888063502 050006000000000500000500000 330002000300300000010000010 "
    "880319212802842822255610020 666048020700573660021500030 980778561722406766789560003 505754474763679362776862251 "
    "670227005500606762875620100 430002000000002020020800000 886669362801755814678750022 960448324700441744277702050 "
    "970229005900050770877630051 876557340720547450977070730 570008000700000500500400000 620004000300000100020006000 "
    "730404000400000040004020000 530305000000005250032220000 320004000300100300000200001"
).split()
_LIKELY = 5.85
_JUDGED = 150  # pairs of letters: fewer tell nothing
# Words that hardly a page of French or of English does without.
_COMMON = frozenset(
    "le la les l de des du d un une et en au aux a dans par pour sur que qui est sont ce cette il elle avec ou ne pas "
    "se the of and to in is for that by on with or as be are from".split()
)
_COMMON_SHARE = 0.12  # of the words; French has 0.4, English 0.35
_FEW = 8  # words: fewer tell nothing
# What no word has inside: control characters, private use, signs.
_ODD = re.compile("(?<=[^\\W\\d_])[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffd\ue000-\uf8ff|\\\\{}~^<>@=_$#]|[\x01\x03-\x08]")
_ODD_SHARE = 0.03  # of the letters


@dataclass(frozen=True, slots=True)
class UnreadablePages:
    """The pages whose text cannot be read, by their numbers from 0: pictures of text, and fonts that tell their
    letters wrongly; of `count` pages. `readable`: whether any other page holds text."""

    images: tuple[int, ...]
    fonts: tuple[int, ...]
    count: int
    readable: bool

    @property
    def told(self) -> str:
        """What is wrong with a file of such pages, in French."""
        pages = f"{self.count} page{'s' if self.count > 1 else ''}"
        if self.fonts:
            return f"texte illisible sur {pages}, la police du PDF est mal codée"
        return f"PDF scanné : {pages} presque sans texte"


def unreadable_pages(contents: Sequence[PageContent], pages: Sequence[Page]) -> UnreadablePages:
    """The pages that hold no readable text, `pages` being their lines."""
    images, fonts = [], []
    written = 0
    for number, (content, page) in enumerate(zip(contents, pages, strict=True)):
        characters = sum(len(line.text.strip()) for line in page)
        if content.pictured and (characters < _SCANNED or (characters < _STAMPED and _in_margins(page))):
            images.append(number)
        elif not is_legible("\n".join(line.text for line in page)):
            fonts.append(number)
        else:
            written += characters
    return UnreadablePages(tuple(images), tuple(fonts), len(pages), written >= _SCANNED)


def is_legible(text: str) -> bool:
    """Whether `text` may be of a language. What is too short to tell, or has hardly any letters, may."""
    if _speaks(text.lower().split()):
        return True
    letters = sum(character.isalpha() for character in text)
    words = re.findall(r"[a-z]+", fold(text))
    if not words:
        return letters < _JUDGED or not _odd_share(text, letters)
    if letters >= _SCANNED and _speaks(words):
        return True
    if letters >= _SCANNED and _odd_share(text, letters):
        return False
    pairs = [pair for word in words for pair in zip(f" {word}", f"{word} ", strict=True)]
    if len(pairs) < _JUDGED:
        return True
    return sum(int(_PAIRS[_row(first)][_row(second)]) for first, second in pairs) >= _LIKELY * len(pairs)


def _speaks(words: Sequence[str]) -> bool:
    """Whether words are of a text in French or English."""
    return len(words) >= _FEW and sum(map(_COMMON.__contains__, words)) >= _COMMON_SHARE * len(words)


def _row(letter: str) -> int:
    return 0 if letter == " " else ord(letter) - 96


def _odd_share(text: str, letters: int) -> bool:
    return len(_ODD.findall(text)) > _ODD_SHARE * letters


def _in_margins(page: Page) -> bool:
    return all(not _MARGIN < line.place < 1 - _MARGIN for line in page)
