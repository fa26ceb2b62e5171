"""What the application logs, and how: lines for people, or one JSON object a line for programs.

What is told of an answer (`told`, see `kb.web.operation`) goes along in both.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from datetime import UTC, datetime
from typing import Any

QUESTIONS = "reperes.questions"
"""The logger that has one line for each answer."""

# Controls (line ends and escape sequences among them), separators of lines, and marks that reorder or hide text.
_OBEYED = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
_AMBIGUOUS = re.compile(r"[\s\"=\\]|^$")


def configure_log(level: int, form: str = "text") -> None:
    """Logs to standard error from `level` on; `form` is `text` or `json`."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter() if form == "json" else TextFormatter())
    logging.basicConfig(level=level, handlers=[handler], force=True)


class TextFormatter(logging.Formatter):
    """« 2026-11-24 10:00:00,000 INFO reperes.questions: answered outcome=extractive … »."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  (the name that logging calls)
        """The line, with what is told behind it."""
        told = " ".join(f"{name}={_value(value)}" for name, value in _told(record).items())
        return escaped(f"{super().formatMessage(record)}{f' {told}' if told else ''}")

    def formatException(self, ei: Any) -> str:  # noqa: N802  (the name that logging calls)
        """The trace, each line behind a bar: what an error quotes cannot pass for a line of the log."""
        return _behind_bar(super().formatException(ei))

    def formatStack(self, stack_info: str) -> str:  # noqa: N802  (the name that logging calls)
        """As a trace."""
        return _behind_bar(super().formatStack(stack_info))


class JsonFormatter(logging.Formatter):
    """One object a line: `time` (ISO, UTC), `level`, `logger`, `message`, what is told, and `error` with its trace."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        held: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **_told(record),
        }
        if record.exc_info:
            held["error"] = self.formatException(record.exc_info)
        return escaped(json.dumps(held, ensure_ascii=False, default=str))


def escaped(text: str) -> str:
    """`text` on one line and without what a terminal obeys or shows in another order: `\\u001b` and so on instead."""
    return _OBEYED.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _value(value: object) -> str:
    """What is told, in quotes where spaces or signs would make one value look like several."""
    text = str(value)
    return json.dumps(text, ensure_ascii=False) if _AMBIGUOUS.search(text) else text


def _behind_bar(text: str) -> str:
    return "\n".join(f"  | {escaped(line)}" for line in text.split("\n"))


def _told(record: logging.LogRecord) -> dict[str, Any]:
    found = getattr(record, "told", {})
    return found if isinstance(found, dict) else {}
