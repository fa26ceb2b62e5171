"""Questions that are proposed, to begin with and after an answer: of what each person may read, and of nothing else."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from makers import MAKERS
from naming import Names, names_of, unknown
from page_caller import Caller
from replicas import until
from restricted import MARKS, SOURCES, sources_told
from restricted_app import SHOWN, Restricted

pytestmark = pytest.mark.parametrize("restricted", MAKERS, indirect=True)

PEOPLE = [person for person in SHOWN if person != "nobody"]
_ASKED = re.compile(r'<button type="button" class="asks">([^<]*)<')


@pytest.fixture
def caller(restricted: Restricted, person: str) -> Iterator[Caller]:
    opened = restricted.page_of(person)
    yield opened
    opened.client.close()


@pytest.mark.parametrize("person", PEOPLE)
def test_questions_to_begin_with_are_of_what_may_be_read(caller: Caller, person: str) -> None:
    found = list[str]()

    def are_there() -> bool:
        buttons, of_professions = begun(caller)
        found[:] = [*buttons, *of_professions]
        return bool(of_professions)  # which are made last

    until(are_there, "no questions to begin with")
    # They are of the three programmes that most documents have: the common one, and the first two by name.
    assert sources_told("\n".join(found)) == set(sorted(SHOWN[person], key=MARKS.__getitem__)[:2])


def begun(caller: Caller) -> tuple[list[str], list[str]]:
    """The questions of the buttons, and those for people of each profession, as far as they are made."""
    (event,) = [event for event in caller.events if [kind for _, kind in event["targets"]] == ["tick"]]
    _, welcome, _, *buttons = caller.at_once(event, [""] * len(event["inputs"]))
    return [button["value"] for button in buttons if button.get("value")], _ASKED.findall(welcome)


@pytest.mark.parametrize("person", PEOPLE)
def test_questions_that_follow_are_of_what_was_asked(caller: Caller, person: str, restricted: Restricted) -> None:
    for source in SOURCES:
        names = names_of(restricted, source)
        known = following(caller, names)
        if source in SHOWN[person]:
            assert sources_told("\n".join(known)) == {source}
        else:
            assert known == following(caller, unknown(names)), source
            assert sources_told("\n".join(known)) == SHOWN[person], source


def following(caller: Caller, names: Names) -> list[str]:
    """The questions that are proposed after one about a name."""
    asked, session = caller.event("question", "submit"), uuid.uuid4().hex
    question = names.filled("Combien verse la Fondation {mark} en 2024 ?")
    assert caller.told_by_queue(asked, [question, None], session)
    event = next(event for event in caller.events if event["trigger_after"] == asked["id"])
    values: list[Any] = []

    def are_there() -> bool:
        values[:] = caller.at_once(event, session=session)
        return bool(values[0]["visible"])

    until(are_there, f"no question after « {question} »")
    return [button["value"] for button in values[1:] if button["value"]]
