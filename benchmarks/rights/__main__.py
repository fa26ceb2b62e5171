"""A name that is refused and one that means nothing, asked for one after the other: does either take longer?

    python -m benchmarks.rights [--pairs 1000]

Starts `reperes serve` without sign-in on the bundled corpus, restricted to a group that nobody is in, beside a source
that is open. Each pair is the name of a hidden document (or of a shared conversation that cites one) and the same name
with another first letter, in an order drawn by chance, over one connection. The same is done with two unknown names:
what is told apart there is noise. The 95 % intervals of the median differences are by bootstrap.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import httpx
import numpy as np

from benchmarks.report import machine, save, table
from benchmarks.support.bench_data import ROOT
from kb.index.opening import open_store
from kb.records.conversations import KeptTurn, SavedConversations
from kb.records.kept_answers import keep_answer
from kb.records.places import place_of
from kb.records.sharing.links import SharedLinks
from kb.settings import Settings
from kb.types import Answer, Citation

ROUTES = {
    "a document's page": "/lire?document={}",
    "its file": "/lire/original?document={}",
    "its record": "/documents/fiche?document={}",
    "a shared conversation": "/partage/{}",
}
SHARED = "conversation"
SOURCES = '[[restriction]]\nsources = ["documents"]\ngroups = ["personne"]\n'
RESAMPLES = 1000


def prepared(root: Path) -> tuple[dict[str, str], list[str]]:
    """A base in a folder: the environment that it is served with, and the ids of the hidden documents."""
    (root / "open").mkdir()
    (root / "open" / "note.md").write_text("# Note\n\nLa prime est versée en juin.", encoding="utf-8")
    (root / "sources.toml").write_text(SOURCES, encoding="utf-8")
    environ = {
        **os.environ,
        "REPERES_STORE": str(root / "store"),
        "REPERES_SOURCES": str(root / "sources.toml"),
        "REPERES_CORPUS": str(ROOT / "corpus" / "documents"),
        "REPERES_ANSWERER": "extractive",
    }
    folders = [str(ROOT / "corpus" / "documents"), str(root / "open")]
    for folder in folders:
        command = [sys.executable, "-m", "app", "ingest", folder, "--progress", "none"]
        subprocess.run(command, cwd=ROOT, env=environ, check=True, stdout=subprocess.DEVNULL)
    settings = Settings.load(environ)
    with closing(open_store(settings).catalog()) as catalog:
        hidden = [document.id for document in catalog.headers() if document.source == "documents"]
        document = catalog.document(hidden[0])
        passage = next(iter(catalog.passages(catalog.passage_ids(hidden[:1])).values()))
    assert document is not None
    cited = Citation(1, passage, document, passage.text, passage.start, passage.end)
    answer = Answer("Quoi ?", "", "Cela [1].", (cited,), (), False, None, (), "extractive", None, {})
    with closing(SavedConversations(place_of(settings), 365)) as kept:
        kept.put("", SHARED, KeptTurn(1, "2026-01-01T10:00:00+00:00", 1, keep_answer(answer)))
    SharedLinks(place_of(settings)).share("", SHARED, shared=True)
    return environ, hidden


def other(name: str, letter: str) -> str:
    """A name as long that means nothing."""
    return letter + name[1:]


def differences(ask: Callable[[str], float], pairs: Sequence[tuple[str, str]]) -> tuple[np.ndarray, np.ndarray]:
    """Seconds of the first of each pair, and what it took more than the second."""
    firsts, more = [], []
    for first, second in pairs:
        swapped = random.random() < 0.5
        if swapped:
            after = ask(second)
        before = ask(first)
        if not swapped:
            after = ask(second)
        firsts.append(before)
        more.append(before - after)
    return np.array(firsts), np.array(more)


def interval(values: np.ndarray) -> tuple[float, float, float]:
    """The median and its 95 % interval, in microseconds."""
    picks = np.random.default_rng(0).integers(0, len(values), (RESAMPLES, len(values)))
    low, high = np.percentile(np.median(values[picks], axis=1), [2.5, 97.5])
    return float(np.median(values)) * 1e6, float(low) * 1e6, float(high) * 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--pairs", type=int, default=1000)
    options = parser.parse_args()
    random.seed(0)
    about = machine()
    found, rows = {}, []
    with tempfile.TemporaryDirectory() as folder:
        environ, hidden = prepared(Path(folder))
        command = [sys.executable, "-m", "app", "serve", "--port", "0"]
        process = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, text=True)
        try:
            assert process.stdout is not None
            address = next(word for word in process.stdout.readline().split() if word.startswith("http://"))
            time.sleep(20)  # what it does by itself after its start is over
            with httpx.Client(base_url=address, timeout=60) as client:
                for what, route in ROUTES.items():
                    names = [SHARED] if route.startswith("/partage") else hidden

                    def ask(name: str, route: str = route) -> float:
                        began = time.perf_counter()
                        status = client.get(route.format(quote(name, safe=""))).status_code
                        took = time.perf_counter() - began
                        assert status == 404, (route, name, status)
                        return took

                    drawn = [random.choice(names) for _ in range(options.pairs)]
                    for name in drawn[:50]:
                        ask(name)
                    took, refused = differences(ask, [(name, other(name, "q")) for name in drawn])
                    _, noise = differences(ask, [(other(name, "z"), other(name, "q")) for name in drawn])
                    told = {
                        "milliseconds": float(np.median(took)) * 1e3,
                        "refused_microseconds": interval(refused),
                        "noise_microseconds": interval(noise),
                    }
                    found[what] = told
                    rows.append(
                        [what, f"{told['milliseconds']:.2f}", *map(_shown, (interval(refused), interval(noise)))]
                    )
        finally:
            process.terminate()
            process.wait(30)
    heads = ["asked for", "median, ms", "refused − unknown, µs", "unknown − unknown, µs"]
    print(table(heads, rows))
    save("rights", {"pairs": options.pairs, "routes": found}, [], about)


def _shown(told: tuple[float, float, float]) -> str:
    return f"{told[0]:+.0f} ({told[1]:+.0f} to {told[2]:+.0f})"


if __name__ == "__main__":
    main()
