"""The names that a base knows: its documents' programmes and partners, its acronyms, and what its domain adds.

They let one name take another's place in a follow-up question (« Et pour le Fonds vert ? »): which words are one name
although some are written small, which names are programmes, and what gender an acronym has.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal, Self

from kb.text.domain import NO_DOMAIN, Domain
from kb.text.folding import fold
from kb.types import Document

Gender = Literal["f", "m"]
CAPITAL = r"[A-ZÀ-ÖØ-Þ][\w+]*(?:-[\w+]+)*"
"""Pattern of a word with a capital: any run of them may be a name."""

_FEMININE = re.compile(
    r"(?:tion|sion|ence|ance|te|ee|ie|ure|ise|ette)$|"
    r"^(?:union|caisse|banque|chambre|ecole|region|ville|maison|federation|loi|zone|aide|cour|charte|dotation)$"
)
_MASCULINE = re.compile(r"(?:ment|age|isme|eau|ier|et|oir)$|^(?:etat|fonds|plan|programme|conseil|comite|pret|office)$")


@dataclass(frozen=True, slots=True)
class KnownNames:
    """`name` matches a name, known (its group `known`) or with capitals."""

    name: re.Pattern[str]
    programmes: frozenset[str]  # folded, without the space before a digit
    genders: tuple[tuple[str, Gender], ...]  # of folded acronyms, as the domain says them
    expansions: Callable[[str], tuple[str, ...]]

    @classmethod
    def of(
        cls,
        domain: Domain,
        documents: Iterable[Document] = (),
        expansions: Callable[[str], tuple[str, ...]] = lambda _: (),
    ) -> Self:
        """The names of `domain` and of the metadata of `documents`; `expansions` gives what a folded acronym means."""
        programmes = set(domain.programmes)
        partners: set[str] = set()
        for document in documents:
            programmes.update(document.programmes)
            partners.update(document.partners)
        several_words = filter(_is_name, programmes | partners | set(domain.names))
        written = sorted(several_words, key=lambda name: (-len(name), name))  # « Fonds vert pilote » before its part
        known = rf"(?i:{'|'.join(map(_pattern, written))})" if written else r"(?!)"
        genders: list[tuple[str, Gender]] = [(fold(acronym), "f") for acronym in domain.feminine]
        genders += [(fold(acronym), "m") for acronym in domain.masculine]
        return cls(
            name=re.compile(rf"(?<!\w)(?:(?P<known>{known})(?![\w+])|{CAPITAL}(?:[ ]{CAPITAL})*)"),
            programmes=frozenset(map(_one_form, programmes)),
            genders=tuple(genders),
            expansions=expansions,
        )

    def is_known(self, text: str) -> bool:
        """Whether `text` is a name of several words, or with a figure, that the base knows."""
        match = self.name.fullmatch(text)
        return match is not None and match["known"] is not None

    def known_spans(self, text: str) -> list[tuple[int, int]]:
        """Where such names stand in `text`."""
        return [match.span() for match in self.name.finditer(text) if match["known"] is not None]

    def is_programme(self, text: str) -> bool:
        """Whether `text` is the name of a programme."""
        return _one_form(text) in self.programmes

    def gender(self, word: str) -> Gender | None:
        """The gender of a noun, or of an acronym by the first word of what it stands for; None where nothing tells."""
        folded = fold(word)
        if told := dict(self.genders).get(folded):
            return told
        spelled = next(iter(self.expansions(folded)), "")
        if not spelled and word.isupper():
            return None  # the end of an acronym says nothing
        noun = fold(re.split(r"[\s-]", spelled)[0]) if spelled else folded
        return "f" if _FEMININE.search(noun) else "m" if _MASCULINE.search(noun) else None


def _is_name(text: str) -> bool:
    """Whether a name of the metadata is a proper one, of several words: « conseils citoyens » is made of common nouns,
    and a single word says by its capital that it is a name."""
    return " " in text.strip() and (any(letter.isupper() for letter in text) or any(map(str.isdigit, text)))


def _pattern(name: str) -> str:
    """`name` with or without its accents, either apostrophe, and any space or none before a digit."""
    parts = []
    for character in name.strip():
        plain = fold(character)
        if character.isspace():
            parts.append(r"\s")
        elif character in "'’":
            parts.append("['’]")
        elif len(plain) == 1 and plain != character.casefold():
            parts.append(f"[{re.escape(character)}{re.escape(plain)}]")
        else:
            parts.append(re.escape(character))
    return re.sub(r"\\s(?=\d)", r"\\s?", "".join(parts))


def _one_form(name: str) -> str:
    return re.sub(r" (?=\d)", "", fold(name))


NO_NAMES = KnownNames.of(NO_DOMAIN)
"""Names with capitals, and nothing known of them: what rules of French alone can tell."""
