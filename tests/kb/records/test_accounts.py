"""FileAccounts, tokens, sessions, known browsers and limits."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from pathlib import Path

import pytest

from kb.errors import SettingsError
from kb.records.accounts import Account, FileAccounts, Person
from kb.records.devices import SECONDS_KNOWN, Devices
from kb.records.sessions import Sessions
from kb.web.auth.rate_limits import RateLimits

PASSWORD = "un mot de passe assez long"


def test_an_account_signs_in_with_its_password_alone(tmp_path: Path) -> None:
    accounts = FileAccounts(tmp_path / "comptes")
    accounts.add("anne", "editor", PASSWORD)
    found = accounts.signed_in("anne", PASSWORD)
    assert found is not None
    assert found.person == Person("anne", "editor")
    assert found == accounts.account("anne")
    assert accounts.signed_in("anne", PASSWORD + "x") is None
    assert accounts.signed_in("bob", PASSWORD) is None
    text = accounts.path.read_text("utf-8")
    assert "$argon2id$" in text
    assert PASSWORD not in text
    assert accounts.path.stat().st_mode & 0o077 == 0


def test_what_another_process_changes_is_seen(tmp_path: Path) -> None:
    mine, other = FileAccounts(tmp_path / "comptes"), FileAccounts(tmp_path / "comptes")
    other.add("anne", "reader", PASSWORD)
    before = mine.signed_in("anne", PASSWORD)
    assert before is not None
    assert before.person == Person("anne", "reader")
    other.remove("anne")
    assert mine.signed_in("anne", PASSWORD) is None
    other.add("anne", "reader", PASSWORD)
    # The same name and the same password, but not the same account.
    again = mine.signed_in("anne", PASSWORD)
    assert again is not None
    assert again.version != before.version


def test_a_role_changes_without_a_new_version(tmp_path: Path) -> None:
    accounts = FileAccounts(tmp_path / "comptes")
    accounts.add("anne", "editor", PASSWORD)
    before = accounts.account("anne")
    accounts.path.write_text(accounts.path.read_text("utf-8").replace(":editor:", ":reader:"), "utf-8")
    now = accounts.account("anne")
    assert before is not None
    assert now == Account(Person("anne", "reader"), before.version)


def test_two_changes_in_one_tick_of_the_files_clock_are_both_seen(tmp_path: Path) -> None:
    accounts = FileAccounts(tmp_path / "comptes")
    accounts.add("anne", "reader", PASSWORD)
    text = accounts.path.read_text("utf-8")
    moment = accounts.path.stat()
    assert accounts.account("anne") is not None
    accounts.path.write_text(text.replace("anne", "anna"), "utf-8")  # as long, in place, at the same moment
    os.utime(accounts.path, ns=(moment.st_atime_ns, moment.st_mtime_ns))
    assert accounts.account("anne") is None


def test_a_token_is_shown_once_and_kept_nowhere(tmp_path: Path) -> None:
    accounts = FileAccounts(tmp_path / "comptes")
    token = accounts.add_token("outil", "reader")
    assert token not in accounts.path.read_text("utf-8")
    assert accounts.bearer(token) == Person("outil", "reader")
    assert accounts.bearer(token + "x") is None
    assert accounts.signed_in("outil", token) is None
    assert accounts.people() == [(Person("outil", "reader"), True)]
    assert accounts.remove("outil") == 1
    assert accounts.bearer(token) is None


@pytest.mark.parametrize(
    ("name", "password"), [("", PASSWORD), ("a b", PASSWORD), ("a:b", PASSWORD), ("anne", "court")]
)
def test_what_cannot_be_an_account_is_refused(tmp_path: Path, name: str, password: str) -> None:
    accounts = FileAccounts(tmp_path / "comptes")
    with pytest.raises(SettingsError):
        accounts.add(name, "reader", password)
    assert accounts.people() == []


def test_a_damaged_file_names_its_line(tmp_path: Path) -> None:
    path = tmp_path / "comptes"
    path.write_text("# en-tête\nanne:chef:$argon2id$x\n", "utf-8")
    with pytest.raises(SettingsError, match="ligne 2"):
        FileAccounts(path)


def test_a_session_ends_when_unused_when_old_and_by_hand(tmp_path: Path) -> None:
    now = [1_000_000.0]
    sessions = Sessions(tmp_path / "app.db", 10, clock=lambda: now[0])
    anne = Account(Person("anne", "editor"), "v1")

    def holder(token: str) -> tuple[str, str] | None:
        found = sessions.get(token)
        return (found.person, found.account) if found is not None else None

    token = sessions.begin(anne)
    assert holder(token) == ("anne", "v1")
    assert holder("autre") is None
    for _ in range(2):  # used every nine hours
        now[0] += 9 * 3600
        assert holder(token) == ("anne", "v1")
    now[0] += 9 * 3600  # 27 hours: however much it is used
    assert holder(token) is None
    unused, ended = sessions.begin(anne), sessions.begin(anne)
    sessions.end(ended)
    assert holder(ended) is None
    now[0] += 10 * 3600 + 1
    assert holder(unused) is None
    # One that was left without signing out goes with the next sign-in.
    sessions.begin(anne)
    now[0] += 10 * 3600 + 1
    sessions.begin(anne)
    sessions.close()
    with contextlib.closing(sqlite3.connect(tmp_path / "app.db")) as connection:
        assert connection.execute("SELECT count(*) FROM sessions").fetchone() == (1,)
    held = (tmp_path / "app.db").read_bytes()
    assert token.encode() not in held


def test_a_session_may_end_however_much_it_is_used(tmp_path: Path) -> None:
    now = [1_000_000.0]
    sessions = Sessions(tmp_path / "app.db", 10, longest_hours=10, clock=lambda: now[0])
    token = sessions.begin(Account(Person("anne", "reader"), "v1"))
    now[0] += 9 * 3600
    assert sessions.get(token) is not None
    now[0] += 3600 + 1
    assert sessions.get(token) is None
    sessions.close()


def test_all_sessions_of_a_person_end_and_nobody_elses(tmp_path: Path) -> None:
    sessions = Sessions(tmp_path / "app.db", 10)
    anne, bob = (Account(Person(name, "reader"), "v1") for name in ("anne", "bob"))
    hers, his = [sessions.begin(anne) for _ in range(3)], sessions.begin(bob)
    assert len({session.key for token in hers if (session := sessions.get(token))}) == 3
    assert sessions.end_all("anne") == 3
    assert [sessions.get(token) for token in hers] == [None] * 3
    assert sessions.get(his) is not None
    sessions.close()


def test_a_browser_is_known_for_its_person_and_for_a_time(tmp_path: Path) -> None:
    now = [1_000_000.0]
    devices = Devices(tmp_path / "app.db", clock=lambda: now[0])
    first = devices.remember("anne")
    assert devices.knows(first, "anne")
    assert not devices.knows(first, "bob")
    assert not devices.knows("autre", "anne")
    for _ in range(20):  # the oldest of many goes
        now[0] += 1
        last = devices.remember("anne")
    assert not devices.knows(first, "anne")
    devices.forget(last)
    assert not devices.knows(last, "anne")
    late = devices.remember("anne")
    now[0] += SECONDS_KNOWN + 1
    assert not devices.knows(late, "anne")
    devices.close()
    assert first.encode() not in (tmp_path / "app.db").read_bytes()


def test_questions_are_limited() -> None:
    limits = RateLimits(2)
    assert [limits.may_ask("anne") for _ in range(3)] == [True, True, False]
    assert limits.may_ask("bob")
    assert all(RateLimits(0).may_ask("anne") for _ in range(100))
