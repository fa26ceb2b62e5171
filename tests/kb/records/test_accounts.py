"""Accounts, tokens, sessions and limits."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.errors import SettingsError
from kb.records.accounts import Accounts, Person
from kb.records.sessions import Sessions
from kb.web.auth.rate_limits import RateLimits

PASSWORD = "un mot de passe assez long"


def test_an_account_signs_in_with_its_password_alone(tmp_path: Path) -> None:
    accounts = Accounts(tmp_path / "comptes")
    accounts.add("anne", "editor", PASSWORD)
    assert accounts.signed_in("anne", PASSWORD) == Person("anne", "editor")
    assert accounts.signed_in("anne", PASSWORD + "x") is None
    assert accounts.signed_in("bob", PASSWORD) is None
    text = accounts.path.read_text("utf-8")
    assert "$argon2id$" in text
    assert PASSWORD not in text
    assert accounts.path.stat().st_mode & 0o077 == 0


def test_what_another_process_changes_is_seen(tmp_path: Path) -> None:
    mine, other = Accounts(tmp_path / "comptes"), Accounts(tmp_path / "comptes")
    other.add("anne", "reader", PASSWORD)
    assert mine.signed_in("anne", PASSWORD) == Person("anne", "reader")
    other.remove("anne")
    assert mine.signed_in("anne", PASSWORD) is None


def test_a_token_is_shown_once_and_kept_nowhere(tmp_path: Path) -> None:
    accounts = Accounts(tmp_path / "comptes")
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
    accounts = Accounts(tmp_path / "comptes")
    with pytest.raises(SettingsError):
        accounts.add(name, "reader", password)
    assert accounts.people() == []


def test_a_damaged_file_names_its_line(tmp_path: Path) -> None:
    path = tmp_path / "comptes"
    path.write_text("# en-tête\nanne:chef:$argon2id$x\n", "utf-8")
    with pytest.raises(SettingsError, match="ligne 2"):
        Accounts(path)


def test_a_session_ends_when_unused_when_old_and_by_hand(tmp_path: Path) -> None:
    now = [1_000_000.0]
    sessions = Sessions(tmp_path / "app.db", 10, lambda: now[0])
    anne = Person("anne", "editor")
    token = sessions.begin(anne)
    assert sessions.person(token) == anne
    assert sessions.person("autre") is None
    for _ in range(2):  # used every nine hours
        now[0] += 9 * 3600
        assert sessions.person(token) == anne
    now[0] += 9 * 3600  # 27 hours: however much it is used
    assert sessions.person(token) is None
    unused, ended = sessions.begin(anne), sessions.begin(anne)
    sessions.end(ended)
    assert sessions.person(ended) is None
    now[0] += 10 * 3600 + 1
    assert sessions.person(unused) is None
    sessions.close()
    held = (tmp_path / "app.db").read_bytes()
    assert token.encode() not in held


def test_sign_ins_and_questions_are_limited() -> None:
    limits = RateLimits(2)
    for _ in range(5):
        assert limits.may_sign_in("anne", "1.2.3.4")
        limits.failed_sign_in("anne", "1.2.3.4")
    assert not limits.may_sign_in("anne", "1.2.3.4")
    assert limits.may_sign_in("bob", "1.2.3.4")
    assert [limits.may_ask("anne") for _ in range(3)] == [True, True, False]
    assert limits.may_ask("bob")
    assert all(RateLimits(0).may_ask("anne") for _ in range(100))
