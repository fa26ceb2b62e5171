"""The results of a run as one self-contained page, which staff can read and print."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from kb.answering.refusal import NEAREST_TITLE
from kb.evaluation.diagnosis import LABELS, diagnose
from kb.evaluation.report import FIGURES, STAGES, by_kind, interval_text, latency_line, share_text, value_text
from kb.evaluation.results import REFUSAL_AUC, EvaluationResult, QuestionResult
from kb.evaluation.scoring.matching import holds
from kb.evaluation.scoring.refusals import RefusalCurve
from kb.text.blocks import parse_blocks, table_cells
from kb.text.moments import french_date, french_moment

if TYPE_CHECKING:
    import jinja2

_WIDTH = 160  # of a bar, in pixels
# The square of the curve of refusals, in pixels: its left and lower edges, and its side.
_LEFT, _BOTTOM, _SIDE = 48, 244, 220
# Percents of the answerable questions refused for which the text tells what would be gained.
_AT_MOST = (5, 10, 20)
_SPEAKERS = {"user": "Question", "assistant": "Réponse"}
_FINE = ("ok", "unscored")
_ANSWERERS = {
    "extractive": "réponses faites de phrases des documents",
    "llm": "réponses rédigées par un modèle de langue",
}

SourceLinks = Callable[[str, int, int, str], str]
"""The address of a document at a sentence: its id, where the sentence starts and ends, and its words."""


def to_html(result: EvaluationResult, about: Mapping[str, Any] | None = None, began: str = "") -> str:
    """The page, a file of its own. `about` is what the run depends on (`kept_runs.about_run`), `began` its date and
    time.
    """
    return _written("page.html", result, about, began, None)


def to_part(result: EvaluationResult, about: Mapping[str, Any], began: str, links: SourceLinks) -> str:
    """The same for a page of the application, which has its style (`part_style`); `links` gives the address of each
    source."""
    return _written("body.html", result, about, began, links)


def part_style() -> str:
    """The style of `to_part`."""
    return _template("report.css").render()


def _written(
    name: str, result: EvaluationResult, about: Mapping[str, Any] | None, began: str, links: SourceLinks | None
) -> str:
    questions = [_question(asked) for asked in result.results]
    told = Counter(question["label"] for question in questions)
    return _template(name).render(
        about=_About(about or {}),
        began=french_moment(began),
        answerers=_ANSWERERS,
        day=french_date,
        links=links,
        total=len(questions),
        failed=[question for question in questions if question["error"] is not None],
        figures=[_figure(key, result) for key in FIGURES if result.estimate(key).n],
        nearest_title=NEAREST_TITLE,
        latency=[latency_line(result, stage) for stage in STAGES if result.seconds(stage)],
        refusals=_refusals(result),
        kinds=by_kind(result),
        diagnoses=[{"label": label, "n": told[label]} for label in LABELS.values() if told[label]],
        questions=sorted(questions, key=lambda question: question["good"]),
    )


def refusals_html(result: EvaluationResult) -> str:
    """The curve of refusals with its figures in words, a part of a page; empty where there is no curve."""
    refusals = _refusals(result)
    return "" if refusals is None else _template("refusals.html").render(refusals=refusals)


def _template(name: str) -> jinja2.Template:
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("kb.evaluation.shown", "."),
        autoescape=True,
        trim_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    return environment.get_template(name)


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
        # A bar goes from 0 to 1: a number of sentences has none.
        "share": estimate.high is not None and estimate.high <= 1,
        **{name: round((value or 0.0) * _WIDTH, 1) for name, value in places.items()},
    }


def _refusals(result: EvaluationResult) -> dict[str, Any] | None:
    """Where the curve is drawn, and the same in words."""
    curve = result.refusal_curve
    if curve is None:
        return None
    x, y = _place_of(*curve.in_use)
    # Under the point, where no curve that is better than chance goes, unless the scale stands there.
    on_the_left, at_the_bottom = curve.in_use[0] > 0.6, curve.in_use[1] < 0.1
    return {
        "told": _refusals_told(result, curve),
        "ticks": [
            {"x": at[0], "y": at[1], "label": f"{percent} %"}
            for percent in (0, 50, 100)
            for at in [_place_of(percent / 100, percent / 100)]
        ],
        "line": " ".join(f"{left},{top}" for left, top in (_place_of(*point) for point in curve.drawn())),
        "x": x,
        "y": y,
        "label_x": x + (-8 if on_the_left else 8),
        "label_y": y + (-8 if at_the_bottom else 16),
        "anchor": "end" if on_the_left else "start",
    }


def _place_of(refused: float, well_refused: float) -> tuple[float, float]:
    return round(_LEFT + refused * _SIDE, 1), round(_BOTTOM - well_refused * _SIDE, 1)


def _refusals_told(result: EvaluationResult, curve: RefusalCurve) -> tuple[str, str, str]:
    refused, well_refused = (share_text(share) for share in curve.in_use)
    now = f"{well_refused} des questions sans réponse refusées, {refused} des questions répondables refusées"
    area = result.estimate(REFUSAL_AUC)
    measured = f"{value_text(REFUSAL_AUC, area.value)} ({interval_text(REFUSAL_AUC, area)}, {area.n} questions)"
    gained = [
        f"{share_text(max(well for wrong, well in curve.points if wrong <= most / 100))} en refusant au plus {most} % "
        "des questions répondables"
        for most in _AT_MOST
    ]
    return (
        f"Réglage actuel : {now}.",
        f"{FIGURES[REFUSAL_AUC].label} : {measured}.",
        f"Questions sans réponse qu'un autre seuil refuserait : {', '.join(gained)}.",
    )


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
        "nearest": row["nearest"],
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
