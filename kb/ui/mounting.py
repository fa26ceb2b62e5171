"""The Gradio pages, put into the server that `kb.web.server` builds."""

from __future__ import annotations

import importlib.util
import inspect
import sys
from collections.abc import Iterable
from typing import Any

import gradio as gr
from fastapi import FastAPI

from kb.ports import DeskOf, FeedbackStore, Views
from kb.ui.chat import build_page
from kb.ui.evaluation import build_evaluation
from kb.ui.theme import page_theme
from kb.web.door.events import PageEvent, PageEvents
from kb.web.page_context import PageContext

# How often Gradio's queue of a page looks for what was asked. By itself it looks a thousand times a second, and a
# hundred times for progress to tell: 7 % of a core with nobody there. This is what it does on Windows.
SECONDS_BETWEEN_LOOKS = 0.05
_NO_PROGRESS = 5.0  # seconds; no event of ours tells any


def mount_pages(
    server: FastAPI,
    base: Views,
    context: PageContext,
    feedback: FeedbackStore | None,
    desks: DeskOf | None,
) -> None:
    """The page of questions at `/`; with `desks`, that of evaluation at `/evaluation`."""
    if importlib.util.find_spec("matplotlib") is None:
        # Gradio tries to import it twice for each state of an event: found missing at once, not looked for in folders.
        loaded: dict[str, Any] = sys.modules
        loaded.setdefault("matplotlib", None)  # what `import` itself takes for « is not there »
    if desks is not None:
        _mount(server, build_evaluation(desks, context.badge), "/evaluation", context.events)
    _mount(server, build_page(base, context, feedback), "/", context.events)


def _mount(server: FastAPI, page: gr.Blocks, path: str, events: PageEvents) -> None:
    events.by_page[path.rstrip("/")] = {
        number: PageEvent(event.queue is not False, len(event.inputs)) for number, event in page.fns.items()
    }
    _read_signatures_once(type(block) for block in page.blocks.values())
    page.api_open = False  # Gradio's own refusal of events past their queue, behind that of the door
    page._queue.sleep_when_free = SECONDS_BETWEEN_LOOKS
    page._queue.progress_update_sleep_when_free = _NO_PROGRESS
    gr.mount_gradio_app(
        server,
        page,
        path=path,
        theme=page_theme(),
        footer_links=[],
        run_history=False,
        enable_monitoring=False,
        show_error=False,
        ssr_mode=False,
        pwa=False,
        mcp_server=False,
        allowed_paths=[],
        max_file_size=1,
    )


def _read_signatures_once(parts: Iterable[type]) -> None:
    """Each state of an event makes its components anew, and Gradio reads the signatures of their constructors for it:
    half of the processor that making one takes (0.60 -> 0.32 ms, a text; 30 November 2026). `inspect` takes the
    signature that a function says it has.
    """
    for kind in {kind for part in parts for kind in part.__mro__}:
        made_by: Any = vars(kind).get("__init__")
        while hasattr(made_by, "__code__"):  # a function of Python's own: no other takes a name
            if not hasattr(made_by, "__signature__"):
                made_by.__signature__ = inspect.signature(made_by)
            made_by = getattr(made_by, "__wrapped__", None)
