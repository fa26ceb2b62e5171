"""Log lines for people and for programs."""

from __future__ import annotations

import json
import logging

from kb.cli.logs import JsonFormatter, TextFormatter


def record(message: str, **extra: object) -> logging.LogRecord:
    made = logging.LogRecord("reperes.questions", logging.INFO, __file__, 1, message, None, None)
    made.__dict__.update(extra)
    return made


def test_a_line_for_programs_is_one_json_object() -> None:
    line = JsonFormatter().format(record("answered\nfake: line", told={"outcome": "extractive", "citations": 2}))
    assert "\n" not in line
    held = json.loads(line)
    assert (held["level"], held["message"], held["outcome"], held["citations"]) == (
        "INFO",
        "answered\nfake: line",
        "extractive",
        2,
    )
    assert held["time"].endswith("+00:00")


def test_an_error_goes_with_its_trace() -> None:
    try:
        raise ZeroDivisionError("the cause")
    except ZeroDivisionError as error:
        made = record("failed", exc_info=(type(error), error, error.__traceback__))
    assert "the cause" in json.loads(JsonFormatter().format(made))["error"]


def test_a_line_for_people_ends_with_what_is_told() -> None:
    assert (
        TextFormatter()
        .format(record("answered", told={"outcome": "extractive"}))
        .endswith("INFO reperes.questions: answered outcome=extractive")
    )
