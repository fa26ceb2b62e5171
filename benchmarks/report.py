"""What every benchmark hands over: its figures and its targets, printed, and saved in `benchmarks/results/`."""

from __future__ import annotations

import datetime
import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from kb.models.backend import chosen_backend
from kb.models.encoder import Encoder
from kb.settings import Settings

RESULTS = Path(__file__).parent / "results"
_FLAGS = ("avx2", "avx512f", "avx512_vnni", "avx512_bf16", "amx_bf16", "amx_int8")


@dataclass(frozen=True, slots=True)
class Target:
    """A figure with what it has to be: at least `limit`, or at most `limit` where `at_most`.

    `reason` is what is known of where the figure comes from: it is shown when the target is missed.
    """

    name: str
    value: float
    limit: float
    unit: str = ""
    at_most: bool = False
    reason: str = ""

    @property
    def met(self) -> bool:
        """Whether the figure is what it has to be."""
        return self.value <= self.limit if self.at_most else self.value >= self.limit


def target_lines(targets: Sequence[Target]) -> list[str]:
    """A line for each target, `met` or `missed`, and under a missed one its reason."""
    lines = []
    for target in targets:
        sign, unit = ("<=" if target.at_most else ">="), f" {target.unit}" if target.unit else ""
        verdict = "met" if target.met else "missed"
        lines.append(f"{verdict:<7} {target.name}: {target.value:.4g}{unit} (target {sign} {target.limit:g}{unit})")
        if not target.met and target.reason:
            lines.append(f"        reason: {target.reason}")
    return lines


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Columns of one width, the first to the left and the others to the right, a rule under the header."""
    lines = [header, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(header))]

    def shown(cells: Sequence[str]) -> str:
        padded = [
            cell.rjust(width) if column else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(cells, widths, strict=True))
        ]
        return "  ".join(padded).rstrip()

    return "\n".join([shown(header), "  ".join("-" * width for width in widths), *map(shown, rows)])


def machine() -> dict[str, Any]:
    """What the times depend on: processor, memory, versions, and how busy the machine is. No name of the machine."""
    info = _cpu_info()
    flags = set(info.get("flags", "").split())
    return {
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "cpu": info.get("model name", platform.machine()),
        "cpu_flags": [flag for flag in _FLAGS if flag in flags],
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1),
        "system": platform.system(),
        "python": platform.python_version(),
        "load_average": round(os.getloadavg()[0], 2),
    }


def encoder_in_words(encoder: Encoder, settings: Settings) -> str:
    """The encoder that is measured: its model, what runs it, and its number format."""
    backend = chosen_backend(settings)
    return f"{encoder.identity} on {backend.name} in {backend.dtype}"


def busy(loads: Sequence[float], cores: int) -> str:
    """A clause on how busy the machine was: the highest of `loads`, load averages taken along the run."""
    return f"load average up to {max(loads):.1f} on {cores} cores"


def save(name: str, figures: Mapping[str, Any], targets: Sequence[Target], about: Mapping[str, Any]) -> Path:
    """Prints the targets and writes `results/name.json`; `about` is what `machine()` gave before the run."""
    print("\n" + "\n".join(target_lines(targets)))
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}.json"
    content = {
        "benchmark": name,
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "machine": about,
        "targets": [{**asdict(target), "met": target.met} for target in targets],
        **figures,
    }
    path.write_text(json.dumps(_rounded(content), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def saved_targets(name: str) -> list[Target]:
    """The targets of the last run of a benchmark, none when it saved nothing."""
    path = RESULTS / f"{name}.json"
    if not path.is_file():
        return []
    rows = json.loads(path.read_text(encoding="utf-8"))["targets"]
    return [Target(**{key: value for key, value in row.items() if key != "met"}) for row in rows]


def _rounded(value: Any) -> Any:
    """`value` with its numbers at five significant digits: more is noise."""
    if isinstance(value, float):
        return float(f"{value:.5g}")
    if isinstance(value, Mapping):
        return {key: _rounded(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_rounded(part) for part in value]
    return value


def _cpu_info() -> dict[str, str]:
    """The facts of the first processor in Linux's own words, nothing on other systems."""
    try:
        first = Path("/proc/cpuinfo").read_text(encoding="utf-8").split("\n\n", 1)[0]
    except OSError:
        return {}
    pairs = (line.partition(":") for line in first.splitlines())
    return {key.strip(): value.strip() for key, _, value in pairs}
