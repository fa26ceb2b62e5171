"""The events of Gradio's pages, sent by each person as the pages' scripts do, and with names of what is not theirs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from kb.answering.serialize import answer_to_json
from page_caller import Caller
from restricted import MARKS, QUESTION, id_of, sources_told
from restricted_app import OWNERS, SHOWN, Restricted

PEOPLE = [person for person in SHOWN if person in OWNERS.values()]  # with three sets of rights
# What waits in the queue: asked for by hand below. All other events are sent with whatever names there are.
QUEUED = {
    "": {"question.submit", "send.click", "example.click", "ask-again.click", "resume.click", "chat"},
    "/evaluation": {"run-all.click", "run-one.click", "run-some.click"},
}


@pytest.fixture(scope="module")
def pages(restricted: Restricted) -> Iterator[Mapping[tuple[str, str], Caller]]:
    """Each page, open in each person's browser."""
    opened = {
        (person, page): Caller(
            restricted.address,
            "" if person in restricted.tokens else person,
            page,
            **({"authorization": f"Bearer {restricted.tokens[person]}"} if person in restricted.tokens else {}),
        )
        for person in PEOPLE
        for page in QUEUED
    }
    yield opened
    for caller in opened.values():
        caller.client.close()


def name_of(caller: Caller, event: Mapping[str, Any]) -> set[str]:
    """An event by the parts of the page that send it."""
    ids = {number: name for name, number in caller.parts.items() if name}
    if event["api_name"] == "chat":
        return {"chat"}
    return {f"{ids.get(part, 'example')}.{kind}" for part, kind in event["targets"]}


def test_every_event_of_the_queue_is_named_here(pages: Mapping[tuple[str, str], Caller]) -> None:
    for page, named in QUEUED.items():
        caller = pages["anne", page]
        queued = [name_of(caller, event) for event in caller.events if event["queue"] is not False]
        assert set().union(*queued) == named


@pytest.mark.parametrize("page", QUEUED)
@pytest.mark.parametrize("person", PEOPLE)
def test_an_event_tells_of_what_may_be_read(
    pages: Mapping[tuple[str, str], Caller], person: str, page: str, restricted: Restricted
) -> None:
    caller, shown = pages[person, page], SHOWN[person]
    names = [None, 2, "question-rh", id_of("achats")]
    told = set[str]()
    for event in caller.events:
        if event["queue"] is not False or "drop-query.click" in name_of(caller, event):
            continue
        for name in names if event["inputs"] else [None]:
            data = [name] * len(event["inputs"])
            answer = caller.post("run/predict", caller.body(event, data))
            found = sources_told(answer.text.replace(str(name), "¤"))
            assert found <= shown, (name_of(caller, event), name)
            told |= found
    assert told == shown


@pytest.mark.parametrize("person", PEOPLE)
def test_an_answer_is_of_what_may_be_read(pages: Mapping[tuple[str, str], Caller], person: str) -> None:
    caller = pages[person, ""]
    assert caller.join(QUESTION).status_code == 200
    status, stream = caller.listen()
    assert status == 200
    assert "ouvert" in sources_told(stream)
    assert sources_told(stream) <= SHOWN[person]
    following = next(event for event in caller.events if "suggest" in str(event.get("api_name")) or _follows(event))
    answer = caller.post("run/predict", caller.body(following))
    assert sources_told(answer.text) <= SHOWN[person]
    event = caller.post("call/chat", {"data": [QUESTION, []]}).json()["event_id"]
    told = sources_told(caller.client.get(f"/gradio_api/call/chat/{event}").text)
    assert told == SHOWN[person]


def _follows(event: Mapping[str, Any]) -> bool:
    return bool(event["queue"] is False and event["trigger_after"] is not None)


@pytest.mark.parametrize("person", PEOPLE)
def test_a_run_asks_what_may_be_read(restricted: Restricted, person: str) -> None:
    desk = restricted.desk.seen_by(restricted_rights(restricted, person))
    assert {query.id for query in desk.queries()} == {f"question-{source}" for source in SHOWN[person]}
    result = desk.evaluate().result
    assert sources_told(json.dumps([row.row for row in result.results])) == SHOWN[person]
    mine = restricted.base.seen_by(restricted_rights(restricted, person)).ask(QUESTION, answerer="extractive")
    assert sources_told(json.dumps(answer_to_json(mine), ensure_ascii=False)) == SHOWN[person]
    assert MARKS["ouvert"] in desk.report(desk.runs()[0].id, lambda *_: "")


def restricted_rights(restricted: Restricted, person: str) -> Any:
    from restricted_app import rights_of

    return rights_of(person, restricted.settings)
