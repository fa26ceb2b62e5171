"""A server that nobody asks rests: left to themselves, Gradio's queues look for events a thousand times a second. What
makes an event cheaper changes nothing of its parts.
"""

from __future__ import annotations

import inspect
import threading
import time
from pathlib import Path
from typing import Any

import gradio as gr
import httpx
import pytest

from kb.ui.mounting import _read_signatures_once
from small_base import SmallBase
from small_pages import ServePage

SECONDS = 2.0
# The page's queue looks 20 times a second, uvicorn 10 times: 21 in all on a quiet machine, 85 once beside other tests
# (2026-11-29). Gradio alone made it 400.
MOST_WAKES_A_SECOND = 150


def wakes(thread: int) -> int:
    """How often a thread has gone to sleep of its own accord: it was woken as often."""
    status = Path(f"/proc/self/task/{thread}/status").read_text(encoding="utf-8")
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("voluntary_ctxt_switches")))


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="reads /proc")
def test_a_server_that_nobody_asks_rests(serve_page: ServePage, small_base: SmallBase) -> None:
    others = set(threading.enumerate())  # of applications that other tests still need
    address = serve_page(small_base)
    assert httpx.get(f"{address}/", timeout=60).status_code == 200
    begun = set(threading.enumerate()) - others
    (server,) = [thread.native_id for thread in begun if thread.name == "serving"]
    assert server is not None

    def wakes_a_second() -> float:
        began, before = time.monotonic(), wakes(server)
        time.sleep(SECONDS)
        return (wakes(server) - before) / (time.monotonic() - began)

    # Threads that earlier tests left at work share the interpreter with it, and wake it: a server that looks for events
    # without rest does so at each try.
    assert any(wakes_a_second() < MOST_WAKES_A_SECOND for _ in range(10))


def test_parts_that_are_made_anew_are_the_same() -> None:
    parts: list[Any] = [
        gr.Markdown("Un texte", elem_id="texte"),
        gr.Button("Envoyer", variant="primary", visible=False),
        gr.Textbox("", label="Question", lines=2),
        gr.Row(visible=False),
    ]
    kinds = [type(part) for part in parts]
    signatures = [inspect.signature(kind) for kind in kinds]
    before = [part.get_config() for part in parts]
    _read_signatures_once(kinds)
    assert all("__signature__" in vars(kind.__init__) for kind in kinds)
    assert [inspect.signature(kind) for kind in kinds] == signatures
    again = [kind(**part.constructor_args) for kind, part in zip(kinds, parts, strict=True)]
    assert [part.get_config() for part in again] == before
