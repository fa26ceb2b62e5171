"""What the evaluation page shows of feedback, of a run, and of the runs that are kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from kb.answering.refusal import NEAREST_TITLE
from kb.answering.warnings import RECOGNISED
from kb.evaluation.comparison import Comparison, FigureComparison
from kb.evaluation.desk import Evaluated
from kb.evaluation.diagnosis import LABELS, Diagnosis, diagnose
from kb.evaluation.kept.runs import EvaluationRun
from kb.evaluation.report import FIGURES, value_text
from kb.evaluation.results import QuestionResult
from kb.evaluation.shown.page import refusals_html
from kb.records.feedback import Feedback
from kb.text.moments import french_moment
from kb.web import strings
from kb.web.chat.sources import reader_address
from kb.web.chat.turns import words_html
from kb.web.render import escape

_CERTAIN = 0.05


def feedback_html(feedback: Feedback) -> str:
    """A feedback: the question, the answer as it was, its sources (or the nearest sentences), and the comment."""
    sources = "".join(map(_source_line, feedback.answer["citations"]))
    # Answers kept from before there were such sentences lack them.
    nearest = "".join(
        _source_line(citation, f"<q>{escape(citation['quote'])}</q> ")
        for citation in feedback.answer.get("nearest", ())
    )
    comment = f"<p><strong>« {escape(feedback.comment)} »</strong></p>" if feedback.comment else ""
    return (
        f'<div class="said">{comment}{words_html(str(feedback.answer["answer"] or strings.REFUSAL), (), 0)}'
        f"{f'<ul>{sources}</ul>' if sources else ''}"
        f"{f'<p>{escape(NEAREST_TITLE)}</p><ul>{nearest}</ul>' if nearest else ''}</div>"
    )


def _source_line(citation: Mapping[str, Any], before: str = "") -> str:
    # Answers kept from before pages were recognised do not say whether theirs were.
    after = f" ({RECOGNISED})" if citation.get("recognised") else ""
    return f"<li>{before}<bdi>{escape(citation['title'])}</bdi> — <bdi>{escape(citation['document'])}</bdi>{after}</li>"


def evaluated_html(done: Evaluated) -> str:
    """The figures of a run, the questions that failed, and what changed since the run before."""
    rows = "".join(
        f'<tr><th scope="row">{escape(spec.label)}</th><td>{value_text(key, estimate.value)}</td>'
        f"<td>{value_text(key, estimate.low)} à {value_text(key, estimate.high)}</td><td>{estimate.n}</td></tr>"
        for key, spec in FIGURES.items()
        if (estimate := done.result.estimate(key)).n
    )
    failed = [
        (result, diagnosis)
        for result in done.result.results
        if (diagnosis := diagnose(result.question, result.row, result.scores)) not in {"ok", "unscored"}
    ]
    wrong = "".join(_failure(done.run, result, why) for result, why in failed)
    told = f"<h3>{escape(strings.RUN_FAILED)}</h3><ul>{wrong}</ul>" if wrong else f"<p>{escape(strings.RUN_FINE)}</p>"
    return (
        f"<h3>{escape(strings.RUN_DONE.format(number=done.run, total=len(done.result.results)))}</h3>"
        f'<div class="wide" tabindex="0" role="group" aria-label="{escape(strings.FIGURE)}"><table>'
        f"<thead><tr><th>{escape(strings.FIGURE)}</th><th>{escape(strings.VALUE)}</th>"
        f"<th>{escape(strings.INTERVAL)}</th><th>{escape(strings.NUMBER)}</th></tr></thead><tbody>{rows}</tbody></table></div>"
        f"{_refusals_html(done)}{told}{_comparison_html(done.comparison)}{_link(done.run)}"
    )


def _refusals_html(done: Evaluated) -> str:
    drawn = refusals_html(done.result)
    return f"<h3>{escape(strings.REFUSALS)}</h3>{drawn}" if drawn else ""


def _failure(run: int, result: QuestionResult, why: Diagnosis) -> str:
    """What failed, with its place in the report, the documents that were expected and those that were cited."""
    question = result.question
    report = f'<a href="/evaluation/rapport/{run}#{quote(question.id, safe="")}">{escape(question.question)}</a>'
    cited = {citation["document"]: citation for citation in result.row["citations"]}
    links = [(strings.EXPECTED_IN, [(name, reader_address(name)) for name in question.documents])]
    links.append(
        (
            strings.CITED,
            [(name, reader_address(name, it["start"], it["end"], it["quote"])) for name, it in cited.items()],
        )
    )
    told = "".join(
        f" {escape(label)} "
        + ", ".join(f'<a href="{escape(address)}"><bdi>{escape(name)}</bdi></a>' for name, address in found)
        + "."
        for label, found in links
        if found
    )
    return f"<li><strong>{escape(LABELS[why])}</strong> : {report}.{told}</li>"


def runs_html(runs: Sequence[EvaluationRun]) -> str:
    """The runs that are kept, each with a link to its page."""
    if not runs:
        return ""
    lines = []
    for run in runs:
        figures = run.figures or {}
        told = ", ".join(
            f"{name} {value_text(key, figures[key]['value'])}"
            for key, name in (("fact_recall", strings.FACTS), ("mrr@10", strings.PLACE))
            if key in figures and figures[key]["value"] is not None
        )
        state = told or (strings.RUN_UNFINISHED if run.seconds is None else "")
        link = f'<a href="/evaluation/rapport/{run.id}" target="_blank" rel="noopener">n° {run.id}</a>'
        lines.append(
            f"<li>{link}, {escape(french_moment(run.began))}, {escape(str(run.about['questions_file']))} "
            f"({run.about['questions']}) : {escape(state)}</li>"
        )
    return f"<h3>{escape(strings.RUNS)}</h3><ul>{''.join(lines)}</ul>"


def _comparison_html(found: Comparison | None) -> str:
    if found is None:
        return ""
    sure = [_figure_line(compared) for compared in found.figures if compared.p < _CERTAIN]
    worse = [change.id for change in found.changes if not change.better]
    better = [change.id for change in found.changes if change.better]
    lines = [*sure, *([f"{strings.WORSE} {', '.join(worse)}"] if worse else [])]
    lines += [f"{strings.BETTER} {', '.join(better)}"] if better else []
    told = "".join(f"<li>{escape(line)}</li>" for line in lines) or f"<li>{escape(strings.SAME)}</li>"
    return f"<h3>{escape(strings.COMPARED)}</h3><ul>{told}</ul>"


def _link(run: int) -> str:
    return (
        f'<p><a href="/evaluation/rapport/{run}" target="_blank" rel="noopener">{escape(strings.WHOLE_REPORT)}</a></p>'
    )


def _figure_line(compared: FigureComparison) -> str:
    """A figure before and after."""
    key = compared.figure
    return f"{FIGURES[key].label} : {value_text(key, compared.before)} → {value_text(key, compared.after)}"
