"""The report of the last update, folded under the state of the base."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kb.runs import CHANGES, numbers_line
from kb.ui import strings
from kb.ui.render import escape

SHOWN = 40  # failures, notices and changes on the page; `reperes status` tells all


def report_html(run: Mapping[str, Any] | None) -> str:
    """What the last update did: its numbers, and folded below them its failures and changes; empty before the first."""
    if run is None:
        return ""
    lines = [
        *(_line(strings.REPORT_FAILED, each["source"], each["reason"]) for each in run.get("failed", ())),
        *(_line(strings.REPORT_NOTICE, each["source"], each["reason"]) for each in run.get("notices", ())),
        *(_change(each) for each in run.get("changes", ())),
    ]
    shown = "".join(lines[:SHOWN])
    if len(lines) > SHOWN:
        shown += f"<li>{escape(strings.REPORT_MORE.format(number=strings.grouped(len(lines) - SHOWN)))}</li>"
    summary = escape(f"{strings.REPORT} {numbers_line(run)}")
    when = f"<p>{escape(strings.french_moment(str(run.get('began', ''))))}</p>"
    body = f"<ul>{shown}</ul>" if shown else f"<p>{escape(strings.REPORT_NOTHING)}</p>"
    return f'<details class="report"><summary>{summary}</summary><div class="lines">{when}{body}</div></details>'


def _line(kind: str, source: str, reason: str) -> str:
    return f"<li><strong>{escape(kind)}</strong> <bdi>{escape(source)}</bdi> : {escape(reason)}</li>"


def _change(each: Mapping[str, Any]) -> str:
    lines = "".join(f"<li><bdi>{escape(line)}</bdi></li>" for line in each["diff"])
    diff = f'<ul class="diff">{lines}</ul>' if lines else ""
    return f"<li><strong>{escape(CHANGES[each['change']])}</strong> <bdi>{escape(each['title'])}</bdi>{diff}</li>"
