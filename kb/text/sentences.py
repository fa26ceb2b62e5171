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
_WORD_BEFORE = re.compile(r"[^\s\u00a0\u202f(«\"“’']+$")


def sentence_spans(text: str) -> list[Span]:
    """The sentences of `text`, in order: (start, end) offsets without surrounding white space.

    Together the spans hold every character of `text` that is not white space. A final mark ends a sentence when what
    follows looks like a beginning (capital, digit, opening quotation mark); abbreviations (« art. », « M. », « etc. »),
    initials, decimal numbers and marks inside a quotation that goes on in lower case do not.
    """
    spans: list[Span] = []
    start = 0
    for mark in _END.finditer(text):
        if mark.start() < start:
            continue
        closing = _CLOSING.match(text, mark.end())
        end = closing.end() if closing else mark.end()
        following = _START.match(text, end)
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
