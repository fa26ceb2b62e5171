"""Many people at once: how long they wait for their answers, and how fast the application is there.

    python -m benchmarks.people [--people 20] [--rounds 3]

Starts `reperes serve` on the bundled corpus, without a language model, in a process of its own. Every person has a page
of their own and asks in the same moment as all others, in each round another question; none is asked twice. The first
round begins as soon as the server answers; the others a while later, when the application has encoded the sentences of
the base by itself, as it does after each start (`kb.web.warming`). Measured are the seconds from sending to the whole
answer, the start of the server with the store in place, and the page's first answer.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import numpy as np

from benchmarks.report import Target, machine, save, table
from benchmarks.support.bench_data import ROOT
from benchmarks.support.page_session import PageSession
from kb.evaluation.questions import read_questions

P95_SECONDS = 4.0  # with the reader; 2 without
START_SECONDS = 8.0


def served(store: Path) -> tuple[subprocess.Popen[str], str, float]:
    """The server's process, its address, and the seconds that it took to answer."""
    environ = {
        **os.environ,
        "REPERES_STORE": str(store),
        "REPERES_QUESTIONS_PER_MINUTE": "0",
        "REPERES_LLM_URL": "",
        "REPERES_ANSWERER": "extractive",
    }
    began = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "app", "serve", "--port", "0"],
        cwd=ROOT,
        env=environ,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    address = next(word for word in line.split() if word.startswith("http://"))
    httpx.get(f"{address}/readyz", timeout=30).raise_for_status()
    return process, address, time.monotonic() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--wait", type=float, default=60.0, help="seconds between the first round and the others")
    options = parser.parse_args()
    about = machine()
    questions = [query.question for query in read_questions(ROOT / "corpus" / "questions.jsonl") if not query.history]
    wanted = options.people * options.rounds
    if len(questions) < wanted:
        parser.error(f"{len(questions)} questions are not enough for {wanted}")
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "store"
        first, _, _ = served(store)  # makes the store
        first.terminate()
        first.wait(timeout=30)
        process, address, started = served(store)
        try:
            began = time.monotonic()
            httpx.get(f"{address}/", timeout=30).raise_for_status()
            page = time.monotonic() - began
            sessions = [PageSession(address) for _ in range(options.people)]
            cold: list[float] = []
            seconds: list[float] = []
            for number in range(options.rounds):
                if number == 1:
                    time.sleep(options.wait)
                asked = questions[number * options.people : (number + 1) * options.people]
                gate = threading.Barrier(options.people)

                def person(session: PageSession, question: str, gate: threading.Barrier = gate) -> Any:
                    gate.wait()
                    return session.ask(question)

                with ThreadPoolExecutor(options.people) as pool:
                    found = list(pool.map(person, sessions, asked))
                wrong = [exchange.question for exchange in found if 'data-state="done"' not in exchange.shown]
                mixed = [exchange.question for exchange in found if exchange.question not in exchange.text]
                assert not wrong, wrong
                assert not mixed, mixed
                if number == 0:
                    cold = [exchange.seconds for exchange in found]
                else:
                    seconds += [exchange.seconds for exchange in found]
        finally:
            process.terminate()
            process.wait(timeout=30)
    p50, p95 = np.percentile(seconds, [50, 95])
    figures = {
        "people": options.people,
        "answers": len(seconds),
        "just_started_p95": float(np.percentile(cold, 95)),
        "p50": float(p50),
        "p95": float(p95),
        "start": started,
        "page": page,
    }
    print(table(("figure", "value"), [(name, f"{value:.3g}") for name, value in figures.items()]))
    targets = [
        Target(f"whole answer of {options.people} people at once, p95", float(p95), P95_SECONDS, "s", at_most=True),
        Target("server ready after its start, store in place", started, START_SECONDS, "s", at_most=True),
    ]
    save("people", figures, targets, about)


if __name__ == "__main__":
    main()
