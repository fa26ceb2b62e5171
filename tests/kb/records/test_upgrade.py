"""app.db across versions: a file of before is brought up to date and keeps everything, or stays as it was."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
import textwrap
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from kb.errors import StoreError
from kb.evaluation.comparison import compare
from kb.evaluation.desk import EvaluationDesk
from kb.evaluation.kept.queries import read_queries
from kb.evaluation.kept.runs import evaluation_run, evaluation_runs, rows_of, scores_of
from kb.knowledge import KnowledgeBase
from kb.records.conversations import SavedConversations
from kb.records.corrections import read_corrections
from kb.records.database import AppDatabase
from kb.records.feedback import read_feedback
from kb.records.kept_answers import kept_answer
from kb.records.migrations import upgrade
from kb.records.sessions import Sessions
from kb.records.tables import METADATA, OF_REPLICAS

ROOT = Path(__file__).resolve().parents[3]
# What a release from before the migrations wrote: conversations, feedback, queries, runs, a session, a correction.
BEFORE = (ROOT / "tests/data/app-version-1.sql").read_text(encoding="utf-8")
NEXT = """
    from alembic import op

    revision = "{revision}"
    down_revision = "{before}"


    def upgrade() -> None:
        op.execute("ALTER TABLE feedback ADD COLUMN reader TEXT")
        op.execute("UPDATE conversations SET title = 'perdu'")
        {rest}
"""

AllAtOnce = Callable[[int, Callable[[], None]], list[BaseException]]
NOW = upgrade.LATEST
LATER = str(int(NOW) + 1)

Content = Mapping[str, list[tuple[object, ...]]]


def made(path: Path, script: str = BEFORE) -> Path:
    """A file that holds what `script` says."""
    connection = sqlite3.connect(path)
    connection.executescript(script)
    connection.close()
    return path


def content(path: Path) -> Content:
    """Every row of every table but Alembic's."""
    connection = sqlite3.connect(path)
    names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    rows = {name: connection.execute(f'SELECT * FROM "{name}" ORDER BY rowid').fetchall() for name in names}
    connection.close()
    return {name: held for name, held in rows.items() if name != "alembic_version"}


def version(path: Path) -> str | None:
    """The version that the file tells, None without any."""
    connection = sqlite3.connect(path)
    try:
        return str(connection.execute("SELECT version_num FROM alembic_version").fetchone()[0])
    except sqlite3.OperationalError:
        return None
    finally:
        connection.close()


