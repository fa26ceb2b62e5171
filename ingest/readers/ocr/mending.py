"""What French shows to be misread, mended where nothing else can be meant; anything else stays as it was read.

« l'Etat », « coeur » and « Objet: » are ways of writing, not mistakes of reading: they stay.
"""

from __future__ import annotations

import re
from collections.abc import Callable

Replacement = str | Callable[[re.Match[str]], str]

_MONTH = "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"
# Signs as wide as a Chinese character: the model reads Chinese too.
_WIDE = str.maketrans("，：；！？（）％。“”｜～＋＝", ",:;!?()%.“”|~+=")
_VOWEL = "aeiouyhàâäéèêëîïôöùûüœæAEIOUYHÀÂÄÉÈÊËÎÏÔÖÙÛÜŒÆ"
# Words that are none without the mark: as read, as written.
_WORDS = {
    "ceuvre": "œuvre",
    "ceil": "œil",
    "ceuf": "œuf",
    "cceur": "cœur",
    "sceur": "sœur",
    "vceu": "vœu",
    "nceud": "nœud",
    "bceuf": "bœuf",
    "manceuvre": "manœuvre",
    "laique": "laïque",
    "laicité": "laïcité",
    "mosaique": "mosaïque",
    "archaique": "archaïque",
    "naif": "naïf",
    "naive": "naïve",
    "coincide": "coïncide",
    "coincident": "coïncident",
    "coincidence": "coïncidence",
    "faience": "faïence",
    "caraibe": "caraïbe",
    "caraibes": "caraïbes",
}
_PLURAL = {"ceuvre": "s", "ceuf": "s", "cceur": "s", "sceur": "s", "vceu": "x", "nceud": "s", "manceuvre": "s"}


def _as_written(match: re.Match[str]) -> str:
    found = match[0]
    word = _KNOWN[found.lower()]
    if found.isupper():
        return word.upper()
    return word[0].upper() + word[1:] if found[0].isupper() else word


def _elided(match: re.Match[str]) -> str:
    return match[1] + (match[2] if match[2] in "’'" else "'")


_KNOWN = _WORDS | {read + end: _WORDS[read] + end for read, end in _PLURAL.items()}
_MENDED: tuple[tuple[re.Pattern[str], Replacement], ...] = tuple(
    (re.compile(pattern, flags), replacement)
    for pattern, flags, replacement in (
        # « ler », « lère » are no words: the figure 1 was read as a letter. « Ier » is, after the name of a king.
        (r"(?<![\w'’])l(er|ers|ère|ères)(?!\w)", 0, r"1\1"),
        (rf"(?<![\w'’])Ier(?= (?:{_MONTH})\b)", 0, "1er"),
        # O within or after the figures of a number. « 1o » (primo), « 2 O » and « H2O » are something else.
        (r"(?<![\w.])\d[\dO]*O[\dO]*(?![\w])", 0, lambda match: match[0].replace("O", "0")),
        (r"(?<=\d)l(?=\d)", 0, "1"),
        (r"(?<![\w'’.])l(?=\d{2,}(?!\w)|\d{0,2}[ \u00a0\u202f]\d{3}(?!\w))", 0, "1"),
        # A month met the figures beside it.
        (rf"(?:(?<=\d)|(?<=\b1er))(?=(?:{_MONTH})(?![^\W\d]))", re.IGNORECASE, " "),
        (rf"(?<![^\W\d])({_MONTH})(?=\d{{4}}(?!\d))", re.IGNORECASE, r"\1 "),
        # Elisions: « l 'accord », « d' une », « qu`il ».
        (rf"(?<![\w'’])([cdjlmnstCDJLMNST]|[Qq]u|[Jj]usqu|[Ll]orsqu|[Pp]uisqu) ?([’'´`]) ?(?=[{_VOWEL}])", 0, _elided),
        (r"\b([Aa]ujourd) ?([’'´`]) ?(?=hui\b)", 0, _elided),
        # The space that was lost behind a sign, between words.
        (r"(?<=[^\W\d_]{2}),(?=[^\W\d_]{2})", 0, ", "),
        (r"(?<=[a-zà-öø-ÿœ]{2})\.(?=[A-ZÀ-ÖØ-Þ][a-zà-öø-ÿœ’' ])", 0, ". "),
        (r"(?<=[^\W\d_]{2}) ?;(?=[^\W\d_])", 0, " ; "),
        (r"(?<=\w) :(?=[^\W_])", 0, " : "),
        (r"(?<=[a-zà-öø-ÿœ]{3}):(?=[^\W_]|[(«])", 0, " : "),
        (r"«(?=\w)", 0, "« "),
        (r"(?<=[\w.!?…])»", 0, " »"),
        # Small words that met a capital: « leMaire ».
        (
            r"(?<![\w'’])([Ll]e|[Ll]a|[Ll]es|[Dd]u|[Dd]es|de|à|aux?|et|en|par|pour|sur)(?=[A-ZÉÈ][a-zà-öø-ÿœ]{2})",
            0,
            r"\1 ",
        ),
        (r"\b(Monsieur|Madame)(?=l[ea]\b)", 0, r"\1 "),
        (r"(?<=\d)º|(?<=\b[Nn])º", 0, "°"),
        (rf"\b(?:{'|'.join(sorted(_KNOWN, key=len, reverse=True))})\b", re.IGNORECASE, _as_written),
        (r"\bCE(?=uvre|il\b|uf)", 0, "Œ"),
    )
)
# An address: its signs have no spaces around them.
_ADDRESS = re.compile(r"\S*(?:@|://|www\.)\S*")


def mend(text: str) -> str:
    """A line as it was read, mended. Addresses of the web and of mail stay as they are."""
    text = text.translate(_WIDE)
    parts: list[str] = []
    done = 0
    for address in _ADDRESS.finditer(text):
        parts += [_mended(text[done : address.start()]), address[0]]
        done = address.end()
    return "".join([*parts, _mended(text[done:])])


def _mended(text: str) -> str:
    for pattern, replacement in _MENDED:
        text = pattern.sub(replacement, text)
    return text
