"""What an evaluation found: as JSON for machines, as a French table for people, and as a gate for CI."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from kb.errors import SettingsError
from kb.evaluation.results import REFUSAL_AUC, Estimate, EvaluationResult


@dataclass(frozen=True, slots=True)
class FigureLabel:
    """How a figure is shown. A `share` is shown in percent; where `lower_is_better` a gate is a ceiling."""

    label: str
    share: bool = True
    lower_is_better: bool = False


FIGURES: Mapping[str, FigureLabel] = {
    "hit@1": FigureLabel("Le bon document est en premier"),
    "hit@3": FigureLabel("Le bon document est dans les 3 premiers"),
    "hit@5": FigureLabel("Le bon document est dans les 5 premiers"),
    "hit@10": FigureLabel("Le bon document est dans les 10 premiers"),
    "mrr@10": FigureLabel("Place du bon document (1 = toujours premier)", share=False),
    "ndcg@10": FigureLabel("Ordre de tous les bons documents (1 = parfait)", share=False),
    "recall@10": FigureLabel("Bons documents parmi les 10 premiers"),
    "fact_recall": FigureLabel("Faits attendus présents dans la réponse"),
    "first_sentence": FigureLabel("La première phrase répond"),
    "quote_recall": FigureLabel("Phrases attendues qui sont citées"),
    "sentences_shown": FigureLabel("Phrases montrées par réponse", share=False, lower_is_better=True),
    "follow_ups": FigureLabel("Faits présents, questions de suivi"),
    "citation_precision": FigureLabel("Sources citées qui contiennent la réponse"),
    "citation_recall": FigureLabel("Bons documents qui sont cités"),
    "refused_unanswerable": FigureLabel("Questions sans réponse bien refusées"),
    "false_refusals": FigureLabel("Refus à tort (le moins possible)", lower_is_better=True),
    REFUSAL_AUC: FigureLabel("Aire sous la courbe des refus", share=False),
    "unsupported_figures": FigureLabel("Réponses au chiffre non sourcé (le moins possible)", lower_is_better=True),
    "forbidden_facts": FigureLabel("Réponses à l'erreur interdite (le moins possible)", lower_is_better=True),
    "true_quotes": FigureLabel("Citations mot à mot dans leur document"),
}
"""Every figure of a result, in the order they are shown."""

STAGES = {"retrieval": "Recherche", "first": "Premiers mots", "total": "Réponse entière"}
"""What is timed, and how it is shown."""

_BY_KIND = {
    "hit@5": "Dans les 5 premiers",
    "mrr@10": "Place",
    "fact_recall": "Faits présents",
    "refused_unanswerable": "Bien refusées",
    "false_refusals": "Refus à tort",
}


def to_json(result: EvaluationResult) -> dict[str, Any]:
    """The figures, each {"value", "low", "high", "n"} (None and n 0 without questions), "refusal_curve", "latency",
    "failed" (how many questions did, which count in no figure) and "questions".

    "refusal_curve" is None where `refusal_auc` has no value, else {"points", "in_use"}: at most 101 points and the one
    of the decisions made, each [share of answerable questions refused, share of unanswerable questions refused].
    """
    figures = {key: asdict(result.estimate(key)) for key in FIGURES}
    latency = {
        stage: {"p50": result.latency(50, stage), "p95": result.latency(95, stage), "n": len(result.seconds(stage))}
        for stage in STAGES
    }
    rows = [asked.row for asked in result.results]
    return {
        **figures,
        "refusal_curve": _curve(result),
        "latency": latency,
        "failed": len(result.failed),
        "questions": rows,
    }


def to_text(result: EvaluationResult) -> str:
    """A summary in French for the terminal: figures with n and intervals, by kind, speed of retrieval, failures."""
    total = len(result.results)
    parts = ["1 question évaluée" if total == 1 else f"{total} questions évaluées"]
    rows = [
        (spec.label, value_text(key, estimate.value), interval_text(key, estimate), str(estimate.n))
        for key, spec in FIGURES.items()
        if (estimate := result.estimate(key)).n
    ]
    if rows:
        parts.append(_table([("Mesure", "Résultat", "Intervalle à 95 %", "Questions"), *rows]))
    if kinds := by_kind(result):
        parts.append(_table(kinds))
    timed = [latency_line(result, stage) for stage in STAGES if result.seconds(stage)]
    if timed:
        parts.append("\n".join(timed))
    if result.failed:
        failed = [f"  {asked.question.id} : {asked.row['error']}" for asked in result.failed]
        parts.append(f"Questions en échec, dans aucune mesure ({len(failed)}) :\n" + "\n".join(failed))
    return "\n\n".join(parts)


def latency_line(result: EvaluationResult, stage: str) -> str:
    """« Recherche : une question sur deux en moins de 30 ms, 95 % en moins de 60 ms »."""
    median, slow = result.latency(50, stage) or 0.0, result.latency(95, stage) or 0.0
    return (
        f"{STAGES[stage]} : une question sur deux en moins de {_duration(median)}, 95 % en moins de {_duration(slow)}"
    )


def parse_gates(text: str) -> dict[str, float]:
    """The thresholds of « mrr@10=0.7,fact_recall=0.8 », by figure.

    Raises SettingsError, naming what is wrong, for an unknown or repeated figure or a threshold outside 0 to 1.
    """
    gates: dict[str, float] = {}
    for part in text.split(","):
        key, sign, value = (side.strip() for side in part.partition("="))
        if not sign:
            raise SettingsError(
                f"--fail-under « {part.strip()} » : écrivez mesure=seuil, séparés par des virgules, "
                "le seuil avec un point, par exemple mrr@10=0.7,fact_recall=0.8."
            )
        if key not in FIGURES:
            raise SettingsError(f"--fail-under : mesure inconnue « {key} ». Mesures possibles : {', '.join(FIGURES)}.")
        if key in gates:
            raise SettingsError(f"--fail-under : la mesure « {key} » a deux seuils. Gardez-en un.")
        try:
            threshold = float(value)
        except ValueError:
            threshold = -1.0
        if not 0 <= threshold <= 1:
            raise SettingsError(f"--fail-under {key}={value} : le seuil est un nombre de 0 à 1, par exemple 0.7.")
        gates[key] = threshold
    return gates


def failed_gates(result: EvaluationResult, gates: Mapping[str, float]) -> list[str]:
    """A French sentence for each gate that is not met; a figure without any question meets none.

    The threshold is the least value allowed; for figures where lower is better, such as false refusals, the greatest.
    """
    failures = []
    for key, threshold in gates.items():
        spec, estimate = FIGURES[key], result.estimate(key)
        if estimate.value is None:
            failures.append(f"{key} : aucune question ne permet de la mesurer (seuil {_decimal(threshold)})")
        elif spec.lower_is_better and estimate.value > threshold:
            failures.append(f"{key} : {_decimal(estimate.value)}, au-dessus du seuil {_decimal(threshold)}")
        elif not spec.lower_is_better and estimate.value < threshold:
            failures.append(f"{key} : {_decimal(estimate.value)}, en dessous du seuil {_decimal(threshold)}")
    return failures


def by_kind(result: EvaluationResult) -> list[tuple[str, ...]]:
    """The lines of the table by kind, its header first; empty when no question has a kind."""
    columns = [key for key in _BY_KIND if result.estimate(key).n]
    lines = [("Type de question", "Questions", *(_BY_KIND[key] for key in columns))]
    for kind in result.kinds:
        count = sum(asked.question.kind == kind for asked in result.results)
        lines.append((kind, str(count), *(value_text(key, result.estimate(key, kind).value) for key in columns)))
    return lines if len(lines) > 1 else []


def interval_text(key: str, estimate: Estimate) -> str:
    """« 71,2 % à 88,5 % »."""
    return f"{value_text(key, estimate.low)} à {value_text(key, estimate.high)}"


def value_text(key: str, value: float | None) -> str:
    """« 80,2 % », or « 0,961 » for a figure that is no share; a dash for none."""
    if value is None:
        return "–"
    return share_text(value) if FIGURES[key].share else _decimal(value)


def share_text(share: float) -> str:
    """« 80,2 % »."""
    return f"{_decimal(100 * share, 1)} %"


def _curve(result: EvaluationResult) -> dict[str, Any] | None:
    curve = result.refusal_curve
    if curve is None:
        return None
    *points, in_use = ([round(share, 4) for share in point] for point in (*curve.drawn(), curve.in_use))
    return {"points": points, "in_use": in_use}


def _decimal(value: float, places: int = 3) -> str:
    return f"{value:.{places}f}".replace(".", ",")


def _duration(seconds: float) -> str:
    return f"{1000 * seconds:.0f} ms" if seconds < 1 else f"{_decimal(seconds, 1)} s"


def _table(lines: Sequence[tuple[str, ...]]) -> str:
    """Columns of one width, the first to the left and the others to the right, a rule under the header."""
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]

    def row(cells: Iterable[str]) -> str:
        padded = [
            cell.ljust(width) if not i else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(cells, widths, strict=True))
        ]
        return "  ".join(padded).rstrip()

    return "\n".join([row(lines[0]), "  ".join("─" * width for width in widths), *map(row, lines[1:])])
