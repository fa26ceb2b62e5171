"""An open page of Gradio's as its script is: which events there are, and sending them."""

from __future__ import annotations

import json
import re
import uuid
from typing import Any

import httpx

from serving import password

SECRET = "Qui apporte les aides du programme secret ?"
_CONFIG = re.compile(r"window\.gradio_config = (\{.*?\});?</script>", re.DOTALL)


class Caller:
    """What the script of an open page sends: in a browser of its own, with a session of its own."""

    def __init__(self, address: str, name: str = "", page: str = "", **headers: str) -> None:
        self.client = httpx.Client(base_url=address, timeout=120, headers=headers)
        self.session = uuid.uuid4().hex
        self.page = page
        if name:
            form = {"nom": name, "mot_de_passe": password(name)}
            assert self.client.post("/connexion", data=form).status_code == 303
        found = _CONFIG.search(self.client.get(f"{page}/").text)
        assert found is not None
        config = json.loads(found[1])
        self.parts = {part["props"].get("elem_id"): part["id"] for part in config["components"]}
        self.events: list[dict[str, Any]] = config["dependencies"]

    def event(self, part: str, kind: str = "click") -> dict[str, Any]:
        """The event of a part of the page."""
        return next(event for event in self.events if [self.parts[part], kind] in event["targets"])

    def body(self, event: dict[str, Any], data: list[Any] | None = None, session: str | None = None) -> dict[str, Any]:
        """What an event sends."""
        return {
            "data": [None] * len(event["inputs"]) if data is None else data,
            "fn_index": event["id"],
            "session_hash": session or self.session,
        }

    def post(self, route: str, body: object) -> httpx.Response:
        """Sends to one of Gradio's routes."""
        return self.client.post(f"{self.page}/gradio_api/{route}", json=body)

    def join(self, question: str = SECRET, session: str | None = None) -> httpx.Response:
        """Asks."""
        return self.post("queue/join", self.body(self.event("question", "submit"), [question, None], session))

    def listen(self, session: str | None = None) -> tuple[int, str]:
        """The stream of a session, to its end."""
        name = {"session_hash": session or self.session}
        answer = self.client.get(f"{self.page}/gradio_api/queue/data", params=name)
        return answer.status_code, answer.text

    def told_by_queue(self, event: dict[str, Any], data: list[Any] | None = None, session: str | None = None) -> str:
        """The stream of an event that waits in the queue, to its end; empty where it, or its stream, is refused."""
        joined = self.post("queue/join", self.body(event, data, session))
        status, stream = self.listen(session) if joined.status_code == 200 else (joined.status_code, "")
        return stream if status == 200 else ""

    def at_once(self, event: dict[str, Any], data: list[Any] | None = None, session: str | None = None) -> list[Any]:
        """The values that an event gives that waits for nothing."""
        answer = self.post("run/predict", self.body(event, data, session))
        assert answer.status_code == 200, answer.text
        values: list[Any] = answer.json()["data"]
        return values
