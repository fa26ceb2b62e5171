"""The reports of the last updates, folded under the state of the base."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kb.index.catalog.report_lines import CHANGES, numbers_line
from kb.text.moments import french_moment
from kb.web import strings
from kb.web.render import escape

SHOWN = 40  # failures, notices and changes of one update on the page; `reperes status` tells all


def report_html(runs: Sequence[Mapping[str, Any]]) -> str:
    """What the last updates did, newest first: the numbers of the last one, and folded below them the reports of all.

    Empty before the first.
    """
    if not runs:
        return ""
    summary = escape(f"{strings.REPORT} {numbers_line(runs[0])}")
    body = "".join(map(_run, runs))
    return f'<details class="report"><summary>{summary}</summary><div class="lines">{body}</div></details>'


def _run(run: Mapping[str, Any]) -> str:
    lines = [
        *(_line(strings.REPORT_FAILED, failure["source"], failure["reason"]) for failure in run.get("failed", ())),
        *(_line(strings.REPORT_NOTICE, notice["source"], notice["reason"]) for notice in run.get("notices", ())),
        *(_change(change) for change in run.get("changes", ())),
    ]
    shown = "".join(lines[:SHOWN])
    if len(lines) > SHOWN:
        shown += f"<li>{escape(strings.REPORT_MORE.format(number=strings.grouped(len(lines) - SHOWN)))}</li>"
    when = french_moment(str(run.get("began", "")))
    return f"<p>{escape(f'{when} : {numbers_line(run)}')}</p>{f'<ul>{shown}</ul>' if shown else ''}"


def _line(kind: str, source: str, reason: str) -> str:
    return f"<li><strong>{escape(kind)}</strong> <bdi>{escape(source)}</bdi> : {escape(reason)}</li>"


def _change(change: Mapping[str, Any]) -> str:
    lines = "".join(f"<li><bdi>{escape(line)}</bdi></li>" for line in change["diff"])
    diff = f'<ul class="diff">{lines}</ul>' if lines else ""
    return f"<li><strong>{escape(CHANGES[change['change']])}</strong> <bdi>{escape(change['title'])}</bdi>{diff}</li>"
