"""The events of Gradio's pages, sent by each person as the pages' scripts do, and with names of what is not theirs.

`AT_ONCE` and `QUEUED` say of each event whether it tells of all that its sender may read, or of nothing. `NAMING` are
sent with the names of each source too: whoever may not read it is told what a name is answered that means nothing.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from kb.records.database import AppDatabase
from kb.records.feedback import set_feedback_status
from kb.records.places import place_of
from makers import MAKERS
from naming import Names, both, names_of, unknown
from page_caller import Caller
from restricted import QUESTION, SOURCES, id_of, sources_told
from restricted_app import OWNERS, SHOWN, Restricted, may_open, query_of, rights_of
from told import Told

pytestmark = pytest.mark.parametrize("restricted", MAKERS, indirect=True)

AT_ONCE: Mapping[str, Mapping[str, bool]] = {
    "": {
        **dict.fromkeys(("page.load", "page.tick", "page.then", "widen.click"), True),
        **dict.fromkeys(("good.click", "bad.click", "send-feedback.click", "start-ingestion.click"), False),
        **dict.fromkeys(("edit.click", "cancel-edit.click", "stop.click", "new-conversation.click"), False),
        "page.success": False,  # what is suggested after an answer: see test_suggestions
    },
    "/evaluation": {
        **dict.fromkeys(("page.load", "query-list.input", "find-query.change", "new-query.click"), True),
        **dict.fromkeys(("dismiss.click", "drop-query.click"), True),
        **dict.fromkeys(("feedback-list.input", "turn.click", "save-query.click", "take-pasted.click"), False),
    },
}
QUEUED: Mapping[str, Mapping[str, bool]] = {
    "": {
        **dict.fromkeys(("question.submit", "send.click", "example.click", "chat"), True),
        # Of a conversation that has no question yet; of others below.
        **dict.fromkeys(("ask-again.click", "resume.click"), False),
    },
    "/evaluation": {"run-all.click": True, "run-one.click": False, "run-some.click": False},
}
_PASTED = json.dumps({"id": "nouvelle", "question": "Quoi ?", "documents": ["{id}"]})
NAMING: Mapping[str, list[Any]] = {
    "feedback-list.input": ["{said}"],
    "turn.click": ["{said}"],
    "dismiss.click": ["{said}"],
    "query-list.input": ["{query}"],
    "find-query.change": ["{mark}"],
    "save-query.click": ["nouvelle", "Quoi ?", ["{id}"], "", "", False, ""],
    "drop-query.click": ["{query}"],
    "take-pasted.click": [_PASTED],
    "run-one.click": ["{query}"],
    "run-some.click": [["{query}"]],
}
CHANGING = {"dismiss.click", "save-query.click", "drop-query.click", "take-pasted.click"}
_CONVERSATION = re.compile(r"data-conversation=\\\"([\w-]+)")
PEOPLE = [person for person in SHOWN if person != "nobody"]
PAGES = [(person, page) for page in AT_ONCE for person in PEOPLE if may_open(person, page)]

Pages = Mapping[tuple[str, str], Caller]


@pytest.fixture(scope="module")
def pages(restricted: Restricted) -> Iterator[Pages]:
    """Each page, open at each person who may open it."""
    opened = {(person, page): restricted.page_of(person, page) for person, page in PAGES}
    yield opened
    for caller in opened.values():
        caller.client.close()


@pytest.fixture(autouse=True)
def _as_it_was(restricted: Restricted) -> Iterator[None]:
    """What events change is as it was after each test."""
    before = restricted.ingestor.now
    yield
    restricted.ingestor.now = before


def names_of_event(caller: Caller, event: Mapping[str, Any]) -> set[str]:
    """An event by the parts of the page that send it."""
    ids = {number: name for name, number in caller.parts.items() if name}
    if event["api_name"] == "chat":
        return {"chat"}
    buttons = "example" if event["queue"] is not False else "page"  # they have no names
    return {f"{ids.get(part, buttons)}.{kind}" for part, kind in event["targets"]}


def events_of(caller: Caller, named: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The events of a page that are named, each with one of its names."""
    for event in caller.events:
        for name in sorted(names_of_event(caller, event) & set(named))[:1]:
            yield name, event


