"""The tables `[[restriction]]` of sources.toml: which groups may read which sources."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kb.errors import SettingsError
from kb.rights.rights import ANY, Rights, matches
from kb.settings import Settings

TABLE = "restriction"
_TABLES = {"source", TABLE}
_KEYS = ("sources", "groups")
_EXAMPLE = 'par exemple sources = ["rh", "paie-*"] et groups = ["rh"]'


@dataclass(frozen=True, slots=True)
class Restriction:
    """Sources (patterns, see `Rights`) that only the people of some groups may read."""

    sources: tuple[str, ...]
    groups: frozenset[str]


@dataclass(frozen=True, slots=True)
class Restrictions:
    """All restrictions. A source that several of them name is for those who fulfil each: one more never opens it."""

    rules: tuple[Restriction, ...] = ()

    def rights(self, groups: Collection[str]) -> Rights:
        """The rights of somebody who is in `groups`."""
        refused = (rule for rule in self.rules if rule.groups.isdisjoint(groups))
        return Rights.without(pattern for rule in refused for pattern in rule.sources)

    @property
    def patterns(self) -> list[str]:
        """The sources that are restricted, as they are written, each once."""
        return list(dict.fromkeys(pattern for rule in self.rules for pattern in rule.sources))

    def unused(self, sources: Iterable[str]) -> list[str]:
        """The patterns that mean none of `sources`: written wrongly, or for what is to come."""
        known = list(sources)
        return [pattern for pattern in self.patterns if not any(matches(pattern, source) for source in known)]


def sources_file(settings: Settings) -> Path:
    """The file of sources, and of who may read them; it may be absent unless it is configured."""
    return settings.sources or settings.corpus.parent / "sources.toml"


def restrictions_of(settings: Settings) -> Restrictions:
    """The restrictions in the settings' sources.toml; none where there is no such file, and none is configured.

    Raises SettingsError, naming the file and the table, for what is not understood: nothing is open by a mistake.
    """
    path = sources_file(settings)
    return read_restrictions(path) if settings.sources or path.is_file() else Restrictions()


def read_restrictions(path: Path) -> Restrictions:
    """The restrictions in the file `path`. Raises SettingsError."""
    held = read_toml(path)
    if unknown := sorted(set(held) - _TABLES):
        raise SettingsError(f"{path} : « {unknown[0]} » n'est pas attendu ; écrivez [[source]] ou [[{TABLE}]].")
    tables = held.get(TABLE, [])
    if not isinstance(tables, list):
        raise SettingsError(f"{path} : « {TABLE} » s'écrit entre deux crochets, [[{TABLE}]] ; {_EXAMPLE}.")
    rules = []
    for number, table in enumerate(tables, start=1):
        try:
            rules.append(_restriction(table))
        except ValueError as error:
            raise SettingsError(f"{path}, {TABLE} n° {number} : {error}.") from None
    return Restrictions(tuple(rules))


def read_toml(path: Path) -> dict[str, Any]:
    """What a sources.toml holds. Raises SettingsError, naming the file (and the line, for what is no TOML)."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SettingsError(f"{path} : ce fichier n'existe pas (REPERES_SOURCES).") from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} : lecture impossible ({error}).") from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path} : ce n'est pas du TOML correct ({error}).") from None


def _restriction(table: Any) -> Restriction:
    if not isinstance(table, dict):
        raise ValueError(f"écrivez-la sous [[{TABLE}]], {_EXAMPLE}")
    if unknown := sorted(set(table) - set(_KEYS)):
        raise ValueError(f"« {unknown[0]} » n'est pas connu ; connus : {', '.join(_KEYS)}")
    sources, groups = (_names(table, key) for key in _KEYS)
    if wrong := next((pattern for pattern in sources if ANY in pattern[:-1]), None):
        raise ValueError(f"sources : « {wrong} » ; « {ANY} » ne va qu'à la fin d'un nom")
    return Restriction(sources, frozenset(groups))


def _names(table: dict[str, Any], key: str) -> tuple[str, ...]:
    value = table.get(key)
    if not isinstance(value, list) or not value or not all(isinstance(name, str) and name.strip() for name in value):
        given = "manque" if value is None else f"= {value!r} ne convient pas"
        raise ValueError(f"« {key} » {given} ; il faut une liste de noms entre crochets, {_EXAMPLE}")
    return tuple(name.strip() for name in value)
