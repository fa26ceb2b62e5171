"""A page of questions without a browser: what the page's own events send and receive, over HTTP."""

from __future__ import annotations

import json
import re
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from typing import Any

import httpx

_MARKUP = re.compile(r"<[^>]+>")


@dataclass(frozen=True, slots=True)
class Exchange:
    """What a person saw: the question, the turn at the end, and the seconds until then.

    `shown` is the HTML of the last turn.
    """

    question: str
    shown: str
    seconds: float

    @property
    def text(self) -> str:
        """The words of the last turn."""
        return " ".join(unescape(_MARKUP.sub(" ", self.shown)).split())


class PageSession:
    """One open page, of whoever the cookies are. A context manager. Raises httpx.HTTPError when it cannot be had."""

    def __init__(self, address: str, cookies: Mapping[str, str] | None = None) -> None:
        self._client = httpx.Client(base_url=address, timeout=120, cookies=dict(cookies or {}))
        self._session = uuid.uuid4().hex
        config = self._client.get("/config").raise_for_status().json()
        parts = {part["props"].get("elem_id"): part["id"] for part in config["components"]}
        target = [parts["question"], "submit"]
        self._event = next(event for event in config["dependencies"] if target in event["targets"])
        self._current = self._event["outputs"].index(parts["current"])

    def __enter__(self) -> PageSession:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def ask(self, question: str) -> Exchange:
        """Asks and waits for the whole answer. Raises RuntimeError when the event fails or does not come to its end,
        httpx.HTTPError when the server does not answer."""
        began = time.monotonic()
        body = {
            "data": [question, None],
            "event_data": None,
            "fn_index": self._event["id"],
            "trigger_id": self._event["targets"][0][0],
            "session_hash": self._session,
        }
        joined = self._client.post("/gradio_api/queue/join", json=body)
        joined.raise_for_status()
        event = joined.json()["event_id"]
        outputs: list[Any] = [None] * len(self._event["outputs"])
        with self._client.stream("GET", "/gradio_api/queue/data", params={"session_hash": self._session}) as stream:
            for line in stream.iter_lines():
                if not line.startswith("data:"):
                    continue
                told = json.loads(line[5:])
                if told.get("event_id") not in {None, event}:
                    continue
                if told["msg"] in {"process_generating", "process_completed"}:
                    if not told.get("success", True):
                        raise RuntimeError(f"the event failed: {told}")
                    self._take(outputs, told["output"].get("data") or [])
                if told["msg"] == "process_completed":
                    break
            else:
                raise RuntimeError("the events ended before the answer did")
        return Exchange(question, str(outputs[self._current]), time.monotonic() - began)

    @staticmethod
    def _take(outputs: list[Any], data: list[Any]) -> None:
        """What came replaces what was; later states come as changes of the one before (gradio's `diff`)."""
        for index, value in enumerate(data):
            if isinstance(value, list) and all(isinstance(change, list) and len(change) == 3 for change in value):
                for action, path, new in value:
                    if action in {"replace", "add"} and not path:
                        outputs[index] = new
                    elif action == "append" and not path:
                        outputs[index] = str(outputs[index] or "") + new
            elif not (isinstance(value, dict) and value.get("__type__") == "update" and "value" not in value):
                outputs[index] = value.get("value") if isinstance(value, dict) and "value" in value else value
