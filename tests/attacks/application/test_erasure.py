"""What was erased for good is in no byte of any file, whatever its name, whoever still holds it, whatever fails."""

from __future__ import annotations

import sqlite3
import unicodedata
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from erasable import ABOUT_OTHER, ABOUT_SECRET, NOW, OTHER, SECRET, WORDS, World, found
from ingest.erasing import allow, forget, settle_erasures
from ingest.maintenance import check
from ingest.pipeline import ingest
from kb.errors import StoreError
from kb.evaluation.kept.queries import put_queries, read_queries
from kb.evaluation.kept.runs import about_run, evaluation_runs, rows_of, run_and_keep
from kb.evaluation.questions import EvaluationQuestion
from kb.evaluation.suggestions.from_facts import suggest
from kb.index.embedded import rebuilding
from kb.index.embedded import store as embedded_store
from kb.knowledge import KnowledgeBase
from kb.models.encoder import Encoder
from kb.records import database as database_module
from kb.records import places
from kb.records.conversations import KeptTurn, PassingConversations, SavedConversations
from kb.records.corrections import Correction, keep_correction, read_corrections
from kb.records.database import AppDatabase
from kb.records.erasure import ERASED
from kb.records.feedback import read_feedback
from kb.settings import Settings
from kb.web.uploads import Uploads

NAMES = {
    "plain": "secret-zygomorphisme.md",
    "quotes": 'dit "zygomorphisme" d\'hier.md',
    "backslash": "a\\zygomorphisme\\n.md",
    "composed": unicodedata.normalize("NFC", "été zygomorphisme œuvré.md"),
    "decomposed": unicodedata.normalize("NFD", "été zygomorphisme œuvré.md"),
    "newline": "deux\nlignes zygomorphisme.md",
    "percent": "100%_zygomorphisme%41.md",
    "folder": "dossier_%/zygomorphisme [1] {x}.md",
}


Make = Callable[[str], World]


@pytest.fixture
def make(tmp_path: Path, settings: Settings, tiny_encoder: Encoder, monkeypatch: pytest.MonkeyPatch) -> Make:
    """A world whose erasable document has the given name."""
    monkeypatch.setattr(embedded_store, "GRACE_SECONDS", 0.0)

    def made(name: str) -> World:
        folder = tmp_path / "docs"
        for file, text in ((name, SECRET), ("aides.md", OTHER)):
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).write_text(text, encoding="utf-8")
        own = tmp_path / "made"
        changed = replace(settings, store=own / "store", cache=own / "cache")
        assert ingest([folder], changed, tiny_encoder).added == 2
        return World(changed, folder, tiny_encoder, own, name)

    return made


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_no_byte_of_an_erased_document_is_left_nor_comes_back(make: Make, name: str) -> None:
    world = make(name)
    settings = world.settings
    secret, other = world.answer(ABOUT_SECRET, name), world.answer(ABOUT_OTHER, "aides.md")
    for number, (answer, conversation) in enumerate(((secret, "c"), (other, "c"), (other, "d")), start=1):
        world.say(answer, conversation, number)
    with KnowledgeBase.open(settings, world.encoder) as base:
        proposed = [replace(query, reviewed=True) for query in suggest(base.documents([name]), 3)]
    both = EvaluationQuestion("deux", "Combien ?", (name, "aides.md"), (("zygomorphisme",), ("310 euros",)))
    alone = EvaluationQuestion("seule", "Que coûte le zygomorphisme ?", (name,))
    queries = [*proposed, both, alone, EvaluationQuestion("autre", ABOUT_OTHER, ("aides.md",), (("310 euros",),))]
    with AppDatabase(settings.app_database) as database:
        put_queries(database, queries)
    run = world.evaluate(queries)
    keep_correction(
        settings.app_database, name, Correction({"title": {"was": "Le dossier parallélépipédique", "now": "X"}})
    )
    keep_correction(settings.app_database, "aides.md", Correction({"date": {"was": None, "now": "2024"}}))
    # A change, so that a report quotes the document.
    (world.folder / name).write_text(SECRET + "\nLe zygomorphisme a été revu.", encoding="utf-8")
    ingest([world.folder], settings, world.encoder)
    assert proposed
    assert {"catalog.sqlite", "store-app.db"} <= {file.removesuffix("-wal") for file in found(world.made, *WORDS)}

    page_of_before = KnowledgeBase.open(settings, world.encoder)  # the application goes on while a child erases
    page_of_before.search(ABOUT_SECRET)
    forget(settings, [name])
    assert found(world.made, *WORDS) == []
    page_of_before.close()
    assert found(world.made, *WORDS) == []

    # Pages that were opened before, an answer and an evaluation that were under way, an editor's open form.
    world.say(secret, "c", 4)
    world.say(secret, "e")
    with AppDatabase(settings.app_database) as database:
        put_queries(database, [*proposed, both, alone])
    keep_correction(
        settings.app_database, name, Correction({"title": {"was": "Le dossier parallélépipédique", "now": "X"}})
    )
    assert found(world.made, *WORDS) == []
    report = ingest([world.folder], settings, world.encoder)
    assert (report.added, report.updated, report.unchanged) == (0, 0, 1)
    assert found(world.made, *WORDS) == []
    assert check(settings, world.encoder).differences == ()

    # Nothing else is lost.
    with closing(SavedConversations(settings.app_database, 36_500)) as kept:
        cut, whole = kept.get("", "c"), kept.get("", "d")
    assert cut is not None
    turns = {turn.number: turn.answer for turn in cut.turns}
    assert (turns[1]["answer"], turns[1]["citations"], turns[4]["answer"]) == (ERASED, [], ERASED)
    without = {**other, "retrieved": [held for held in other["retrieved"] if held != name]}
    assert turns[2] == without
    assert whole is not None
    assert [turn.answer for turn in whole.turns] == [without]
    with AppDatabase(settings.app_database) as database:
        assert [said.answer["answer"] for said in read_feedback(database)] == [
            ERASED, ERASED, other["answer"], other["answer"], ERASED,
        ]  # fmt: skip
        left = {query.id: query for query in read_queries(database)}
        assert rows_of(database, run).keys() == {"deux", "autre"}
    assert left.keys() == {"deux", "autre"}
    assert (left["deux"].documents, left["deux"].expected_facts) == (("aides.md",), ())
    assert left["autre"].expected_facts == (("310 euros",),)
    assert list(read_corrections(settings.app_database)) == ["aides.md"]


