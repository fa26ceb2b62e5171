"""The results of a run as one self-contained page, which staff can read and print."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from kb.evaluation.diagnosis import LABELS, diagnose
from kb.evaluation.report import FIGURES, STAGES, by_kind, interval_text, latency_line, value_text
from kb.evaluation.results import EvaluationResult, QuestionResult
from kb.evaluation.scoring.matching import holds
from kb.text.blocks import parse_blocks, table_cells
from kb.text.moments import french_moment

_WIDTH = 160  # of a bar, in pixels
_SPEAKERS = {"user": "Question", "assistant": "Réponse"}
_FINE = ("ok", "unscored")


def to_html(result: EvaluationResult, about: Mapping[str, Any] | None = None, began: str = "") -> str:
    """The page. `about` is what the run depends on (`kept_runs.about_run`), `began` its date and time."""
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("kb.evaluation", "."),
        autoescape=True,
        trim_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    questions = [_question(asked) for asked in result.results]
    told = Counter(question["label"] for question in questions)
    return environment.get_template("page.html").render(
        about=_About(about or {}),
        began=french_moment(began),
        total=len(questions),
        failed=[question for question in questions if question["error"] is not None],
        figures=[_figure(key, result) for key in FIGURES if result.estimate(key).n],
        latency=[latency_line(result, stage) for stage in STAGES if result.seconds(stage)],
        kinds=by_kind(result),
        diagnoses=[{"label": label, "n": told[label]} for label in LABELS.values() if told[label]],
        questions=sorted(questions, key=lambda question: question["good"]),
    )


class _About(dict[str, Any]):
    """What is not told is empty."""

    def __missing__(self, key: str) -> str:
        return ""


def _figure(key: str, result: EvaluationResult) -> dict[str, Any]:
    estimate = result.estimate(key)
    places = {"x": estimate.value, "low": estimate.low, "high": estimate.high}
    return {
        "label": FIGURES[key].label,
        "value": value_text(key, estimate.value),
        "interval": interval_text(key, estimate),
        "n": estimate.n,
        **{name: round((value or 0.0) * _WIDTH, 1) for name, value in places.items()},
    }


def _question(result: QuestionResult) -> dict[str, Any]:
    question, row = result.question, result.row
    diagnosis = diagnose(question, row, result.scores)
    answer = row["answer"] or ("(recherche seule)" if row["refused"] is None and row["error"] is None else "—")
    standalone = row["standalone_question"]
    return {
        "id": question.id,
        "kind": question.kind,
        "question": question.question,
        "understood": standalone if standalone not in {None, question.question} else None,
        "history": "\n".join(
            f"{'Question' if m.role == 'user' else 'Réponse'} : {m.content}" for m in question.history
        ),
        "answer": _blocks(answer),
        "expected": _facts(question.expected_facts, row["answer"]),
        "forbidden": _facts(question.forbidden_facts, row["answer"]),
        "documents": [{"id": name, "place": _place(name, result)} for name in question.documents],
        "error": row["error"],
        "warnings": "\n".join(row["warnings"]),
        "sources": row["citations"],
        "good": diagnosis in _FINE,
        "label": LABELS[diagnosis],
    }


def _blocks(text: str) -> list[dict[str, Any]]:
    """`text` in order: what stands between its tables as it is, and its tables as rows of cells, their header first."""
    blocks: list[dict[str, Any]] = []
    shown = 0
    for block in parse_blocks(text):
        if block.kind == "table":
            blocks += [{"text": text[shown : block.start].strip()}, {"rows": table_cells(text, block)}]
            shown = block.end
    blocks.append({"text": text[shown:].strip()})
    return [block for block in blocks if any(block.values())]


def _facts(facts: tuple[tuple[str, ...], ...], answer: str | None) -> list[dict[str, Any]]:
    return [{"text": " | ".join(forms), "held": holds(answer or "", forms)} for forms in facts]


def _place(document: str, result: QuestionResult) -> str:
    retrieved = result.row["retrieved"]
    cited = any(citation["document"] == document for citation in result.row["citations"])
    place = f"trouvé, n° {retrieved.index(document) + 1}" if document in retrieved else "pas trouvé"
    return f"{place}, cité" if cited else place
