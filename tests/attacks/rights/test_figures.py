"""The figures of the application, for those who may not read all of its base."""

from __future__ import annotations

import pytest

from restricted import QUESTION
from restricted_app import GROUPS, Restricted

OF_PEOPLE = ("reperes_questions", "reperes_stage_seconds", "reperes_sign_ins", "reperes_questions_under_way")


@pytest.mark.parametrize("person", GROUPS)
def test_what_people_do_is_counted_for_those_who_may_read_all(restricted: Restricted, person: str) -> None:
    client = restricted.clients[person]
    before = client.get("/metrics").text
    asking = restricted.clients["token of personnel"]
    assert asking.post("/api/ask", json={"question": QUESTION, "answerer": "extractive"}).status_code == 200
    after = client.get("/metrics").text
    assert "reperes_documents" in after
    if person == "carl":
        assert all(name in after for name in OF_PEOPLE)
        assert before != after
    else:
        assert not any(name in after for name in OF_PEOPLE)
        assert before == after
