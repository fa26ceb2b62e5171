"""Questions to begin with for people of different professions: of what the base holds, and asked of it first.

A domain says which professions there are and what they ask (`[metiers]`); without it they are those of any agency.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest

from kb.answering.follow_ups import Asking, Candidate, answerable, asked_of
from kb.retrieval.holdings import Holdings, holdings
from kb.text.domain import NAME, NO_DOMAIN, Domain

QUESTIONS = 3
"""Shown of a profession, at most."""
_TRIED = 5  # of a profession: each takes as long as an answer
_NAMES = 3  # programmes, and partners, that are asked about
_Forms = tuple[str, ...]
# A profession, what it asks of a programme, of a partner, and whether it asks what acronyms stand for.
_ANY: tuple[tuple[str, _Forms, _Forms, bool], ...] = (
    ("Finances", (f"{NAME} : quel budget ?",), (f"{NAME} : quel montant ?",), False),
    ("Conduite de projet", (f"{NAME} : quelles dates ?",), (f"{NAME} : quel rôle ?",), False),
    ("Communication", (f"{NAME} : quels objectifs ?",), (), True),
)


def by_profession(
    base: Asking, acronyms: Sequence[str], domain: Domain = NO_DOMAIN, n: int = QUESTIONS
) -> list[tuple[str, list[str]]]:
    """Each profession with at most `n` questions that the base answers; those without any are left out.

    `acronyms` are those of the base, as written.
    """
    held = holdings(base.documents())
    asked = _candidates(held, acronyms, domain)
    found = [(name, list(answerable(base, candidates, n, _TRIED))) for name, candidates in asked]
    return [(name, questions) for name, questions in found if questions]


def _candidates(held: Holdings, acronyms: Sequence[str], domain: Domain) -> Iterator[tuple[str, Sequence[Candidate]]]:
    programmes, partners = list(held.programmes)[:_NAMES], list(held.partners)[:_NAMES]
    if domain.professions:
        names = [name for pair in zip_longest(programmes, partners) for name in pair if name]
        for profession, forms in domain.professions:
            whole = [Candidate(form, "") for form in forms if NAME not in form]
            yield profession, [*whole, *_asked([form for form in forms if NAME in form], names)]
        return
    for profession, of_programme, of_partner, wants_acronyms in _ANY:
        pairs = zip_longest(_asked(of_programme, programmes), _asked(of_partner, partners))
        found = [candidate for pair in pairs for candidate in pair if candidate]
        if wants_acronyms:
            found = [*(Candidate(f"Que veut dire {acronym} ?", acronym) for acronym in acronyms[:2]), *found]
        yield profession, found


def _asked(forms: Sequence[str], names: Sequence[str]) -> list[Candidate]:
    return [Candidate(asked_of(form, name), name) for name in names for form in forms]
