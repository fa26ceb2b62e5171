"""Questions that the base can answer: examples to begin with, and what one may ask after an answer.

They are made of what documents hold (acronyms that they spell out, partners, programmes), in the short form in which
people write them, which needs no article (« Fonds vert : quel rôle ? »). Each is asked before it is shown: one that the
base would refuse, or answer without naming what it is about, is left out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Protocol

from kb.errors import ReperesError
from kb.retrieval.holdings import holdings
from kb.text.acronyms import mentions
from kb.text.domain import NAME, NO_DOMAIN, Domain
from kb.text.folding import fold
from kb.text.stems import words
from kb.types import Answer, Document

SHOWN = 3
EXAMPLES = 4
_TRIED = 8
_DOCUMENTS = 3
_OF_PROGRAMME = (f"{NAME} : quel budget ?", f"{NAME} : quelles dates ?")
_OF_PARTNER = (f"{NAME} : quel rôle ?", f"{NAME} : quel montant ?")


class Asking(Protocol):
    """What answers, and has documents."""

    def ask(self, question: str, *, answerer: str = "auto") -> Answer:
        """The answer to a question."""
        ...

    def documents(self, ids: Collection[str] | None = None) -> list[Document]:
        """All documents without their texts; those of `ids` with them."""
        ...


@dataclass(frozen=True, slots=True)
class Candidate:
    """A question that may be proposed; its answer must name what it is `about`, empty for anything."""

    question: str
    about: str


def follow_ups(
    base: Asking,
    answer: str,
    document_ids: Sequence[str],
    asked: Iterable[str],
    domain: Domain = NO_DOMAIN,
    n: int = SHOWN,
) -> list[str]:
    """At most `n` questions after `answer`, a text that cites `document_ids`, best first.

    None is about what the questions of `asked` name; `domain` adds questions of its own about programmes and partners.
    """
    known = [words(question) for question in asked]
    documents = {document.id: document for document in base.documents(list(document_ids)[:_DOCUMENTS])}
    ordered = [documents[document_id] for document_id in document_ids if document_id in documents]
    said = words(answer)
    candidates = [
        candidate
        for candidate in _candidates(ordered, said, domain)
        if not any(_within(words(candidate.about), question) for question in known)
    ]
    return list(answerable(base, candidates, n))


def examples(base: Asking, domain: Domain = NO_DOMAIN, n: int = EXAMPLES) -> list[str]:
    """At most `n` questions to begin with: the domain's that the base answers, then about what it holds most of."""
    found = list(answerable(base, [Candidate(question, "") for question in domain.examples], n))
    if len(found) < n:
        held = holdings(base.documents())
        made = [Candidate(asked_of(_OF_PROGRAMME[0], name), name) for name in list(held.programmes)[:3]]
        made += [Candidate(asked_of(_OF_PARTNER[0], name), name) for name in list(held.partners)[:3]]
        found += answerable(base, made, n - len(found))
    return found


def _candidates(documents: Sequence[Document], said: Sequence[str], domain: Domain) -> Iterator[Candidate]:
    """Acronyms that the answer holds and a document spells out; programmes and partners of the documents."""
    found = (mention for document in documents for mention in mentions(document.text))
    for acronym in dict.fromkeys(mention.acronym for mention in found if mention.sure):
        if fold(acronym) in said:
            yield Candidate(f"Que veut dire {acronym} ?", acronym)
            break  # one is enough: the others are explained in the same way
    held = holdings(documents)
    named = sorted(held.programmes, key=lambda name: not _within(words(name), said))
    partners = sorted(held.partners, key=lambda name: not _within(words(name), said))
    for partner, programme in zip_longest(partners, named):
        if partner:
            yield Candidate(asked_of(_OF_PARTNER[0], partner), partner)
        if programme:
            yield Candidate(asked_of(_OF_PROGRAMME[0], programme), programme)
    others = [(form, partners) for form in (*domain.asked_of_partners, *_OF_PARTNER[1:])]
    others += [(form, named) for form in (*domain.asked_of_programmes, *_OF_PROGRAMME[1:])]
    for form, names in others:
        yield from (Candidate(asked_of(form, name), name) for name in names[:2])


def asked_of(form: str, name: str) -> str:
    """A question of the form, about a name."""
    return form.replace(NAME, name[:1].upper() + name[1:])


def answerable(base: Asking, candidates: Iterable[Candidate], n: int, most: int = _TRIED) -> Iterator[str]:
    """The first `n` questions that the base answers, of the first `most`."""
    left = n
    for tried, candidate in enumerate(candidates):
        if left <= 0 or tried >= most:
            return
        try:
            answer = base.ask(candidate.question, answerer="extractive")
        except ReperesError:
            continue
        if not answer.refused and _within(words(candidate.about), words(answer.text)):
            left -= 1
            yield candidate.question


def _within(wanted: Sequence[str], held: Sequence[str]) -> bool:
    width = len(wanted)
    return any(list(held[index : index + width]) == list(wanted) for index in range(len(held) - width + 1))
