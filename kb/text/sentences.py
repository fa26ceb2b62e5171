"""Sentences of French running text, as spans of offsets."""

from __future__ import annotations

import re
from itertools import pairwise

Span = tuple[int, int]

# Written with a full stop that does not end a sentence. « etc. » is one of them: where it does end a sentence, two
# sentences are shown instead of one, which misleads nobody; the contrary would cut a sentence in the middle.
_ABBREVIATIONS = frozenset(
    "art al alin ann anc apr av bd bib boul c.-à-d cf ch chap col coll dept dir doc dr ed éd env etc ex exc fig fg hab "
    "ibid id inf in-fol janv févr fév avr juil sept oct nov déc l livr loc m max me mgr min mlle mm mme mrs no nos "
    "nouv n° obs op p par paragr pl pp préf prof réf réfs rect resp rev s sq sqq st ste suiv sup suppl t tabl tel tél "
    "tit trad v vol vs zac".split()
)
_LONGEST_WORD = 40  # characters before a full stop that are looked at: no abbreviation is longer
_END = re.compile(r"[.!?…]+")
# What may close a sentence after its final mark: a guillemet may be set off by a space, the others touch.
_CLOSING = re.compile(r"(?:[ \u00a0\u202f]?[»”]|[\"'’)\]])*(?:\s?\[\d+\])*")
# Possessive: what follows a run of spaces does not depend on where it is cut, and trying each place would be quadratic.
_START = re.compile(r"[\s\u00a0\u202f]++(?=[«“\"‘'(\[—–-]*+[\s\u00a0\u202f]*+[A-ZÀ-ÖØ-ÞŒ0-9])")
# Pages that lost their white space: « …que d’un mois.Passé ce délai ». Neither addresses nor initials look like this:
# three small letters or a closing mark before, a capital with its word after. Of some 1,600 such places in three
# bases, every one in bench/cnil, all were ends of sentences (2026-11-30).
# Shorter ones go on together: of 85 questions with the words that answer them, over bench/cnil, the answers hold as
# many as without a cut (0.71, and 0.58 in the first sentence; 0.65 and 0.49 where each is cut, 0.69 and 0.54 from 60
# words on), and more often cite the right document (0.62, 0.59 without).
GLUED_WORDS = 40
_GLUED_BEFORE = re.compile(r"(?:^|[\s\u00a0\u202f])[^\s/@]*(?:(?!www)\w[a-zà-ÿœ]{2}|[»”\")\]])[ \u00a0\u202f]?$")
_GLUED_START = re.compile(r"(?=[«“\"]?[A-ZÀ-ÖØ-ÞŒ](?:[a-zà-ÿœ]++(?!\.[a-z])|['’ ]))")
_WORD_BEFORE = re.compile(r"[^\s\u00a0\u202f(«\"“’']+$")


def sentence_spans(text: str) -> list[Span]:
    """The sentences of `text`, in order: (start, end) offsets without surrounding white space.

    Together the spans hold every character of `text` that is not white space. A final mark ends a sentence when what
    follows looks like a beginning (capital, digit, opening quotation mark); abbreviations (« art. », « M. », « etc. »),
    initials, decimal numbers and marks inside a quotation that goes on in lower case do not. Where the space between
    two sentences is missing, they are cut as soon as there are 40 words.
    """
    spans: list[Span] = []
    start = 0
    for mark in _END.finditer(text):
        if mark.start() < start:
            continue
        closing = _CLOSING.match(text, mark.end())
        end = closing.end() if closing else mark.end()
        following = _START.match(text, end) or _glued(text, start, mark.start(), end)
        if following is None or (mark[0] == "." and end == mark.end() and _abbreviated(text, start, mark.start())):
            continue
        spans.append((start, end))
        start = following.end()
    spans.append((start, len(text)))
    return [trimmed for span in spans if (trimmed := _trim(text, span))[0] < trimmed[1]]


def clause_spans(text: str) -> list[Span]:
    """The clauses of `text`: cut after « ; », « : » and « , » followed by white space."""
    cuts = [0, *(mark.end() for mark in re.finditer(r"[;:,](?=\s)", text)), len(text)]
    spans = [_trim(text, span) for span in pairwise(cuts)]
    return [span for span in spans if span[0] < span[1]]


def _glued(text: str, start: int, mark: int, end: int) -> re.Match[str] | None:
    """The beginning of a sentence that stands at `end` without a space, behind the final mark at `mark`, where what
    begins at `start` is long.
    """
    following = _GLUED_START.match(text, end)
    if following is None or len(text[start:end].split()) < GLUED_WORDS:
        return None
    return following if _GLUED_BEFORE.search(text[max(0, mark - _LONGEST_WORD) : mark]) else None


def _abbreviated(text: str, start: int, stop: int) -> bool:
    """Whether the word that ends at the full stop at `stop` is an abbreviation or an initial."""
    word = _WORD_BEFORE.search(text, max(start, stop - _LONGEST_WORD), stop)
    if word is None:
        return True  # a full stop alone ends nothing
    letters = word[0]
    last = letters.rsplit(".", 1)[-1].rsplit("-", 1)[-1]
    if len(last) == 1 and last.isalpha() and last.isupper():
        return True
    return letters.lower() in _ABBREVIATIONS or last.lower() in _ABBREVIATIONS - {"m", "s", "t", "l", "p", "v", "c"}


def _trim(text: str, span: Span) -> Span:
    start, end = span
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
