"""The sources of a whole conversation as one numbered bibliography.

Answers number their citations each from 1; here they are numbered through. An entry of the bibliography names the
document, its date and page, when it was consulted, and the words that prove.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import quote

from kb.answering.serialize import pages_told
from kb.answering.warnings import RECOGNISED
from kb.text.moments import french_date, french_moment
from kb.types import Answer, Citation
from kb.web.render import page_url

_REFERENCE = re.compile(r"\[(\d{1,3})\]")
# What an XML file cannot hold, what no file of text does, and the marks that hide or reorder what is around them.
_CONTROLS = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufdd0-\ufdef\ufeff"
    "\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]"
)
# What ends an address in one form of text or another, though it may stand in one.
_ENDS_ADDRESS = re.compile(r"[<>\"'`(){}|\\^*]|[^\x21-\x7e]")


@dataclass(slots=True)
class Bibliography:
    """Sources in the order of their first use, through all answers: the same words of a document are one entry."""

    entries: dict[tuple[str, str], tuple[int, Citation, str]] = field(default_factory=dict)

    def number(self, citation: Citation, at: str) -> int:
        """The number of what `citation` quotes, consulted `at` an ISO moment."""
        key = citation.document.id, citation.quote
        if key not in self.entries:
            self.entries[key] = len(self.entries) + 1, citation, at
        return self.entries[key][0]

    def renumbered(self, answer: Answer, at: str, shown: Callable[[int], str]) -> str:
        """The answer's text, clean, with `shown(number)` in the place of each `[n]` that a citation carries."""
        cited = {citation.number: citation for citation in answer.citations}

        def replaced(match: re.Match[str]) -> str:
            citation = cited.get(int(match[1]))
            return match[0] if citation is None else shown(self.number(citation, at))

        return _REFERENCE.sub(replaced, clean(answer.text))


def address(citation: Citation) -> str | None:
    """The address of a citation's document where it may be linked to, in signs that end it in no form of text."""
    url = page_url(citation.document.url)
    return url and _ENDS_ADDRESS.sub(lambda sign: quote(sign[0], safe=""), url)


def reference(citation: Citation, at: str, *, quoted: bool = True) -> str:
    """The entry of a citation, consulted `at` an ISO moment, when its answer was given; its words too when `quoted`."""
    document = citation.document
    pages = pages_told(document, citation.start, citation.end)
    facts = [f"« {document.title} »", document.rubric or document.kind or "", french_date(document.date), pages]
    if citation.recognised:
        facts.append(RECOGNISED)
    told = ", ".join(fact for fact in facts if fact)
    entry = f"{told} ; consulté le {french_moment(at)}."
    return f"{entry} « {' '.join(citation.quote.split())} »" if quoted else entry


def clean(text: str) -> str:
    """`text` without the characters that no file of text holds."""
    return _CONTROLS.sub("", text)
