"""No word of the bundled corpus stands in `kb/` or `ingest/`: what is known of a domain is data.

The words are read from the corpus itself: the programmes and partners of its headers, the acronyms that its documents
explain, and all that its domain.toml says; some words of its field are added. Words of everyday French that are there
too (« État », « emploi ») are no names of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bundled import bundled_documents, bundled_domain
from kb.text.acronyms import glossary, mentions
from kb.text.folding import fold

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("kb", "ingest")
SUFFIXES = {".py", ".txt", ".html", ".js", ".css", ".toml", ".svg"}
FIELD = ("logement", "bailleur", "quartier", "urbain", "urbaine", "renouvellement urbain", "rénovation urbaine", "PNRU")
"""Words of the field that no header names, with their plurals."""
EVERYDAY = frozenset(map(fold, ("État", "Parlement", "Éducation nationale")))
"""Partners whom any document of any French agency may name."""
ALSO_WORDS = frozenset(("plus", "epic", "pic"))
"""Acronyms that are words as well: only their capitals tell them."""
ALLOWED = {"kb/models/packaged/calibration_texts.py": {"logement"}}
"""A sentence of a town hall that the 8-bit model was measured on: another word would make another model."""


def forbidden() -> tuple[frozenset[str], frozenset[str]]:
    """Folded words and names, and acronyms that count only in capitals."""
    domain, documents = bundled_domain(), bundled_documents()
    named = {name for document in documents for name in (*document.programmes, *document.partners)}
    own = {name for name in named if any(letter.isupper() for letter in name)} - {"Co-investissement"}
    said = [*domain.programmes, *domain.names, *domain.page_ends, *domain.asides, *domain.zones]
    said += [rubric for rubric in domain.rubrics if " " in rubric]
    told = ((document.id, mention) for document in documents for mention in mentions(document.text))
    acronyms = set(glossary(told))
    found = {fold(name) for name in (*own, *said, *FIELD, *acronyms)}
    return frozenset(found - EVERYDAY - ALSO_WORDS), frozenset(word.upper() for word in acronyms & ALSO_WORDS)


def offenders(folder: Path) -> Iterator[tuple[str, int, str]]:
    """File, line and word of each place below `folder` where a forbidden word stands."""
    words, capitals = forbidden()
    ordered = sorted(words, key=lambda word: (-len(word), word))
    in_any_case = re.compile(rf"(?<![^\W_])(?:{'|'.join(map(re.escape, ordered))})(?:s|x|es)?(?![^\W_])")
    in_capitals = re.compile(rf"\b(?:{'|'.join(sorted(capitals))})\b" if capitals else r"(?!)")
    for path in sorted(folder.rglob("*")):
        if path.suffix not in SUFFIXES:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            for word in (*in_any_case.findall(fold(line)), *in_capitals.findall(line)):
                yield path.relative_to(folder.parent).as_posix(), number, word


def test_the_words_of_the_corpus_are_known() -> None:
    words, capitals = forbidden()
    assert {"anru", "npnru", "anah", "qpv", "action logement", "quartiers fertiles", "1 % logement"} <= words
    assert {"fil infos", "l'info en plus", "cadre de vie", "logement", "france strategie"} <= words
    assert "PLUS" in capitals
    assert not words & {"etat", "plus", "emploi", "habitants", "communes"}


def test_no_word_of_the_corpus_stands_in_the_code() -> None:
    found = [
        f"{file}:{line}: {word}"
        for room in ROOMS
        for file, line, word in offenders(ROOT / room)
        if not any(word.startswith(allowed) for allowed in ALLOWED.get(file, ()))
    ]
    assert found == []


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ('PROGRAMME = re.compile("N?PNRU")', "pnru"),
        ("# « Vu dans le mag de l'ANRU »", "anru"),
        ('NAMES = ("action logement",)', "action logement"),
        ("des logements neufs", "logements"),
        ("fil_infos = 1", ""),
        ("# un prêt PLUS", "PLUS"),
        ("de plus en plus", ""),
        ("le communiqué de l'État", ""),
    ],
)
def test_a_word_of_the_corpus_is_seen_wherever_it_stands(line: str, word: str, tmp_path: Path) -> None:
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "module.py").write_text(f"\n{line}\n", encoding="utf-8")
    assert list(offenders(tmp_path / "code")) == ([("code/module.py", 2, word)] if word else [])
