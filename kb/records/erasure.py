"""Documents that were erased for good: what is kept of them in app.db is nothing, whoever wrote it and whenever.

`app.db` holds the mark of each (the hash of its id, as the catalog does). Every write of quotes looks at the marks
within its own transaction: what was being written while a document was erased is either erased with it or cut short.
A mark leaves once the base holds the document again, not before: a page that was opened long ago may still quote it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from kb.dialects import put
from kb.index.catalog.journal import mark
from kb.records.naming.queries import MARK, plain_name
from kb.records.tables import (
    CORRECTIONS,
    EVALUATION_ROWS,
    FEEDBACK,
    FOLLOWED_QUESTIONS,
    META,
    QUESTIONS_ASKED,
    TEST_QUERIES,
    TURNS,
)
from kb.text.folding import fold

ERASED = "(passage d'un document effacé)"
Held = dict[str, Any]
"""What a row keeps as JSON: an answer, a test query."""
Texts = Callable[[Sequence[str]], Sequence[str]]
"""The texts of documents that the base still holds."""

_MARK = "erased:"  # before a mark, among the keys of META
_UNFINISHED = "erasure"  # stands in META from an erasure's transaction on until the files are compacted too


@dataclass(frozen=True, slots=True)
class Erased:
    """Documents that were erased, known by their marks; `names` are the ids of those whose id is still known."""

    marks: frozenset[str]
    names: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.marks)

    def __contains__(self, document_id: str) -> bool:
        return bool(self.marks) and mark(document_id) in self.marks


def read_erased(connection: Connection) -> Erased:
    """The documents that were erased and have not come back."""
    keys = connection.execute(sa.select(META.c.key).where(META.c.key.startswith(_MARK, autoescape=True))).scalars()
    return Erased(frozenset(key.removeprefix(_MARK) for key in keys))


def note_erased(connection: Connection, marks: Collection[str]) -> None:
    """Keeps marks; until `note_finished` the erasure counts as unfinished."""
    rows = [{"key": _MARK + held, "value": ""} for held in sorted(marks)]
    put(connection, META, [*rows, {"key": _UNFINISHED, "value": "unfinished"}])


def note_back(connection: Connection, marks: Collection[str]) -> None:
    """Lets go of marks."""
    for held in marks:
        connection.execute(META.delete().where(META.c.key == _MARK + held))


def note_finished(connection: Connection) -> None:
    """Notes that no file holds what was erased."""
    connection.execute(META.delete().where(META.c.key == _UNFINISHED))


def is_unfinished(connection: Connection) -> bool:
    """Whether an erasure stopped before the files were compacted."""
    return connection.execute(sa.select(META.c.key).where(META.c.key == _UNFINISHED)).first() is not None


def erase_rows(connection: Connection, erased: Erased, texts: Texts) -> int:
    """Takes documents out of every row; in how many rows something was."""
    changed = 0
    for column in (FEEDBACK.c.answer, EVALUATION_ROWS.c.row):
        changed += _rewrite(connection, column, lambda held: answer_without(held, erased))
    changed += _rewrite_turns(connection, erased)
    # Whose answer a question was understood after is not known: it is told as it was asked.
    for table in (QUESTIONS_ASKED, FOLLOWED_QUESTIONS):
        told_otherwise = table.c.understood != table.c.question
        changed += connection.execute(table.update().where(told_otherwise).values(understood=table.c.question)).rowcount
    sources, news = FOLLOWED_QUESTIONS.c.sources, FOLLOWED_QUESTIONS.c.news
    changed += _rewrite(connection, sources, lambda held: _asked_without(held, erased))
    changed += _rewrite(connection, news, lambda held: [item for item in held if item["document"] not in erased])
    gone = set[tuple[str, str]]()

    def without(query: Held) -> Held | None:
        held = query_without(query, erased, texts)
        if held is None:
            gone.add((query["id"], query["question"]))
        return held

    changed += _rewrite(connection, TEST_QUERIES.c.query, without)
    # A question that was made from a document says its words, in its own id too.
    for row in connection.execute(sa.select(EVALUATION_ROWS)).all():
        asked = json.loads(row.row)["question"]
        names = {row.question_id, plain_name(row.question_id)}
        if not gone.isdisjoint((name, asked) for name in names) or is_made_from(row.question_id, erased.names):
            mine = sa.and_(EVALUATION_ROWS.c.run_id == row.run_id, EVALUATION_ROWS.c.question_id == row.question_id)
            connection.execute(EVALUATION_ROWS.delete().where(mine))
            changed += 1
    for document_id in connection.execute(sa.select(CORRECTIONS.c.document_id)).scalars().all():
        if document_id in erased:
            mine = CORRECTIONS.c.document_id == document_id
            changed += connection.execute(CORRECTIONS.delete().where(mine)).rowcount
    return changed


def answer_without(answer: Mapping[str, Any], erased: Erased) -> Held:
    """An answer without what it says of erased documents; its text goes when it was made of one of them."""
    held = dict(answer)
    if not erased:
        return held
    kept = [citation for citation in answer["citations"] if citation["document"] not in erased]
    is_cited = len(kept) < len(answer["citations"])
    retrieved = [name for name in answer["retrieved"] if name not in erased]
    # A model's warnings speak of all that it was shown, cited or not.
    is_warned_of = is_cited or (answer["answerer"] == "llm" and len(retrieved) < len(answer["retrieved"]))
    held |= {
        "citations": kept,
        "retrieved": retrieved,
        "warnings": [] if is_warned_of else answer["warnings"],
        "answer": ERASED if is_cited else answer["answer"],
    }
    if "nearest" in answer:  # answers kept from before lack it
        held["nearest"] = [citation for citation in answer["nearest"] if citation["document"] not in erased]
    if "closest" in answer:
        held["closest"] = [document for document in answer["closest"] if document["id"] not in erased]
    return held


def asked_plainly(answer: Mapping[str, Any]) -> Held:
    """An answer whose question is told as it was asked: understood, it may hold words of the answer before it."""
    return {**answer, "standalone_question": answer["question"]}


def query_without(query: Mapping[str, Any], erased: Erased, texts: Texts = lambda _: ()) -> Held | None:
    """A test query without erased documents, None for one that was about them only.

    Of the facts that it expects and of what was answered before it, what a document that is left says stays (`texts`).
    """
    named = query.get("documents") or []
    kept = [name for name in named if name not in erased]
    if len(kept) == len(named):
        return dict(query)
    if not kept or is_made_from(str(query.get("id", "")), erased.names):
        return None
    said = [_plain(text) for text in texts(kept)]

    def is_said(words: str) -> bool:
        return any(_plain(words) in text for text in said)

    held = dict(query) | {"documents": kept}
    if facts := query.get("expected_facts"):
        forms = [[fact] if isinstance(fact, str) else fact for fact in facts]
        held["expected_facts"] = [said_forms for fact in forms if (said_forms := list(filter(is_said, fact)))]
    if history := query.get("history"):
        held["history"] = [
            message if message["role"] == "user" or is_said(message["content"]) else message | {"content": ERASED}
            for message in history
        ]
    return held


def is_made_from(question_id: str, document_ids: Collection[str]) -> bool:
    """Whether a question was proposed from one of the documents (see `kb.evaluation.suggestions`)."""
    names = (re.sub(r"[^\w-]+", "-", name).strip("-") for name in document_ids)
    return any(re.fullmatch(rf"proposition-{re.escape(name)}-\d+({MARK})?", question_id) for name in names)


def _plain(text: str) -> str:
    return " ".join(fold(text).split())


def _rewrite(connection: Connection, column: sa.Column[Any], without: Callable[[Any], Any]) -> int:
    """Has the parsed JSON of `column` rewritten in each row, the row deleted for None; how many rows changed."""
    changed = 0
    table = column.table
    for row in connection.execute(sa.select(table)).all():
        before = json.loads(row._mapping[column])
        held = without(before)
        if held == before:
            continue
        changed += 1
        mine = sa.and_(*(key == row._mapping[key] for key in table.primary_key))
        if held is None:
            connection.execute(sa.delete(table).where(mine))
        else:
            values = {column.name: json.dumps(held, ensure_ascii=False)}
            connection.execute(sa.update(table).where(mine).values(values))
    return changed


def _asked_without(held: list[str] | Held, erased: Erased) -> list[str] | Held:
    """How a followed question is asked, without the sources of its last answer that were erased."""
    if isinstance(held, list):  # from before anything stood beside them
        return [name for name in held if name not in erased]
    return held | {"documents": [name for name in held["documents"] if name not in erased]}


def _rewrite_turns(connection: Connection, erased: Erased) -> int:
    """As `_rewrite`, in the order of the turns: what was understood after an erased answer goes too."""
    changed = 0
    talked_of: set[str] = set()
    for row in connection.execute(sa.select(TURNS).order_by(TURNS.c.conversation_id, TURNS.c.number)).all():
        before = json.loads(row.answer)
        held = answer_without(before, erased)
        if row.conversation_id in talked_of:
            held = asked_plainly(held)
        if held["answer"] == ERASED:
            talked_of.add(row.conversation_id)
        if held != before:
            changed += 1
            mine = sa.and_(TURNS.c.conversation_id == row.conversation_id, TURNS.c.number == row.number)
            connection.execute(sa.update(TURNS).where(mine).values(answer=json.dumps(held, ensure_ascii=False)))
    return changed
