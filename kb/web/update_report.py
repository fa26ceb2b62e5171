"""The reports of the last updates, folded under the state of the base."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kb.index.catalog.report_lines import CHANGES, numbers_line
from kb.text.moments import french_moment
from kb.web import strings
from kb.web.render import escape

SHOWN = 40  # failures, notices and changes of one update on the page; `reperes status` tells all


def update_reports_html(reports: Sequence[Mapping[str, Any]]) -> str:
    """What the last updates did, newest first: the numbers of the last one, and folded below them the reports of all.

    Empty before the first.
    """
    if not reports:
        return ""
    summary = escape(f"{strings.REPORT} {numbers_line(reports[0])}")
    body = "".join(map(_report_html, reports))
    return f'<details class="report"><summary>{summary}</summary><div class="lines">{body}</div></details>'


def _report_html(report: Mapping[str, Any]) -> str:
    lines = [
        *(_line(strings.REPORT_FAILED, failure["source"], failure["reason"]) for failure in report.get("failed", ())),
        *(_line(strings.REPORT_NOTICE, notice["source"], notice["reason"]) for notice in report.get("notices", ())),
        *(_change(change) for change in report.get("changes", ())),
    ]
    shown = "".join(lines[:SHOWN])
    if len(lines) > SHOWN:
        shown += f"<li>{escape(strings.REPORT_MORE.format(number=strings.grouped(len(lines) - SHOWN)))}</li>"
    when = french_moment(str(report.get("began", "")))
    return f"<p>{escape(f'{when} : {numbers_line(report)}')}</p>{f'<ul>{shown}</ul>' if shown else ''}"


def _line(kind: str, source: str, reason: str) -> str:
    return f"<li><strong>{escape(kind)}</strong> <bdi>{escape(source)}</bdi> : {escape(reason)}</li>"


def _change(change: Mapping[str, Any]) -> str:
    lines = "".join(f"<li><bdi>{escape(line)}</bdi></li>" for line in change["diff"])
    diff = f'<ul class="diff">{lines}</ul>' if lines else ""
    return f"<li><strong>{escape(CHANGES[change['change']])}</strong> <bdi>{escape(change['title'])}</bdi>{diff}</li>"