def test_the_form_of_a_query_keeps_what_another_document_says(make: Make) -> None:
    world = make("secret.md")
    query = EvaluationQuestion("deux", "Combien ?", ("secret.md", "aides.md"), (("zygomorphisme",), ("310 EUROS",)))
    with AppDatabase(world.settings.app_database) as database:
        put_queries(database, [query])
    forget(world.settings, ["secret.md"])
    with AppDatabase(world.settings.app_database) as database:
        assert read_queries(database) == [replace(query, documents=("aides.md",), expected_facts=(("310 EUROS",),))]


def test_an_evaluation_that_ends_after_the_erasure_keeps_nothing_of_it(make: Make) -> None:
    world = make("secret.md")
    queries = [
        EvaluationQuestion("seule", "Combien coûtent les quartiers prioritaires en 2024 ?", ("secret.md",)),
        EvaluationQuestion("autre", ABOUT_SECRET, ("aides.md",)),
    ]
    base = KnowledgeBase.open(world.settings, world.encoder)

    class ErasedMeanwhile:
        """A base of before, whose answers come once the document was erased."""

        def search(self, question: str, **others: Any) -> Any:
            return base.search(question, **others)

        def ask(self, question: str, **others: Any) -> Any:
            answer = base.ask(question, **others)
            assert answer.citations[0].document.id == "secret.md"
            if question == queries[0].question:
                answers.append(answer)
            else:
                forget(world.settings, ["secret.md"])
            return answer

    answers: list[Any] = []
    with base, AppDatabase(world.settings.app_database) as database:
        about = about_run("q", queries, base.status(), answerer="auto", answers=True, model="")
        number, _ = run_and_keep(database, ErasedMeanwhile(), queries, about)
        rows = rows_of(database, number)
        assert [run.seconds is not None for run in evaluation_runs(database)] == [True]
    assert answers
    assert {name: row["answer"] for name, (row, _) in rows.items()} == {"autre": ERASED} | (
        {"seule": ERASED} if "seule" in rows else {}
    )
    assert world.erased()


def test_conversations_in_memory_lose_it_too(make: Make) -> None:
    world = make("secret.md")
    passing = PassingConversations(world.settings.app_database)
    answer = world.answer(ABOUT_SECRET, "secret.md")
    followed = {**answer, "citations": [], "retrieved": [], "standalone_question": "Et le zygomorphisme ?"}
    passing.put("", "c", KeptTurn(1, NOW, 1, answer))
    passing.put("", "c", KeptTurn(2, NOW, 1, followed))
    assert "zygomorphisme" in str(passing.get("", "c"))
    forget(world.settings, ["secret.md"])
    held = passing.get("", "c")
    assert held is not None
    first, second = held.turns
    assert first.answer["answer"] == ERASED
    assert second.answer["standalone_question"] == answer["question"]


