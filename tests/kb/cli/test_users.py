"""FileAccounts and tokens from a terminal."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from app import reperes
from kb.records.accounts import FileAccounts, Person

PASSWORD = "un mot de passe assez long"


def run(store: Path, *arguments: str, given: str = "") -> tuple[int, str]:
    result = CliRunner().invoke(reperes, ["user", *arguments, "--store", str(store)], input=given)
    return result.exit_code, result.output


def test_an_account_is_made_listed_and_removed(tmp_path: Path) -> None:
    store = tmp_path / "store"
    code, told = run(store, "add", "anne", "--role", "editor", given=f"{PASSWORD}\n")
    assert code == 0
    assert "anne" in told
    accounts = FileAccounts(tmp_path / "store-accounts")
    found = accounts.signed_in("anne", PASSWORD)
    assert found is not None
    assert found.person == Person("anne", "editor")
    code, token = run(store, "token", "outil")
    assert accounts.bearer(token.strip()) == Person("outil", "reader")
    assert run(store, "list")[1].splitlines() == ["anne\teditor\tcompte", "outil\treader\tjeton"]
    assert run(store, "remove", "anne")[0] == 0
    assert accounts.signed_in("anne", PASSWORD) is None
    assert run(store, "remove", "anne")[0] == 1


def test_groups_are_given_listed_and_taken_away(tmp_path: Path) -> None:
    store = tmp_path / "store"
    assert run(store, "add", "anne", "--group", "rh", "--group", "cadres", given=f"{PASSWORD}\n")[0] == 0
    run(store, "token", "outil", "--group", "rh")
    assert run(store, "list")[1].splitlines() == ["anne\treader\tcompte\tcadres, rh", "outil\treader\tjeton\trh"]
    assert run(store, "groups", "anne", "achats") == (0, "Compte « anne » : achats.\n")
    assert run(store, "groups", "anne") == (0, "Compte « anne » : aucun groupe.\n")
    assert run(store, "list")[1].splitlines() == ["anne\treader\tcompte", "outil\treader\tjeton\trh"]
    assert run(store, "groups", "bob", "rh")[0] == 1
    assert run(store, "groups", "anne", "a,b")[0] == 1


def test_accounts_of_a_file_are_taken_over_into_the_database(
    tmp_path: Path, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    FileAccounts(tmp_path / "comptes").add("anne", "editor", PASSWORD)
    store = tmp_path / "store"
    monkeypatch.setenv("REPERES_DATABASE", database)
    code, told = run(store, "import", str(tmp_path / "comptes"))
    assert code == 0
    assert "1 compte" in told
    assert run(store, "list")[1] == "anne\teditor\tcompte\n"
    assert not (tmp_path / "store-accounts").exists()
    assert run(store, "import", str(tmp_path / "ailleurs"))[0] == 1
    assert run(store, "remove", "anne")[0] == 0
    assert run(store, "list")[1] == ""


def test_a_short_password_is_refused(tmp_path: Path) -> None:
    assert run(tmp_path / "store", "add", "anne", given="court\n")[0] == 1
    assert not (tmp_path / "store-accounts").exists()
