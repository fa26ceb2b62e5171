"""A base of three sources for the tests of rights: `ouvert` for all, `rh` and `achats` for a group each.

The three speak of the same things in other words, so that whatever is asked finds something in each, and each has a
mark that stands nowhere else: where it is told, its source was read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import unquote_plus

from pdf_files import Sheet

SOURCES = ("ouvert", "rh", "achats")
RESTRICTED = ("rh", "achats")
MARKS = {"ouvert": "Aubépine", "rh": "Zéphyrin", "achats": "Quinquina"}
ACRONYMS = {"ouvert": "CAO", "rh": "CZP", "achats": "CQA"}
NAMES = {
    "ouvert": "comité des aubépines ouvertes",
    "rh": "comité zéphyrin du personnel",
    "achats": "comité quinquina des achats",
}
NUMBERS = {"ouvert": "9696", "rh": "4242", "achats": "7373"}
NOTICES = {"ouvert": 1, "rh": 2, "achats": 4}
"""How many notices `add_others` puts into each source, all of one type and programme: no two sets of sources have the
same number, so that each count of them tells which were counted."""
COMMON_TYPE, COMMON_PROGRAMME, COMMON_ACRONYM = "avis", "Programme commun", "ZDM"
"""What documents of every source are of: the notices, those and the documents of `write_sources`; an acronym that each
notice explains."""
QUESTION = "Quelle prime le comité verse-t-il aux agents ?"
CONFIGURATION = """
[[restriction]]
sources = ["rh", "ajouts"]
groups = ["personnel"]

[[restriction]]
sources = ["ach*"]
groups = ["marches"]
"""


def id_of(source: str) -> str:
    """The id of a source's document."""
    return f"note-{source}.md"


def text_of(source: str) -> str:
    """The document of a source."""
    mark, acronym, name = MARKS[source], ACRONYMS[source], NAMES[source]
    return (
        f"---\ntitre: Note {mark} sur la prime\ndate: 2025-0{1 + SOURCES.index(source)}\ntype: type {mark}\n"
        f"rubrique: rubrique {mark}\npartenaires: Fondation {mark}, Cercle {mark}\n"
        f"programmes: Programme {mark}, {COMMON_PROGRAMME}\n---\n"
        f"Le {name} ({acronym}) verse la prime aux agents.\n\n"
        f"En 2023, la prime de la Fondation {mark} est de 350 euros. "
        f"En 2024, la prime de la Fondation {mark} est de {NUMBERS[source]} euros.\n\n"
        f"En 2023, le budget du Programme {mark} est de 850 euros. "
        f"En 2024, le budget du Programme {mark} est de {NUMBERS[source]} euros.\n\n"
        f"## Versement {mark}\n\nLe comité {mark} verse la prime aux agents en juin."
    )


def write_sources(root: Path, sources: Iterable[str] = SOURCES) -> list[Path]:
    """A folder for each of the sources, with its document; their paths."""
    folders = []
    for source in sources:
        folder = root / source
        folder.mkdir(parents=True, exist_ok=True)
        (folder / id_of(source)).write_text(text_of(source), encoding="utf-8")
        folders.append(folder)
    return folders


def pdf_of(source: str) -> str:
    """The id of a source's PDF, where `add_others` has put one."""
    return f"plan-{source}.pdf"


def documents_of(sources: Iterable[str]) -> int:
    """How many documents sources have with those of `add_others`."""
    return sum(2 + NOTICES[source] for source in sources)


def _notices(source: str) -> Iterable[str]:
    return (f"avis-{source}-{number}.md" for number in range(1, NOTICES[source] + 1))


_ACCENT = "\\u00e9"
# Whole words: what is made by chance (names of sessions, marks of files) holds any three letters.
_TOLD = {
    source: re.compile(
        "|".join(
            rf"(?<!\w){re.escape(word)}(?!\w)"
            for word in (
                MARKS[source],
                ACRONYMS[source],
                NUMBERS[source],
                id_of(source),
                pdf_of(source),
                *_notices(source),
            )
        ),
        re.IGNORECASE,
    )
    for source in SOURCES
}


def add_others(root: Path) -> None:
    """Adds a PDF with each source's mark, and its notices, to the folders of `write_sources`."""
    for source in SOURCES:
        for number, name in enumerate(_notices(source), 1):
            (root / source / name).write_text(_notice(source, number), encoding="utf-8")
        text = f"Le plan {MARKS[source]} prévoit une prime pour les agents du comité en juin."
        sheet = Sheet()
        sheet.paragraph(text)
        (root / source / pdf_of(source)).write_bytes(bytes(sheet.output()))


def _notice(source: str, number: int) -> str:
    return (
        f"---\ntitre: Avis {MARKS[source]} {number}\ndate: 2026-0{1 + SOURCES.index(source)}\ntype: {COMMON_TYPE}\n"
        f"programmes: {COMMON_PROGRAMME}\n---\n"
        f"La réunion {MARKS[source]} est celle de la zone du matin ({COMMON_ACRONYM})."
    )


def sources_told(text: str) -> set[str]:
    """Which of the sources a text tells something of: as it is, in an address, or in JSON of ASCII alone."""
    read = f"{text}\n{unquote_plus(text)}\n{text.replace(_ACCENT, 'é')}"
    return {source for source in SOURCES if _TOLD[source].search(read)}
