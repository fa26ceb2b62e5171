"""Nothing but the makers of a store, and the few modules that choose or speak for them, knows where a base stands."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MAKERS = ("kb/index/embedded/", "kb/index/postgresql/")
# Which of these says more than that it stands on any database, and why.
ALLOWED = {
    "kb/dialects.py": "what SQLite and PostgreSQL say differently",
    "kb/index/catalog/write_ahead.py": "how a file of SQLite is opened",
    "kb/index/catalog/versions.py": "brings a catalog up to date, in a file or in a schema",
    "kb/index/opening.py": "chooses the maker of a store",
    "kb/records/places.py": "chooses the place of what people do",
    "kb/index/catalog/file.py": "the same, of a catalog",
    "kb/records/migrations/upgrade.py": "brings up to date a file, or a schema of a server",
    "kb/records/tables.py": "how a file of SQLite is opened",
}
# It only hands on to its processes where the base stands.
HANDS_ON = {"ingest/child.py"}
DATABASES = {"postgresql", "sqlite"}
# What one of the databases alone understands; in a sentence of documentation nobody begins with them.
OWN_WORDS = re.compile(r"^(PRAGMA|VACUUM|LOCK TABLE|SET search_path|BEGIN IMMEDIATE)\b|\bpg_\w+")
PLACES = {"FilePlace", "ServerPlace"}


def _asks(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every line on which code asks what its base stands on, and how."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == "database" and "settings" in ast.unparse(node.value):
            yield node.lineno, "settings.database"
        elif isinstance(node, ast.Attribute) and node.attr == "dialect":
            yield node.lineno, "dialect"
        elif isinstance(node, ast.Constant) and node.value in DATABASES:
            yield node.lineno, f"the name {node.value!r}"
        elif isinstance(node, ast.Name) and node.id in PLACES:
            yield node.lineno, node.id
        elif isinstance(node, ast.Attribute) and node.attr.startswith("pg_"):
            yield node.lineno, node.attr
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and (said := OWN_WORDS.search(node.value)):
            yield node.lineno, said[0]
        elif isinstance(node, ast.ImportFrom | ast.Import):
            modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else [name.name for name in node.names]
            if any(module.startswith(("sqlalchemy.dialects", "psycopg", "sqlite3", "pgvector")) for module in modules):
                yield node.lineno, f"imports {', '.join(modules)}"


@pytest.mark.parametrize(
    ("code", "asked"),
    [
        ("if settings.database:\n    pass", ["settings.database"]),
        ("x = self._settings.database", ["settings.database"]),
        ("if connection.dialect.name == 'sqlite':\n    pass", ["dialect", "the name 'sqlite'"]),
        ("if isinstance(place, ServerPlace):\n    pass", ["ServerPlace"]),
        ("execute('PRAGMA foreign_keys=ON')", ["PRAGMA"]),
        ("sa.func.pg_advisory_xact_lock(1)", ["pg_advisory_xact_lock"]),
        ("from sqlalchemy.dialects.postgresql import insert", ["imports sqlalchemy.dialects.postgresql"]),
        ("database = AppDatabase(place)\ndatabase.transaction()", []),
    ],
)
def test_a_question_is_seen(code: str, asked: list[str]) -> None:
    assert sorted(how for _, how in _asks(ast.parse(code))) == sorted(asked)


def test_nobody_else_asks_which_database_a_base_stands_on() -> None:
    files = [ROOT / "app.py", *(ROOT / "ingest").rglob("*.py"), *(ROOT / "kb").rglob("*.py")]
    found: dict[str, list[str]] = {}
    for file in files:
        name = file.relative_to(ROOT).as_posix()
        if not name.startswith(MAKERS):
            found[name] = [f"{name}:{line}: {how}" for line, how in _asks(ast.parse(file.read_text("utf-8")))]
    asking = {name for name, lines in found.items() if lines}
    offenders = [line for name in sorted(asking - ALLOWED.keys() - HANDS_ON) for line in found[name]]
    assert offenders == [], "\n".join(offenders)
    assert asking == ALLOWED.keys() | HANDS_ON  # one that asks no more leaves the list
    assert [line.partition(": ")[2] for name in HANDS_ON for line in found[name]] == ["settings.database"]
