"""The glossary's entries that editors write: each goes before what the documents and the agency's file say.

An entry without a meaning hides a wrong one. Questions read them anew each time, so that a change counts at once, in
every process that answers.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from kb.dialects import put
from kb.errors import ReperesError
from kb.question.glossary import EditedEntries
from kb.records.database import OpenedOnce
from kb.records.places import Kept, as_place
from kb.records.tables import GLOSSARY
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
    it, empty without sign-in.
    """

    key: str
    written: str
    meanings: tuple[str, ...]
    at: str
    person: str = ""


class EditedGlossary:
    """The entries kept at a place, opened once. Serves many threads."""

    def __init__(self, kept: Kept) -> None:
        self._place = as_place(kept)
        self._database = OpenedOnce(self._place)
        self._last: EditedEntries = ()

    def close(self) -> None:
        """Lets go of the database."""
        self._database.close()

    def terms(self) -> list[EditedTerm]:
        """All of them. Raises StoreError when the place cannot be opened."""
        if not self._database.is_open and not self._place.exists():
            return []
        with self._database().transaction() as connection:
            rows = connection.execute(sa.select(GLOSSARY).order_by(GLOSSARY.c.key)).all()
        return [EditedTerm(row.key, row.written, tuple(json.loads(row.meanings)), row.at, row.person) for row in rows]

    def entries(self) -> EditedEntries:
        """As questions take them: the last ones that could be read, where these cannot."""
        try:
            self._last = tuple((term.key, term.meanings) for term in self.terms())
        except (ReperesError, sa.exc.SQLAlchemyError) as error:
            logger.warning("the glossary of the editors cannot be read: %s", error)
        return self._last

    def put(self, written: str, meanings: Sequence[str], person: str = "") -> None:
        """Keeps an entry, in the place of the one there was of the same acronym.

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
        self._keep(name, list(dict.fromkeys(meant)), person)

    def hide(self, written: str, person: str = "") -> None:
        """Has an acronym mean nothing, whatever is found of it. Raises ReperesError for what is no acronym."""
        name = " ".join(written.split())
        _check(name)
        self._keep(name, [], person)

    def drop(self, written: str) -> bool:
        """Takes an entry back: what is found counts again. Whether there was one."""
        with self._database().writing() as connection:
            mine = GLOSSARY.c.key == fold(written.strip())
            return bool(connection.execute(GLOSSARY.delete().where(mine)).rowcount)

    def _keep(self, name: str, meanings: list[str], person: str) -> None:
        values = {
            "key": fold(name),
            "written": name,
            "meanings": json.dumps(meanings, ensure_ascii=False),
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "person": person,
        }
        with self._database().writing() as connection:
            put(connection, GLOSSARY, values)


def _check(name: str) -> None:
    if len(name) > LONGEST_ACRONYM or not words(name) or _NOT_ONE_WORD.search(name):
        raise ReperesError(
            f"« {name[:LONGEST_ACRONYM]} » : écrivez le sigle seul, en un mot et sans article, de {LONGEST_ACRONYM} "
            "caractères au plus."
        )