@pytest.fixture
def next_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the migrations with room for another one, of which the test says what it does."""
    folder = tmp_path / "migrations"
    shutil.copytree(ROOT / "kb/records/migrations", folder, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(upgrade, "_MIGRATIONS", folder)
    monkeypatch.setattr(upgrade, "LATEST", LATER)
    return folder / "versions"


def write_migration(folder: Path, rest: str) -> None:
    text = textwrap.dedent(NEXT).format(rest=rest, revision=LATER, before=NOW)
    (folder / f"v{LATER}_next.py").write_text(text, encoding="utf-8")


def test_a_file_from_before_the_migrations_opens_and_keeps_everything(tmp_path: Path) -> None:
    path = made(tmp_path / "app.db")
    before = content(path)
    of_later_versions = {"devices", "glossary", "questions_asked", "visits", "followed_questions"}
    new = of_later_versions | {table.name for table in OF_REPLICAS}
    assert all(before[table.name] for table in METADATA.sorted_tables if table.name not in new)
    AppDatabase(path).close()
    assert version(path) == upgrade.LATEST
    # Sessions of that time do not tell which password opened them: they alone are gone.
    ended: dict[str, list[tuple[object, ...]]] = {
        "meta": [("schema", "2")],
        "sessions": [],
        **{name: [] for name in new},
    }
    # None is pinned, nor shared; what may be read of them is worked out.
    # Who wrote the queries is not known: they are for those who may read all.
    ended["test_queries"] = [(*row, "[]") for row in before["test_queries"]]
    ended["conversations"] = [(*row, 0, 0, '[[[], ["source"]]]') for row in before["conversations"]]
    assert content(path) == {**before, **ended}

    conversations = SavedConversations(path, 36_500)
    assert [found.id for found in conversations.list("anne")] == ["c1"]
    kept = conversations.get("anne", "c1")
    conversations.close()
    assert kept is not None
    first, second = (kept_answer(turn.answer) for turn in kept.turns)
    assert first.text == "Le budget est de 12 milliards [1]."
    assert [(cited.document.id, cited.quote) for cited in first.citations] == [("budget.md", "12 milliards")]
    assert (second.refused, [hit.document.id for hit in second.hits]) == (True, ["aides.md"])
    assert second.confidence is None
    assert read_corrections(path)["aides.md"].fields == {"date": {"was": None, "now": "2025-03"}}
    sessions = Sessions(path, 10, clock=lambda: 1_800_000_060.0)
    assert sessions.get("jeton-de-test") is None
    sessions.close()
    with AppDatabase(path) as database:
        assert [(said.comment, said.status) for said in read_feedback(database)] == [
            ("", "kept"),
            ("Le chiffre est ancien.", "new"),
        ]
        assert [query.id for query in read_queries(database)] == ["q1", "q2", "q3"]
        assert [run.id for run in evaluation_runs(database)] == [2, 1]
        finished, begun = evaluation_run(database, 1), evaluation_run(database, 2)
        assert finished is not None
        assert finished.figures is not None
        assert begun is not None
        assert begun.seconds is None
        assert [(name, row["confidence"]) for name, (row, _) in rows_of(database, 1).items()] == [
            ("q1", None),
            ("q2", None),
            ("q3", None),
        ]
        # It kept zeros for the question that failed: they are no scores.
        assert scores_of(database, "1")["q2"] == {}
        assert scores_of(database, "1")["q1"]["hit@1"] == 1.0
        assert "refusal_auc" not in {compared.figure for compared in compare(*[scores_of(database, "1")] * 2).figures}
    report = EvaluationDesk(_no_base, path, 365).report(1, lambda *_: "")
    assert "Questions sans réponse bien refusées" in report
    assert "Aire sous la courbe des refus</th>" not in report


def _no_base() -> KnowledgeBase:
    raise AssertionError("a report is made of what is kept")


def test_a_file_of_an_early_release_gets_the_tables_that_came_later(tmp_path: Path) -> None:
    path = made(tmp_path / "app.db")
    connection = sqlite3.connect(path)
    connection.executescript("DROP TABLE corrections; DROP TABLE sessions; DROP INDEX ix_conversations_person;")
    connection.close()
    AppDatabase(path).close()
    assert read_corrections(path) == {}
    assert content(path)["turns"] == content(made(tmp_path / "whole.db"))["turns"]


@pytest.mark.parametrize("script", ["", BEFORE])
def test_the_migrations_make_the_tables_that_the_code_works_with(tmp_path: Path, script: str) -> None:
    path = made(tmp_path / "app.db", script) if script else tmp_path / "app.db"
    with AppDatabase(path) as database, database.transaction() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []


def test_the_last_migration_is_the_version_that_the_code_works_with() -> None:
    config = Config()
    config.set_main_option("script_location", str(upgrade._MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_heads() == [upgrade.LATEST]


def test_a_migration_brings_a_file_up_to_date(tmp_path: Path, next_version: Path) -> None:
    write_migration(next_version, "pass")
    path = made(tmp_path / "app.db")
    AppDatabase(path).close()
    assert version(path) == LATER
    assert {title for _, _, title, *_ in content(path)["conversations"]} == {"perdu"}


@pytest.mark.parametrize("script", ["", BEFORE])
def test_a_migration_that_fails_half_way_leaves_the_file_as_it_was(
    tmp_path: Path, next_version: Path, script: str
) -> None:
    write_migration(next_version, 'op.execute("INSERT INTO rien VALUES (1)")')
    path = made(tmp_path / "app.db", script)
    before = content(path)
    with pytest.raises(StoreError, match=r"app\.db.*rien n'est perdu"):
        AppDatabase(path)
    assert (content(path), version(path)) == (before, None)


def test_a_process_that_is_killed_half_way_leaves_the_file_as_it_was(tmp_path: Path, next_version: Path) -> None:
    write_migration(next_version, "import os; os._exit(9)")
    path = made(tmp_path / "app.db")
    before = content(path)
    code = (
        f"from pathlib import Path\nfrom kb.records import database\nfrom kb.records.migrations import upgrade\n"
        f"upgrade._MIGRATIONS, upgrade.LATEST = Path({str(next_version.parent)!r}), {LATER!r}\n"
        f"database.AppDatabase(Path({str(path)!r}))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False, capture_output=True, timeout=300)
    assert done.returncode == 9, done.stderr
    assert (content(path), version(path)) == (before, None)


OF_A_LATER_ONE = "CREATE TABLE alembic_version (version_num); INSERT INTO alembic_version VALUES ('77')"


@pytest.mark.parametrize("told", ["UPDATE meta SET value = '77'", OF_A_LATER_ONE])
def test_a_file_of_a_later_version_is_refused_and_left_alone(tmp_path: Path, told: str) -> None:
    path = made(tmp_path / "app.db", BEFORE + told)
    before = content(path)
    with pytest.raises(StoreError, match=r"app\.db.*plus récente.*schéma 7.*mettez Repères à jour") as caught:
        AppDatabase(path)
    assert "enomme" not in str(caught.value)
    assert content(path) == before


def test_a_damaged_file_is_left_alone_and_the_message_says_how_to_restore_it(tmp_path: Path) -> None:
    path = tmp_path / "app.db"
    path.write_bytes(b"pas une base" * 200)
    with pytest.raises(StoreError, match=r"app\.db.*illisible.*sauvegarde.*\.recover") as caught:
        AppDatabase(path)
    assert "enommez" not in str(caught.value)
    assert path.read_bytes() == b"pas une base" * 200


def test_a_file_that_cannot_be_opened_is_told_apart_from_a_damaged_one(tmp_path: Path) -> None:
    (tmp_path / "app.db").mkdir()
    with pytest.raises(StoreError, match=r"ne peut pas être ouvert.*droits") as caught:
        AppDatabase(tmp_path / "app.db")
    assert "abîmé" not in str(caught.value)


def test_a_file_of_the_latest_version_is_opened_without_alembic(tmp_path: Path) -> None:
    AppDatabase(tmp_path / "app.db").close()
    code = (
        "import sys\nfrom pathlib import Path\nfrom kb.records.database import AppDatabase\n"
        f"AppDatabase(Path({str(tmp_path / 'app.db')!r})).close()\n"
        "sys.exit('alembic' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, timeout=300)


@pytest.mark.parametrize("script", ["", BEFORE])
def test_many_threads_may_open_it_at_once(tmp_path: Path, script: str, all_at_once: AllAtOnce) -> None:
    path = made(tmp_path / "app.db", script) if script else tmp_path / "app.db"
    assert all_at_once(12, lambda: AppDatabase(path).close()) == []
    assert version(path) == upgrade.LATEST


OPENING = """
import sys
from pathlib import Path
from kb.records.database import AppDatabase
print("ready", flush=True)
sys.stdin.readline()
AppDatabase(Path(sys.argv[1])).close()
"""


@pytest.mark.parametrize("script", ["", BEFORE])
def test_many_processes_may_open_it_at_once(tmp_path: Path, script: str) -> None:
    path = made(tmp_path / "app.db", script) if script else tmp_path / "app.db"
    command = [sys.executable, "-c", OPENING, str(path)]
    pipe = subprocess.PIPE
    processes = [subprocess.Popen(command, cwd=ROOT, text=True, stdin=pipe, stdout=pipe, stderr=pipe) for _ in range(3)]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    told = [process.communicate(timeout=300)[1] for process in processes]
    assert [process.returncode for process in processes] == [0] * 3, told
    assert version(path) == upgrade.LATEST