def test_every_event_is_named_here(pages: Pages) -> None:
    """Who adds an event says what it tells of the base, and to whom."""
    for page in AT_ONCE:
        caller = pages["carl", page]
        for named, is_queued in ((AT_ONCE[page], False), (QUEUED[page], True)):
            found = [names_of_event(caller, one) for one in caller.events if (one["queue"] is not False) == is_queued]
            assert set().union(*found) == set(named)
    assert set(NAMING) <= {*AT_ONCE["/evaluation"], *QUEUED["/evaluation"]}


@pytest.mark.parametrize(("person", "page"), PAGES)
def test_an_event_tells_of_all_that_may_be_read_or_of_nothing(pages: Pages, person: str, page: str) -> None:
    caller = pages[person, page]
    guesses = [None] if page else [None, 2, "question-rh", id_of("achats")]
    for name, event in events_of(caller, AT_ONCE[page]):
        for guess in guesses if event["inputs"] else [None]:
            answer = caller.post("run/predict", caller.body(event, [guess] * len(event["inputs"])))
            told = sources_told(answer.text.replace(str(guess), "¤"))
            assert answer.status_code == 200 or guess is not None, name  # of another kind than a part holds: refused
            assert told == (SHOWN[person] if AT_ONCE[page][name] else set()), (name, guess)


@pytest.mark.parametrize("person", PEOPLE)
def test_an_answer_is_of_all_that_may_be_read(pages: Pages, person: str) -> None:
    caller, session = pages[person, ""], ""
    for name, event in events_of(caller, QUEUED[""]):
        if name == "chat":
            started = caller.post("call/chat", {"data": [QUESTION, []]}).json()["event_id"]
            assert sources_told(caller.client.get(f"/gradio_api/call/chat/{started}").text) == SHOWN[person]
            continue
        session = uuid.uuid4().hex
        told = sources_told(caller.told_by_queue(event, [QUESTION, None][: len(event["inputs"])], session))
        assert told == (SHOWN[person] if QUEUED[""][name] else set()), name
        if name == "question.submit":
            asked = session
    for part in ("ask-again", "resume"):
        assert sources_told(caller.told_by_queue(caller.event(part), None, asked)) == SHOWN[person], part


@pytest.mark.usefixtures("as_it_was")
@pytest.mark.parametrize("person", PEOPLE)
def test_a_refused_word_is_answered_as_an_unknown_one(pages: Pages, person: str, restricted: Restricted) -> None:
    caller = pages[person, ""]
    event = caller.event("send")

    def answer(names: Names) -> str:
        question = names.filled("Combien verse la Fondation {mark} en 2024 ?")
        stream = caller.told_by_queue(event, [question, None], uuid.uuid4().hex)
        (values,) = [json.dumps(values) for values in _ended(stream)]
        (conversation,) = set(_CONVERSATION.findall(values))
        return values.replace(conversation, "¤")

    for source in SOURCES:
        asked = names_of(restricted, source), unknown(names_of(restricted, source))
        known, nothing = (_struck(answer(names), [one.mark for one in asked]) for names in asked)
        assert sources_told(nothing) == SHOWN[person], source
        if source in SHOWN[person]:
            assert sources_told(known) == {source}
        else:
            assert known == nothing, source


def _ended(stream: str) -> list[Any]:
    """The values that the events of a stream ended with."""
    said = [json.loads(line[6:]) for line in stream.splitlines() if line.startswith("data: ")]
    return [one["output"].get("data") for one in said if one["msg"] == "process_completed"]


def _struck(text: str, words: Any) -> str:
    return Told(200, (), text.encode()).without(words).body.decode()


