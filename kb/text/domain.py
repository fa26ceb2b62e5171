"""What an agency says of its own field: names, words, habits of its site. Data (`domain.toml`), never code.

Nothing in it is needed: programmes, partners and acronyms are read from the documents themselves, and without the file
everything goes by rules of French alone. The file explains its keys (corpus/domain.toml).
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kb.errors import SettingsError
from kb.settings import Settings

Texts = tuple[str, ...]
NAME = "{nom}"
"""Stands for the name in a question about a programme or a partner."""


@dataclass(frozen=True, slots=True)
class Domain:
    """All texts are as people write them."""

    programmes: Texts = ()
    """Programmes that no document names in its metadata: one may be asked about in the place of another."""
    names: Texts = ()
    """Other names, of several words or with a figure (« 1 % patronal »)."""
    feminine: Texts = ()
    """Acronyms that are feminine, where what they stand for does not say it; so with `masculine`."""
    masculine: Texts = ()
    synonyms: tuple[tuple[str, Texts], ...] = ()
    """Everyday words with those of the agency's documents, the surest first."""
    examples: Texts = ()
    """Questions of the first page, best first."""
    professions: tuple[tuple[str, Texts], ...] = ()
    """Professions with the questions that they begin with, whole or with `{nom}` for a programme or partner."""
    asked_of_programmes: Texts = ()
    """Questions that may be asked of any programme, with `{nom}` for it; so with `asked_of_partners`."""
    asked_of_partners: Texts = ()
    rubrics: Texts = ()
    """Rubrics of the agency's site: they tell a line of rubrics from a title."""
    page_ends: Texts = ()
    """Lines after which a page of that site holds nothing but headlines of other pages."""
    asides: Texts = ()
    """Lines that begin an inset of a few short lines."""
    zones: Texts = ()
    """Classes and ids of its HTML elements that are never part of an article."""

    @property
    def reading_mark(self) -> str:
        """A mark of all that changes what a document's text becomes; empty where nothing does."""
        told = (self.rubrics, self.page_ends, self.asides, self.zones)
        return hashlib.sha256(repr(told).encode()).hexdigest()[:12] if any(told) else ""


NO_DOMAIN = Domain()
"""That of an agency that says nothing of itself."""


def domain_of(settings: Settings) -> Domain:
    """The domain of the settings' file; an empty one when none is named and none stands beside the corpus folder.

    Raises SettingsError, naming the file, the key and what to do, for a file that cannot be used.
    """
    if settings.domain is None and not settings.domain_file.is_file():
        return NO_DOMAIN
    return read_domain(settings.domain_file)


def read_domain(path: Path) -> Domain:
    """The domain that the file at `path` describes. Raises SettingsError as `domain_of`."""
    try:
        held = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"REPERES_DOMAIN={path} : le fichier ne peut pas être lu ({error}).") from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(
            f"{path} : ce n'est pas du TOML bien formé ({error}) ; mettez chaque texte entre guillemets droits, "
            "et séparez-les par des virgules."
        ) from None
    _check_known(held, {*_LISTS, _WORDS, _PROFESSIONS}, str(path), "section")
    found: dict[str, Any] = {}
    for section, keys in _LISTS.items():
        table = _table(held, section, path)
        _check_known(table, set(keys), f"{path}, [{section}]", "clé")
        for key, field in keys.items():
            if key in table:
                found[field] = _texts(table[key], f"{path}, [{section}], {key}")
    for field in ("asked_of_programmes", "asked_of_partners"):
        for form in found.get(field, ()):
            _check_form(form, f"{path}, [questions]")
    words = _table(held, _WORDS, path)
    found["synonyms"] = tuple(
        (_one_word(word, f"{path}, [{_WORDS}]"), _texts(meanings, f"{path}, [{_WORDS}], {word}"))
        for word, meanings in words.items()
    )
    found["professions"] = tuple(
        (name, _texts(questions, f"{path}, [{_PROFESSIONS}], {name}"))
        for name, questions in _table(held, _PROFESSIONS, path).items()
    )
    return Domain(**found)


# Section and key of the file -> field of `Domain`.
_LISTS: Mapping[str, Mapping[str, str]] = {
    "noms": {"programmes": "programmes", "autres": "names", "feminins": "feminine", "masculins": "masculine"},
    "questions": {
        "exemples": "examples",
        "sur_un_programme": "asked_of_programmes",
        "sur_un_partenaire": "asked_of_partners",
    },
    "pages": {"rubriques": "rubrics", "fin": "page_ends", "encadres": "asides", "zones": "zones"},
}
_WORDS, _PROFESSIONS = "mots", "metiers"


def _table(held: Mapping[str, Any], section: str, path: Path) -> Mapping[str, Any]:
    value = held.get(section, {})
    if not isinstance(value, Mapping):
        raise SettingsError(f"{path} : « {section} » est une section ; écrivez [{section}] seul sur sa ligne.")
    return value


def _check_known(held: Mapping[str, Any], known: set[str], where: str, what: str) -> None:
    for name in held:
        if name not in known:
            raise SettingsError(f"{where} : {what} inconnue « {name} ». Possibles : {', '.join(sorted(known))}.")


def _texts(value: object, where: str) -> Texts:
    if not isinstance(value, list) or not all(isinstance(text, str) and text.strip() for text in value):
        raise SettingsError(f'{where} : il faut une liste de textes entre guillemets, par exemple ["Un", "Deux"].')
    return tuple(dict.fromkeys(" ".join(text.split()) for text in value))


def _one_word(word: str, where: str) -> str:
    if len(word.split()) != 1:
        raise SettingsError(f"{where}, {word} : il faut un seul mot à gauche du signe « = ».")
    return word


def _check_form(form: str, where: str) -> None:
    if form.count(NAME) != 1 or re.search("[{}]", form.replace(NAME, "")):
        raise SettingsError(
            f"{where}, « {form} » : la question doit contenir {NAME} une fois, et aucune autre accolade."
        )
