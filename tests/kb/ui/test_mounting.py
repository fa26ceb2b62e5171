"""Parts that are made anew, as each state of an event does, are the same when their signatures are read once."""

from __future__ import annotations

import inspect
from typing import Any

import gradio as gr

from kb.ui.mounting import _read_signatures_once


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
