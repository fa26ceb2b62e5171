"""The Gradio pages, put into the server that `kb.web.server` builds."""

from __future__ import annotations

from collections.abc import Callable

import gradio as gr
from fastapi import FastAPI

from kb.evaluation.desk import EvaluationDesk
from kb.ports import Base, FeedbackStore
from kb.ui.chat import build_page
from kb.ui.evaluation import build_evaluation
from kb.ui.theme import page_theme
from kb.web.page_context import PageContext


def mount_pages(
    server: FastAPI,
    base: Callable[[], Base],
    context: PageContext,
    feedback: FeedbackStore | None,
    desk: EvaluationDesk | None,
) -> None:
    """The page of questions at `/`; with a `desk`, that of evaluation at `/evaluation`."""
    if desk is not None:
        _mount(server, build_evaluation(desk), "/evaluation")
    _mount(server, build_page(base, context, feedback), "/")


def _mount(server: FastAPI, page: gr.Blocks, path: str) -> None:
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
