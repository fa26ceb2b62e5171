"""The glossary's entries that editors write: each goes before what the documents and the agency's file say.

An entry without a meaning hides a wrong one. Questions read them anew each time, so that a change counts at once, in
every process that answers.

What is written of an acronym that documents explain which not everybody may read is for those who may read as much as
its editor: it stands beside what others write of the same acronym, who learn nothing of it, and before that for those
who see both.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from kb.dialects import put
from kb.errors import ReperesError
from kb.question.glossary import EditedEntries
from kb.records.database import OpenedOnce
from kb.records.places import Kept, as_place
from kb.records.tables import GLOSSARY
from kb.rights.rights import WHOLE, Rights
from kb.text.acronyms import MOST_EXPANSIONS
from kb.text.folding import fold
from kb.text.stems import words

LONGEST_ACRONYM = 30
LONGEST_MEANING = 200
_NOT_ONE_WORD = re.compile(r"[\s'’]")

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class EditedTerm:
    """An entry as an editor wrote it; hidden where it has no meaning. `at` is an ISO moment in UTC, `person` who wrote
    it, empty without sign-in. `needed` are the rights that it takes to be shown it; None: it is for everybody.
    """

    key: str
    written: str
    meanings: tuple[str, ...]
    at: str
    person: str = ""
    needed: Rights | None = None

    def is_shown_to(self, rights: Rights) -> bool:
        """Whether somebody with `rights` may know of it."""
        return self.needed is None or rights.cover(self.needed)

    @property
    def rank(self) -> tuple[bool, int, str]:
        """The higher goes before the lower, of one acronym: one that needs more rights, then the later one."""
        return self.needed is not None, -len(self.needed.hidden if self.needed else ()), self.at


class EditedGlossary:
    """The entries kept at a place, opened once. Serves many threads."""

    def __init__(self, kept: Kept) -> None:
        self._place = as_place(kept)
        self._database = OpenedOnce(self._place)
        self._last: list[EditedTerm] = []

    def close(self) -> None:
        """Lets go of the database."""
        self._database.close()

    def terms(self, rights: Rights = WHOLE) -> list[EditedTerm]:
        """Those that count for somebody with `rights`, one an acronym. Raises StoreError when the place cannot be
        opened."""
        return _counting(self._read(), rights)

    def entries(self, rights: Rights = WHOLE) -> EditedEntries:
        """As the questions of somebody with `rights` take them; where they cannot be read, as they were last read."""
        try:
            self._last = self._read()
        except (ReperesError, sa.exc.SQLAlchemyError) as error:
            logger.warning("the glossary of the editors cannot be read: %s", error)
        return tuple((term.key, term.meanings) for term in _counting(self._last, rights))

    def put(self, written: str, meanings: Sequence[str], person: str = "", needed: Rights | None = None) -> None:
        """Keeps an entry that it takes the rights `needed` to be shown (None: none), in the place of the one there was
        of the same acronym for the same rights.

        Raises ReperesError, saying what to write, for what is no acronym or no meaning.
        """
        name, meant = (
            " ".join(written.split()),
            [said for said in (" ".join(text.split()) for text in meanings) if said],
        )
        _check(name)
        if not meant:
            raise ReperesError(f"{name} : écrivez ce qu'il veut dire.")
        if len(meant) > MOST_EXPANSIONS:
            raise ReperesError(f"{name} : {MOST_EXPANSIONS} sens au plus, un par ligne.")
        for said in meant:
            if len(said) > LONGEST_MEANING:
                raise ReperesError(f"{name} : un sens a {len(said)} caractères, {LONGEST_MEANING} au plus.")
            if not words(said):
                raise ReperesError(f"{name} : « {said} » ne contient aucun mot.")
        self._keep(name, list(dict.fromkeys(meant)), person, needed)

    def hide(self, written: str, person: str = "", needed: Rights | None = None) -> None:
        """Has an acronym mean nothing, whatever is found of it, to those who have the rights `needed` (None: to all).
        Raises ReperesError for what is no acronym."""
        name = " ".join(written.split())
        _check(name)
        self._keep(name, [], person, needed)

    def drop(self, written: str, rights: Rights = WHOLE) -> bool:
        """Takes back the entry that counts for somebody with `rights`: the one behind it, or what is found, counts
        again. Whether there was one."""
        key = fold(written.strip())
        term = next((term for term in self.terms(rights) if term.key == key), None)
        if term is None:
            return False
        with self._database().writing() as connection:
            mine = (GLOSSARY.c.key == key) & (GLOSSARY.c.hidden == _held(term.needed))
            return bool(connection.execute(GLOSSARY.delete().where(mine)).rowcount)

    def _read(self) -> list[EditedTerm]:
        """All of them."""
        if not self._database.is_open and not self._place.exists():
            return []
        with self._database().transaction() as connection:
            rows = connection.execute(sa.select(GLOSSARY).order_by(GLOSSARY.c.key)).all()
        return [
            EditedTerm(row.key, row.written, tuple(json.loads(row.meanings)), row.at, row.person, _needed(row.hidden))
            for row in rows
        ]

    def _keep(self, name: str, meanings: list[str], person: str, needed: Rights | None) -> None:
        values = {
            "key": fold(name),
            "hidden": _held(needed),
            "written": name,
            "meanings": json.dumps(meanings, ensure_ascii=False),
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "person": person,
        }
        with self._database().writing() as connection:
            put(connection, GLOSSARY, values)


def _counting(terms: Iterable[EditedTerm], rights: Rights) -> list[EditedTerm]:
    """Of each acronym the entry that counts for somebody with `rights`."""
    found = dict[str, EditedTerm]()
    for term in sorted(filter(lambda term: term.is_shown_to(rights), terms), key=lambda term: term.rank):
        found[term.key] = term
    return sorted(found.values(), key=lambda term: term.key)


def _held(needed: Rights | None) -> str:
    return json.dumps(None if needed is None else needed.hidden, ensure_ascii=False)


def _needed(held: str) -> Rights | None:
    hidden = json.loads(held)
    return None if hidden is None else Rights.without(hidden)


def _check(name: str) -> None:
    if len(name) > LONGEST_ACRONYM or not words(name) or _NOT_ONE_WORD.search(name):
        raise ReperesError(
            f"« {name[:LONGEST_ACRONYM]} » : écrivez le sigle seul, en un mot et sans article, de {LONGEST_ACRONYM} "
            "caractères au plus."
        )