def fail(*_: object, **__: object) -> None:
    raise StoreError("interrompu")


def stop_before_the_old_index_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Path] = []

    def removing(store: Path) -> None:
        seen.append(store)
        if len(seen) > 1:
            raise StoreError("interrompu")

    monkeypatch.setattr(embedded_store, "remove_unused", removing)


def stop_before(target: Any, name: str) -> Callable[[pytest.MonkeyPatch], None]:
    return lambda monkeypatch: monkeypatch.setattr(target, name, fail)


STEPS = {
    "copying": stop_before(rebuilding, "_elsewhere"),
    "pointing": stop_before(embedded_store, "point_to"),
    "removing": stop_before_the_old_index_leaves,
    "uploads": stop_before(Uploads, "forget"),
    "app.db": stop_before(AppDatabase, "erase_documents"),
    "rows": stop_before(database_module, "erase_rows"),
    "compacted": stop_before(database_module, "note_finished"),
}


@pytest.mark.parametrize("stop", STEPS.values(), ids=STEPS)
def test_an_erasure_that_fails_half_way_is_finished_by_the_next(
    make: Make, monkeypatch: pytest.MonkeyPatch, stop: Callable[[pytest.MonkeyPatch], None]
) -> None:
    world = make("secret.md")
    world.say(world.answer(ABOUT_SECRET, "secret.md"), "c")
    with monkeypatch.context() as patched:
        stop(patched)
        with pytest.raises(StoreError, match="interrompu"):
            forget(world.settings, ["secret.md"])
    forget(world.settings, ["secret.md"])
    assert world.erased()
    forget(world.settings, ["secret.md"])  # once more is no error
    assert check(world.settings, world.encoder).differences == ()


def test_a_start_finishes_what_is_left_in_the_second_database(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    world = make("secret.md")
    world.say(world.answer(ABOUT_SECRET, "secret.md"), "c")
    with monkeypatch.context() as patched:
        patched.setattr(AppDatabase, "erase_documents", fail)
        with pytest.raises(StoreError, match="interrompu"):
            forget(world.settings, ["secret.md"])
    assert found(world.made, *WORDS) != []
    settle_erasures(world.settings)
    assert world.erased()


def test_while_another_program_reads_the_file_the_erasure_says_so(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "SECONDS_TO_WAIT", 0.2)
    world = make("secret.md")
    world.say(world.answer(ABOUT_SECRET, "secret.md"), "c")
    with closing(sqlite3.connect(world.settings.app_database)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM feedback").fetchone()
        with pytest.raises(StoreError, match="Relancez"):
            forget(world.settings, ["secret.md"])
        reader.rollback()
    assert ingest([world.folder], world.settings, world.encoder).failed == ()  # an ingestion finishes it as well
    assert world.erased()


def test_what_is_allowed_back_is_quoted_again_only_once_it_is_back(make: Make) -> None:
    world = make("secret.md")
    answer = world.answer(ABOUT_SECRET, "secret.md")
    forget(world.settings, ["secret.md"])
    assert allow(world.settings, ["secret.md"]) == ["secret.md"]
    world.say(answer, "c")
    assert world.erased()
    assert ingest([world.folder], world.settings, world.encoder).added == 1
    world.say(world.answer(ABOUT_SECRET, "secret.md"), "d")
    with closing(SavedConversations(world.settings.app_database, 36_500)) as kept:
        conversation = kept.get("", "d")
    assert conversation is not None
    assert conversation.turns[0].answer["citations"][0]["document"] == "secret.md"


def test_reports_lose_what_speaks_of_it_and_nothing_else(make: Make) -> None:
    world = make("dit.md")
    for name in ("inter-dit.md", "sous/dit.md", "dit.md.md"):
        (world.folder / name).parent.mkdir(exist_ok=True)
        (world.folder / name).write_text(f"# Neuf\n\nLe jardin {name} est ouvert à tous.", encoding="utf-8")
    ingest([world.folder], world.settings, world.encoder)
    forget(world.settings, ["dit.md"])
    with KnowledgeBase.open(world.settings, world.encoder) as base:
        changed = {change["document"] for report in base.status().reports for change in report["changes"]}
    assert changed == {"aides.md", "inter-dit.md", "sous/dit.md", "dit.md.md"}
