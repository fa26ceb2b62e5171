"""What is asked for: a base whose first sources are hidden from whoever calls, with all that is kept beside it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from fpdf import FPDF

from benchmarks.support.bench_data import ROOT
from kb.evaluation.desk import EvaluationDesk
from kb.evaluation.questions import EvaluationQuestion
from kb.index.opening import open_store
from kb.knowledge import KnowledgeBase
from kb.records.conversations import KeptTurn, SavedConversations
from kb.records.kept_answers import keep_answer
from kb.records.places import place_of
from kb.records.sharing.links import SharedLinks
from kb.settings import Settings
from kb.types import Answer, Document

HIDDEN = ("documents", "plans")
SOURCES = f'[[restriction]]\nsources = ["{HIDDEN[0]}", "{HIDDEN[1]}"]\ngroups = ["personne"]\n'
TURNS = 20
_CONVERSATIONS = 3


@dataclass(frozen=True, slots=True)
class Names:
    """What is there and may not be read, by its names; `acronym` is explained in hidden documents only."""

    documents: Sequence[str]
    plans: Sequence[str]
    acronym: str
    partners: Sequence[str]
    conversations: Sequence[str]
    runs: Sequence[str]


def prepared(root: Path) -> tuple[dict[str, str], Names]:
    """A base in a folder: the environment that it is served with, and the names of what is hidden."""
    (root / "open").mkdir()
    (root / "open" / "note.md").write_text("# Note\n\nLa prime est versée en juin.", encoding="utf-8")
    (root / "plans").mkdir()
    for number in range(4):
        (root / "plans" / f"plan-{number}.pdf").write_bytes(_pdf(number))
    (root / "sources.toml").write_text(SOURCES, encoding="utf-8")
    environ = {
        **os.environ,
        "REPERES_STORE": str(root / "store"),
        "REPERES_SOURCES": str(root / "sources.toml"),
        "REPERES_CORPUS": str(ROOT / "corpus" / "documents"),
        "REPERES_ANSWERER": "extractive",
        "REPERES_LLM_URL": "",
        "REPERES_QUESTIONS_PER_MINUTE": "0",
    }
    for folder in (ROOT / "corpus" / "documents", root / "plans", root / "open"):
        command = [sys.executable, "-m", "app", "ingest", str(folder), "--progress", "none"]
        subprocess.run(command, cwd=ROOT, env=environ, check=True, stdout=subprocess.DEVNULL)
    settings = Settings.load(environ)
    with closing(open_store(settings).catalog()) as catalog:
        headers = catalog.headers()
    with KnowledgeBase.open(settings) as base:
        acronym = next(one.written for one in base.acronyms() if one.meanings)
        conversations = _kept(settings, base, [one for one in headers if one.source == HIDDEN[0]])
        runs = _evaluated(settings, base, [one for one in headers if one.source == HIDDEN[0]])
    return environ, Names(
        [one.id for one in headers if one.source == HIDDEN[0]],
        [one.id for one in headers if one.source == HIDDEN[1]],
        acronym,
        sorted({partner for one in headers for partner in one.partners if partner[:1].isalpha()}),
        conversations,
        runs,
    )


def _asked(base: KnowledgeBase, documents: Sequence[Document]) -> list[Answer]:
    """Answers that cite hidden documents."""
    answers = (base.ask(f"Que dit « {one.title} » ?", answerer="extractive") for one in documents)
    found = [answer for answer in answers if answer.citations][:TURNS]
    if not found:
        raise RuntimeError("no question of the corpus was answered")
    return (found * TURNS)[:TURNS]


def _kept(settings: Settings, base: KnowledgeBase, documents: Sequence[Document]) -> list[str]:
    """Shared conversations of `TURNS` turns each; their names."""
    turns, links = _asked(base, documents), SharedLinks(place_of(settings))
    names = [f"conversation-{number}" for number in range(_CONVERSATIONS)]
    with closing(SavedConversations(place_of(settings), 365)) as kept, closing(links):
        for name in names:
            for number, answer in enumerate(turns, 1):
                kept.put("", name, KeptTurn(number, "2026-01-01T10:00:00+00:00", 1, keep_answer(answer)))
            links.share("", name, shared=True)
    return names


def _evaluated(settings: Settings, base: KnowledgeBase, documents: Sequence[Document]) -> list[str]:
    """A finished run over as many test queries; its number."""
    desk = EvaluationDesk(lambda: base, place_of(settings), 365)
    for number, document in enumerate(documents[:TURNS]):
        desk.put(EvaluationQuestion(f"q{number}", f"Que dit « {document.title} » ?", documents=(document.id,)))
    return [str(desk.evaluate().run)]


def _pdf(number: int) -> bytes:
    file = FPDF()
    file.set_font("helvetica", size=12)
    for page in range(3):
        file.add_page()
        for line in range(30):
            text = f"Plan {number}, page {page}, ligne {line} : la prime est de {line * 10} euros."
            file.multi_cell(0, 7, text, new_x="LMARGIN", new_y="NEXT")
    return bytes(file.output())


def counted(names: Names) -> Mapping[str, int]:
    """How much of each is asked for."""
    return {
        "documents": len(names.documents),
        "plans": len(names.plans),
        "turns": TURNS,
        "partners": len(names.partners),
    }
