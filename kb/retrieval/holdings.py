"""The base as a library: what it holds, what of it passes filters, what it says of a partner or programme, in figures.

Pure functions over documents; where they come from is the caller's business.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from kb.text.blocks import cells
from kb.text.figures import figures
from kb.text.folding import fold
from kb.text.moments import french_date
from kb.text.sentences import sentence_spans
from kb.text.stems import words
from kb.types import Document

Subject = Literal["partner", "programme"]
# Units of figures that are no figures of a subject: years and ranks stand in every other sentence.
_NO_FIGURES = {"year", "date", "ordinal"}
_LONGEST_SENTENCE = 600
# On a folded text: what stands before a year, and after a number that is none (« 2000 places »).
_BEFORE_A_YEAR = re.compile(
    r"\b(?:en|depuis|fin|debut|mi|milieu|annees?|exercices?|ici|des|avant|apres|horizon|entre|courant)-?$"
)
_COUNTED = re.compile(r"[a-z-]{3,}[sx]\b")


@dataclass(frozen=True, slots=True)
class Holdings:
    """How many documents there are: by year (« » without date), kind, rubric, programme, partner; most first."""

    years: Mapping[str, int]
    kinds: Mapping[str, int]
    rubrics: Mapping[str, int]
    programmes: Mapping[str, int]
    partners: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class DatedFigure:
    """A sentence with a figure about a subject: `document.text[start:end]`. `dates` are those that it names, in ISO and
    in order of time: the figure is of none other, not of the document's.
    """

    document: Document
    text: str
    start: int
    end: int
    dates: tuple[str, ...] = ()

    @property
    def when(self) -> str:
        """Its dates for a reader: « 2019 », « 2018 et mars 2024 »; « de 2014 à 2024 » for more, and for two that the
        sentence joins (« 2014-2024 »); empty without any.
        """
        told = [french_date(date) for date in self.dates]
        joined = len(told) == 2 and re.search(rf"{self.dates[0]} ?[-–] ?{self.dates[1]}", self.text)
        return f"de {told[0]} à {told[-1]}" if joined or len(told) > 2 else " et ".join(told)

    @property
    def shown(self) -> str:
        """The text for a reader: the cells of a table's row one after the other."""
        return " · ".join(cell for cell in cells(self.text) if cell) if self.text.startswith("|") else self.text


def holdings(documents: Iterable[Document]) -> Holdings:
    """What `documents` hold, counted."""
    found = list(documents)
    years = Counter((document.date or "")[:4] for document in found)
    return Holdings(
        years=dict(sorted(years.items())),
        kinds=_counted(document.kind for document in found),
        rubrics=_counted(document.rubric for document in found),
        programmes=_counted(name for document in found for name in document.programmes),
        partners=_counted(name for document in found for name in document.partners),
    )


def together(documents: Iterable[Document]) -> dict[tuple[str, str], int]:
    """How many documents name both a partner and a programme: {(partner, programme): documents}."""
    return dict(
        Counter(
            (partner, programme)
            for document in documents
            for partner in document.partners
            for programme in document.programmes
        )
    )


def newest_first(documents: Iterable[Document]) -> list[Document]:
    """By date, those without one last; then by title."""
    ordered = sorted(documents, key=lambda document: fold(document.title))
    return sorted(ordered, key=lambda document: document.date or "", reverse=True)


def of_subject(documents: Iterable[Document], kind: Subject, name: str) -> list[Document]:
    """The documents that name a partner or programme; case and accents do not count."""
    wanted = fold(name)
    return [
        document
        for document in documents
        if wanted in {fold(value) for value in (document.partners if kind == "partner" else document.programmes)}
    ]


def dated_figures(
    documents: Sequence[Document], name: str, n: int = 60, *, names: Sequence[str] = ()
) -> list[DatedFigure]:
    """At most `n` sentences or lines of the latest documents that name a subject and hold a figure, each once: those
    that speak of the latest date first, those that name none last.

    A year or a rank alone is no figure; nor is that of one of `names` (« le 1 % patronal »).
    """
    wanted = words(name)
    named = _with_figures(names)
    found: list[DatedFigure] = []
    seen: set[str] = set()
    if not wanted:
        return []
    for document in newest_first(documents):
        for line in re.finditer(r"[^\n]+", document.text):
            if line[0].startswith("#") or set(line[0]) <= set("|- :"):
                continue
            for a, b in sentence_spans(line[0]):
                text = line[0][a:b].strip()
                start = line.start() + line[0].index(text, a)
                if len(text) > _LONGEST_SENTENCE or fold(text) in seen or not _names(text, wanted):
                    continue
                if _has_figure(named.sub("", text)):
                    seen.add(fold(text))
                    found.append(DatedFigure(document, text, start, start + len(text), dates_in(text)))
                    if len(found) == n:
                        return _latest_first(found)
    return _latest_first(found)


def dates_in(text: str) -> tuple[str, ...]:
    """The dates that a sentence names, in ISO, as precise as they are given, each once, in order of time."""
    found = {
        "-".join(f"{part:02}" for part in figure.date if part)
        for figure in figures(text)
        if figure.date[0] and not (figure.unit == "year" and _is_a_count(text, figure.start, figure.end))
    }
    return tuple(sorted(date for date in found if not any(other.startswith(f"{date}-") for other in found)))


def _has_figure(text: str) -> bool:
    return any(
        figure.unit not in _NO_FIGURES or (figure.unit == "year" and _is_a_count(text, figure.start, figure.end))
        for figure in figures(text)
    )


def _is_a_count(text: str, start: int, end: int) -> bool:
    """Whether what is written as a year counts things: « 2000 places », but not « en 2000 »."""
    follows = text[end : end + 1].isspace() and _COUNTED.match(fold(text[end:]))
    return bool(follows) and not _BEFORE_A_YEAR.search(fold(text[:start]))


def _latest_first(found: Iterable[DatedFigure]) -> list[DatedFigure]:
    return sorted(found, key=lambda figure: figure.dates[-1] if figure.dates else "", reverse=True)


def _with_figures(names: Sequence[str]) -> re.Pattern[str]:
    """What matches those of `names` that hold a digit, whatever spaces stand in the text."""
    held = [r"\s*".join(map(re.escape, name.split())) for name in names if re.search(r"\d", name)]
    return re.compile(rf"(?<!\w)(?:{'|'.join(held)})(?!\w)" if held else r"(?!)", re.IGNORECASE)


def _names(text: str, wanted: Sequence[str]) -> bool:
    held = words(text)
    width = len(wanted)
    return any(held[index : index + width] == list(wanted) for index in range(len(held) - width + 1))


def _counted(values: Iterable[str | None]) -> dict[str, int]:
    counts = Counter(value for value in values if value)
    return dict(sorted(counts.items(), key=lambda item: (-item[1], fold(item[0]))))
