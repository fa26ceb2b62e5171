"""A document to be erased, what people keep of it, and where its words may stand in the files that are made."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from kb.evaluation.kept.runs import about_run, run_and_keep
from kb.evaluation.questions import EvaluationQuestion
from kb.knowledge import KnowledgeBase
from kb.models.encoder import Encoder
from kb.records.conversations import KeptTurn, SavedConversations
from kb.records.database import AppDatabase
from kb.records.feedback import SavedFeedback
from kb.records.kept_answers import KeptAnswer, keep_answer
from kb.settings import Settings
from kb.text.folding import fold
from kb.text.stems import stems

NOW = "2026-11-27T08:00:00+00:00"
WORDS = ("zygomorphisme", "Quincampoix", "parallélépipédique", "Éléphantiasis")
SECRET = (
    "# Le dossier parallélépipédique\n\n"
    "Le zygomorphisme des quartiers prioritaires coûte 4 217 euros à la commune de Quincampoix en 2024.\n\n"
    "## Éléphantiasis\n\nLe rapport de Quincampoix sur les quartiers reste confidentiel.\n"
)
OTHER = "# Les aides\n\nLes subventions aux jardins partagés montent à 310 euros par habitant chaque année.\n"
ABOUT_SECRET = "Combien coûtent les quartiers prioritaires à la commune en 2024 ?"
ABOUT_OTHER = "À combien montent les subventions aux jardins partagés par habitant ?"


def traces(*words: str) -> set[bytes]:
    """How words may stand in a file: composed or not, folded, stemmed, escaped by JSON, in UTF-8 or UTF-16."""
    forms = {form for word in words for form in (word, word.lower(), fold(word), *stems(word))}
    forms |= {unicodedata.normalize(form, word) for form in ("NFC", "NFD") for word in list(forms)}
    forms |= {json.dumps(word)[1:-1] for word in list(forms)}
    return {word.encode(coding) for word in forms for coding in ("utf-8", "utf-16-le", "utf-16-be")}


def found(root: Path, *words: str) -> list[str]:
    """The files below `root` whose bytes or whose own path hold one of the words."""
    wanted = traces(*words)
    held = {path: path.relative_to(root).as_posix().encode() + b"\n" + path.read_bytes() for path in files(root)}
    return sorted({path.name for path, content in held.items() for trace in wanted if trace in content})


def files(root: Path) -> Iterator[Path]:
    return (path for path in root.rglob("*") if path.is_file())


@dataclass
class World:
    """A base over a folder, with what people keep of it; all that the application writes stands below `made`."""

    settings: Settings
    folder: Path
    encoder: Encoder
    made: Path
    secret: str

    @property
    def feedback(self) -> SavedFeedback:
        return SavedFeedback(self.settings.app_database, self.settings.retention_days)

    def answer(self, question: str, document: str) -> KeptAnswer:
        with KnowledgeBase.open(self.settings, self.encoder) as base:
            kept = keep_answer(base.ask(question))
        assert [citation["document"] for citation in kept["citations"]][:1] == [document], kept
        return kept

    def say(self, answer: KeptAnswer, conversation: str, number: int = 1) -> None:
        """What an open page does: « Utile », and keeping the conversation."""
        self.feedback.add("good", None, "", answer, 1)
        with closing(SavedConversations(self.settings.app_database, 36_500)) as kept:
            kept.put("", conversation, KeptTurn(number, NOW, 1, answer))

    def evaluate(self, queries: list[EvaluationQuestion]) -> int:
        with (
            KnowledgeBase.open(self.settings, self.encoder) as base,
            AppDatabase(self.settings.app_database) as database,
        ):
            about = about_run("q", queries, base.status(), answerer="auto", answers=True, model="")
            return run_and_keep(database, base, queries, about)[0]

    def erased(self) -> bool:
        return found(self.made, *WORDS) == []
