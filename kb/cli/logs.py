"""What the application logs, and how: lines for people, or one JSON object a line for programs.

What is told of an answer (`told`, see `kb.web.operation`) goes along in both.
"""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Any

QUESTIONS = "reperes.questions"
"""The logger that has one line for each answer."""


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
        told = " ".join(f"{name}={value}" for name, value in _told(record).items())
        return f"{super().formatMessage(record)}{f' {told}' if told else ''}"


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
        return json.dumps(held, ensure_ascii=False, default=str)


def _told(record: logging.LogRecord) -> dict[str, Any]:
    found = getattr(record, "told", {})
    return found if isinstance(found, dict) else {}
