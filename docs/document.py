"""Writes the parts of README and docs/ that come from elsewhere: the settings, and the results that are kept.

    python -m docs.document

A part stands between `<!-- made by make docs: NAME -->` and `<!-- end -->`; what stands around it is written by hand.
tests/test_readme.py fails when a part is not what this would write.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from kb.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results"
PART = re.compile(r"(?<=<!-- made by make docs: )(\w+)( -->\n)(.*?)(?=<!-- end -->)", re.DOTALL)
SYSTEMS = {
    "reperes": "**Repères**",
    "llamaindex_dense": "LlamaIndex, dense",
    "llamaindex_hybrid": "LlamaIndex, hybrid (French BM25, RRF)",
    "txtai_hybrid": "txtai, hybrid",
    "production": "the engine in production on the agency's site then",
}
FLAGS = {"avx512_vnni": "AVX-512 VNNI", "avx2": "AVX2", "amx_int8": "AMX"}

Result = Mapping[str, Any]


def result(name: str) -> Result:
    """The kept figures of a benchmark."""
    kept: Result = json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))
    return kept


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown."""
    lines = [header, ["---"] * len(header), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def number(value: float, unit: str = "") -> str:
    """Three significant digits, whole from a hundred on."""
    shown = f"{value:,.0f}" if value >= 100 else f"{value:#.3g}".rstrip(".")
    return f"{shown} {unit}".rstrip()


def machine(kept: Result) -> str:
    """When and on what it was measured."""
    about = kept["machine"]
    instructions = [FLAGS[flag] for flag in ("amx_int8", "avx512_vnni", "avx2") if flag in about["cpu_flags"]]
    return f"{kept['date']}, {about['cores']} cores with {instructions[0] if instructions else about['cpu']}"


def settings() -> str:
    """Every setting: variable, default, meaning."""
    rows = [
        [f"`{setting.metadata['variable']}`", setting.metadata["shown"], setting.metadata["meaning"]]
        for setting in fields(Settings)
    ]
    return table(["Variable", "Default", "Meaning"], rows)


def quality() -> str:
    """The systems compared, with 95 % intervals."""
    kept = result("quality")
    rows = []
    for key, figures in kept["systems"].items():
        cells = [
            f"{figures[name]['value']:.3f} [{figures[name]['low']:.3f}, {figures[name]['high']:.3f}]"
            for name in ("mrr@10", "hit@1", "hit@5")
        ]
        rows.append([SYSTEMS.get(key, key), *cells])
    told = (
        f"{kept['questions']} questions of users (the half that development looks at) over {kept['documents']} "
        f"documents of a French agency, the same embedding model for all but the last ({machine(kept)}; 95 % "
        "intervals):\n\n"
    )
    return told + table(["System", "MRR@10", "hit@1", "hit@5"], rows)


def answers() -> str:
    """How long answers take."""
    kept = result("answers")
    extracted, written = kept["extractive"], kept["written"]
    return (
        f"An answer made of the documents' sentences takes {number(extracted['p50'], 's')} (p50; p95 "
        f"{number(extracted['p95'], 's')}; {extracted['n']} questions). With a local language model "
        f"({written['model']}), the first proven words come after {number(written['first_words_p50'], 's')} (p50 of "
        f"the {written['written']} answers of {written['n']} that stayed written) and the whole after "
        f"{number(written['whole_p50'], 's')} ({machine(kept)}).\n"
    )


def writing() -> str:
    """What is kept and caught of what a capable model writes, base by base, and how long all but the model takes."""
    kept = result("writing")
    bases = kept["bases"]
    rows = [
        [name, *(_stages(figures.get(figure)) for figures in bases.values())] for figure, name in kept["names"].items()
    ]
    lacking = sum(cell.get("unjudged", 0) for figures in bases.values() for cell in figures.values())
    times = [
        f"{number(figures['seconds, p50']['value'], 's')} (p95 {number(figures['seconds, p95']['value'], 's')}) over "
        f"{base}, {number(figures['times an extractive answer']['value'])} times an extractive answer"
        for base, figures in bases.items()
    ]
    return (
        f"{machine(kept)}: by the proof alone → with a repair → after the second look too (of how many). "
        f"{lacking:.0f} sentences without a recorded verdict count neither way.\n\n{table(['Share', *bases], rows)}\n"
        f"All but the model (search, the reader's choice, prompt, proof) takes, p50: {'; '.join(times)}.\n"
    )


def _stages(cell: Mapping[str, float] | None) -> str:
    """A share stage by stage, and of how many; empty where a base has none."""
    if cell is None:
        return ""
    return " → ".join(f"{cell[key]:.2f}" for key in ("value", "repair", "look") if key in cell) + f" ({cell['n']:.0f})"


def ocr() -> str:
    """How well pages that are images are read, and how long that takes."""
    kept = result("ocr")
    rows = [
        [
            look,
            f"{row['characters']:,}",
            f"{100 * row['wrong']:.2f} %",
            number(row["seconds"], "s"),
            number(row["clock"], "s"),
            number(row["relative"]),
        ]
        for look, row in kept["looks"].items()
    ]
    told = (
        f"A4 at 200 dpi ({machine(kept)}; load average up to {number(kept['load'])}). Seconds of one processor a page, "
        "by the clock while other processes had most of it, and as a multiple of a fixed product of matrices timed "
        "before each page; an ingestion reads two pages at a time.\n\n"
    )
    header = ["Page", "Characters", "Wrong", "Processor", "Clock", "Times the reference"]
    return told + table(header, rows)


def targets() -> str:
    """Every target of every benchmark, met or missed, with what is known of a missed one."""
    rows, reasons = [], []
    for path in sorted(RESULTS.glob("*.json")):
        kept = result(path.stem)
        for target in kept.get("targets", ()):  # a benchmark may have none
            met = "met" if target["met"] else "missed"
            limit = f"{'at most' if target['at_most'] else 'at least'} {number(target['limit'], target['unit'])}"
            rows.append([path.stem, target["name"], number(target["value"], target["unit"]), limit, met, machine(kept)])
            if not target["met"] and target["reason"]:
                reasons.append(f"- {target['name']}: {target['reason']}.\n")
    shown = table(["Benchmark", "Figure", "Measured", "Target", "", "When, on what"], rows)
    return shown + ("\nWhat is known of the missed ones:\n\n" + "".join(reasons) if reasons else "")


def scale() -> str:
    """Searching bases of several sizes."""
    kept = result("scale")
    rows = [
        [
            f"{run['passages']:,}",
            number(run["open_s"], "s"),
            number(run["p50_ms"], "ms"),
            number(run["p95_ms"], "ms"),
            number(run["encoding_p50_ms"], "ms"),
            number(run["peak_mb"], "MB"),
            machine(run.get("measured", kept)),
        ]
        for run in kept["runs"]
    ]
    header = ["Passages", "opening", "p50", "p95", "of which encoding, p50", "peak memory", "When, on what"]
    return f"{kept['runs'][0]['questions']} questions each:\n\n" + table(header, rows)


def ingestion() -> str:
    """The same folder ingested in turns."""
    kept = result("ingestion")
    rows = [
        [
            str(position),
            number(timed["ours"]["wall"], "s"),
            number(timed["encoder_alone"]["wall"], "s"),
            number(timed["llamaindex"]["wall"], "s"),
            number(timed["llamaindex_over_reperes"]),
            number(timed["encoder_alone_over_reperes"]),
        ]
        for position, timed in enumerate(kept["rounds"], start=1)
    ]
    header = ["Round", "Repères", "the encoder alone", "LlamaIndex", "times as fast", "share of the encoder's rate"]
    return f"{kept['passages']} passages, in turns ({machine(kept)}):\n\n" + table(header, rows)


def sync() -> str:
    """Bringing the base up to date."""
    kept = result("sync")
    return (
        f"1,000 unchanged documents take {number(kept['unchanged'], 's')} of work, "
        f"{number(kept['unchanged_command'], 's')} as a command, the model's loading included. One article more in "
        f"100,000 passages is found by an open application {number(min(kept['found']), 's')} to "
        f"{number(max(kept['found']), 's')} after the command was started ({machine(kept)}).\n"
    )


def people() -> str:
    """Many people at once."""
    kept = result("people")
    return (
        f"{kept['people']} people who ask in the same moment, each in a page of their own, on the same cores as the "
        f"program that plays them: whole answers after {number(kept['p50'], 's')} (p50) and {number(kept['p95'], 's')} "
        f"(p95); right after a start, before the application has encoded the sentences of the base by itself, "
        f"{number(kept['just_started_p95'], 's')} (p95). The server answers {number(kept['start'], 's')} after its "
        f"start with the store in place ({machine(kept)}).\n"
    )


def replicas() -> str:
    """Two replicas, one of which is killed."""
    kept = result("replicas")
    return (
        f"{kept['people']} people, {kept['documents']:,} documents ingested meanwhile, one replica killed, and ready "
        f"again {number(kept['restart'], 's')} after it was started anew: {kept['answers']} answers, "
        f"{kept['errors_of_the_killed']} errors of those who were at the killed one, {kept['faults']} others. A new "
        f"document is found at both {number(kept['seen_p50'], 's')} (p50) to {number(kept['seen_max'], 's')} (the "
        f"slowest) after its commit, the search's own time among all those questions included; who asks "
        f"{kept['unseen_max']:.2f} s after a commit or later finds it. The article added at the end was found after "
        f"{number(kept['article_seen'], 's')}. Whole answers took {number(kept['p50'], 's')} (p50) and "
        f"{number(kept['p95'], 's')} (p95), everything on the same cores, load average "
        f"{number(kept['load_average'])} ({machine(kept)}).\n"
    )


def server() -> str:
    """Bases on PostgreSQL."""
    kept = result("scale-database")
    rows = [
        [
            f"{run['passages']:,}",
            number(run["load_s"], "s") + (f", {number(run['graph_s'], 's')} of it graphs" if "graph_s" in run else ""),
            number(run["disk_mb"], "MB"),
            number(run["graph_mb"], "MB"),
            number(run["p50_ms"], "ms"),
            number(run["p95_ms"], "ms"),
            f"{run['recall_all']:.3f}",
            f"{run['recall_50%']:.3f}, {number(run['ms_50%'], 'ms')}",
            f"{run['recall_10%']:.3f}, {number(run['ms_10%'], 'ms')}",
            f"{number(run['open_s'], 's')}, {number(run['words_mb'], 'MB')}",
            f"{machine(run.get('measured', kept))}, load average {number(run['load_average'])}",
        ]
        for run in kept["runs"]
    ]
    header = [
        "Passages",
        "loading",
        "disk",
        "graphs",
        "p50",
        "p95",
        f"recall@{kept['neighbours']}",
        "among half",
        "among a tenth",
        "first copy of the words",
        "When, on what",
    ]
    return table(header, rows)


_MADE = (settings, quality, answers, targets, scale, server, ingestion, sync, people, replicas, ocr, writing)
PARTS: Mapping[str, Callable[[], str]] = {made.__name__: made for made in _MADE}


def documents() -> list[Path]:
    """README and the pages of docs/."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def filled(text: str) -> str:
    """A page with its parts as they have to be. Raises KeyError for a part that nothing makes."""
    return PART.sub(lambda part: f"{part[1]}{part[2]}\n{PARTS[part[1]]()}\n", text)


def main() -> None:
    for path in documents():
        text = path.read_text(encoding="utf-8")
        if (whole := filled(text)) != text:
            path.write_text(whole, encoding="utf-8")
            print(f"written: {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