@pytest.mark.parametrize("person", [person for person, page in PAGES if page == "/evaluation"])
@pytest.mark.parametrize("name", NAMING)
def test_a_refused_name_is_answered_as_an_unknown_one(
    pages: Pages, name: str, person: str, restricted: Restricted
) -> None:
    caller = pages[person, "/evaluation"]
    ((_, event),) = events_of(caller, {name: True})
    ((_, load),) = events_of(caller, {"page.load": True})

    def told(names: Names) -> str:
        caller.at_once(load)  # what can be chosen is known to the session: Gradio itself refuses the rest
        data = names.filled(NAMING[name])
        if event["queue"] is False:
            answer = caller.post("run/predict", caller.body(event, data)).json()
            return json.dumps(answer.get("data", answer.get("error")))
        return json.dumps(_ended(caller.told_by_queue(event, data)))

    for source in SOURCES:
        names = names_of(restricted, source)
        words = both(names, unknown(names))
        known = _struck(told(names), words)
        if source in SHOWN[person] and name in CHANGING:
            _restore(restricted, source)
        nothing = _struck(told(unknown(names)), words)
        assert (known == nothing) == (source not in SHOWN[person]), source
        assert sources_told(known) <= SHOWN[person], source
    if name in CHANGING:  # nothing of what is hidden
        queries = {query.id for query in restricted.desk.queries()}
        assert {"nouvelle", *map("question-{}".format, SOURCES)} - queries == {"nouvelle"}
        assert {said.id for said in restricted.desk.feedback()} >= set(restricted.said.values())


def _restore(restricted: Restricted, source: str) -> None:
    """What `CHANGING` do to a source undone: all its test queries and feedback are as they were."""
    restricted.desk.drop("nouvelle")
    for one, owner in OWNERS.items():
        restricted.desk.drop(f"question-{one}")
        restricted.desk.seen_by(rights_of(owner, restricted.settings)).put(query_of(one))
    with AppDatabase(place_of(restricted.settings)) as database:
        set_feedback_status(database, restricted.said[source], "new")


@pytest.mark.parametrize("person", PEOPLE)
def test_an_address_opens_what_is_one_s_own(pages: Pages, person: str, restricted: Restricted) -> None:
    """A page's script tells where it stands: at a conversation, or with filters."""
    caller = pages[person, ""]
    load = next(event for name, event in events_of(caller, {"page.load": True}) if not event["inputs"])

    def told(names: Names) -> list[str]:
        place = {"x-reperes-page": f"/c/{names.conversation}"}
        body = caller.body(load, session=uuid.uuid4().hex)
        answers = [
            caller.client.post("/gradio_api/run/predict", json=body, headers=place),
            caller.post(f"run/predict?conversation={names.conversation}", body),
            caller.post(f"run/predict?partenaire=Fondation+{names.mark}", body),
        ]
        return [json.dumps(answer.json()["data"]) for answer in answers]

    for source in SOURCES:
        names = names_of(restricted, source)
        words = both(names, unknown(names))
        known, nothing = ([_struck(one, words) for one in told(asked)] for asked in (names, unknown(names)))
        is_own = OWNERS[source] == person
        assert [one == other for one, other in zip(known, nothing, strict=True)][:2] == [not is_own] * 2, source
        assert (known[2] == nothing[2]) == (source not in SHOWN[person]), source


@pytest.mark.parametrize("person", PEOPLE)
def test_a_run_asks_what_may_be_read(pages: Pages, person: str, restricted: Restricted) -> None:
    if (person, "/evaluation") not in pages:
        return
    caller = pages[person, "/evaluation"]
    for name, event in events_of(caller, QUEUED["/evaluation"]):
        told = sources_told(caller.told_by_queue(event, [None] * len(event["inputs"])))
        assert told == (SHOWN[person] if QUEUED["/evaluation"][name] else set()), name
    number = restricted.desk.runs()[0].id
    report = restricted.clients[person].get(f"/evaluation/rapport/{number}")
    assert report.status_code == 200
    assert sources_told(report.text) == SHOWN[person]


def test_who_may_not_open_a_page_sends_none_of_its_events(pages: Pages, restricted: Restricted) -> None:
    for page in AT_ONCE:
        caller = pages["carl", page]
        for person in (person for person in SHOWN if not may_open(person, page)):
            client = restricted.clients[person]
            for event in caller.events:
                for route in ("run/predict", "queue/join"):
                    answer = client.post(f"{page}/gradio_api/{route}", json=caller.body(event))
                    assert answer.status_code == (401 if person == "nobody" else 403)
                    assert sources_told(answer.text) == set()
