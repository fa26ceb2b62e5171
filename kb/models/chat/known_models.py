"""Small language models that a reader may want to know of. None of them was measured by us: names, sizes and licences
are what their publishers said when we looked (November 2026)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class KnownModel:
    """A model as its publisher names it. `billions` of parameters; `page` tells of it; `remark` is French."""

    name: str
    billions: float
    licence: str
    page: str
    remark: str = ""


_HUB = "https://huggingface.co"
KNOWN = (
    KnownModel(
        "Pleias-RAG-1B",
        1.2,
        "Apache-2.0",
        f"{_HUB}/PleIAs/Pleias-RAG-1B",
        "a sa propre forme de questions et de citations, que Repères ne parle pas",
    ),
    KnownModel("Qwen3.5-2B", 2, "Apache-2.0", f"{_HUB}/Qwen/Qwen3.5-2B"),
    KnownModel(
        "Gemma 4 E2B",
        5.1,
        "Apache-2.0",
        f"{_HUB}/google/gemma-4-E2B-it",
        "dont 2,3 milliards à l'œuvre pour chaque mot",
    ),
    KnownModel("Ministral 3 3B", 3.8, "Apache-2.0", f"{_HUB}/mistralai/Ministral-3-3B-Instruct-2512-GGUF"),
    KnownModel("Qwen3.5-4B", 4.5, "Apache-2.0", f"{_HUB}/Qwen/Qwen3.5-4B"),
)
