"""What replicas share: each thing is kept as one process keeps it, and seen by another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from kb.errors import SettingsError
from kb.records.accounts import FileAccounts, Person
from kb.records.database import AppDatabase
from kb.records.places import FilePlace, Place, ServerPlace
from kb.records.shared.accounts import SavedAccounts, accounts_in, accounts_of
from kb.records.shared.asked import SavedHits
from kb.records.shared.folder import MARK, check_folder, join_folder
from kb.records.shared.line import SECONDS_UNTIL_LOST, SavedLine
from kb.records.shared.tries import SECONDS_REMEMBERED, SavedTries, Tried
from kb.records.tables import ACCOUNTS, TRIES
from kb.settings import Settings
from kb.web.auth.attempts import FROM_ONE_PLACE, Attempts, Reserved

AllAtOnce = Callable[[int, Callable[[], None]], list[BaseException]]
PASSWORD = "un mot de passe assez long"


@pytest.fixture
def two(place: Place) -> Iterator[tuple[AppDatabase, AppDatabase]]:
    """The database, as two processes open it."""
    with AppDatabase(place) as one, AppDatabase(place) as other:
        yield one, other


def test_an_account_made_here_signs_in_there(place: Place) -> None:
    with closing(SavedAccounts(place)) as here, closing(SavedAccounts(place)) as there:
        here.add("anne", "editor", PASSWORD)
        found = there.signed_in("anne", PASSWORD)
        assert found is not None
        assert found == there.account("anne") == here.account("anne")
        assert found.person == Person("anne", "editor")
        token = there.add_token("anne", "reader")
        assert here.bearer(token) == Person("anne", "reader")
        here.add("anne", "reader", f"{PASSWORD} !")
        assert there.signed_in("anne", PASSWORD) is None
        assert there.bearer(token) is not None
        changed = there.account("anne")
        assert changed is not None
        assert changed.version != found.version
        assert there.remove("anne") == 2
        assert here.people() == []
        assert here.account("anne") is None


def test_accounts_are_taken_over_from_a_file_once(place: Place, tmp_path: Path) -> None:
    file = FileAccounts(tmp_path / "comptes")
    file.add("anne", "editor", PASSWORD)
    file.add("bob", "reader", PASSWORD)
    with closing(SavedAccounts(place)) as kept:
        kept.add("bob", "editor", f"{PASSWORD} !")
        assert kept.take_from(accounts_in(file.path)) == 1
        assert kept.take_from(file) == 0
        assert kept.account("anne") == file.account("anne")
        assert kept.signed_in("bob", PASSWORD) is None
    with pytest.raises(SettingsError, match="n'existe pas"):
        accounts_in(tmp_path / "ailleurs")


def test_a_row_that_is_no_account_is_told(place: Place) -> None:
    with closing(SavedAccounts(place)) as kept, AppDatabase(place) as database:
        with database.transaction() as connection:
            connection.execute(ACCOUNTS.insert(), {"name": "anne", "role": "chef", "secret": "x"})
        with pytest.raises(SettingsError, match=r"« anne ».*chef"):
            kept.account("anne")


def test_the_settings_say_where_accounts_are(settings: Settings, database: str) -> None:
    assert accounts_of(settings).name == str(settings.accounts_file)
    with closing(accounts_of(Settings(database=database))) as kept:
        assert kept.name == str(ServerPlace(database))


def test_tries_are_counted_over_all_and_wait_everywhere(two: tuple[AppDatabase, AppDatabase]) -> None:
    now = [1_000.0]
    one, other = (Attempts(lambda: now[0], SavedTries(database)) for database in two)
    waits = [(one, other)[number % 2].reserve("anne", "192.0.2.1") for number in range(7)]
    assert [isinstance(wait, Reserved) for wait in waits] == [True] * FROM_ONE_PLACE.free + [False] * 2
    assert one.reserve("anne", "192.0.2.1") == other.reserve("anne", "192.0.2.1") == FROM_ONE_PLACE.first
    assert isinstance(other.reserve("bob", "192.0.2.1"), Reserved)
    now[0] += FROM_ONE_PLACE.first
    reserved = other.reserve("anne", "192.0.2.1")
    assert isinstance(reserved, Reserved)
    one.give_back(reserved)
    assert isinstance(one.reserve("anne", "192.0.2.1"), Reserved)
    assert len(one) == len(other) == 4
    now[0] += SECONDS_REMEMBERED + 1
    assert isinstance(one.reserve("carl", "192.0.2.1"), Reserved)
    assert len(other) == 2


def test_any_number_at_once_reserves_no_more_than_one_after_the_other(
    two: tuple[AppDatabase, AppDatabase], all_at_once: AllAtOnce
) -> None:
    got: list[Reserved | float] = []
    both = [Attempts(tries=SavedTries(database)) for database in two]

    def tries() -> None:
        got.append(both[len(got) % 2].reserve("anne", "192.0.2.1"))

    assert all_at_once(12, tries) == []
    assert sum(isinstance(reserved, Reserved) for reserved in got) == FROM_ONE_PLACE.free


def test_of_too_many_tries_those_of_longest_ago_are_forgotten(two: tuple[AppDatabase, AppDatabase]) -> None:
    tries = SavedTries(two[0], most=3)
    with two[0].transaction() as connection:
        rows = [{"key": f"{number:02}", "number": 1, "last": float(number)} for number in range(1, 9)]
        connection.execute(TRIES.insert(), rows)
    with tries.changing([b"\x08"], 10.0) as known:
        assert known == {b"\x08": Tried(1, 8.0)}
    assert len(tries) == 3


def test_questions_are_counted_over_all(two: tuple[AppDatabase, AppDatabase]) -> None:
    now = [1_000.0]
    one, other = (SavedHits(database, lambda: now[0]) for database in two)
    assert [one.hit("anne", 2), other.hit("anne", 2), one.hit("anne", 2), other.hit("bob", 2)] == [
        True,
        True,
        False,
        True,
    ]
    now[0] += 60
    assert one.hit("anne", 2)
    with two[0].transaction() as connection:
        assert "anne" not in str(connection.execute(sa.text("SELECT who FROM asked")).all())


def test_a_line_is_one_for_all_and_those_of_a_killed_process_leave_it(two: tuple[AppDatabase, AppDatabase]) -> None:
    now = [1_000.0]
    one, other = (SavedLine(database, "écriture", 1, lambda: now[0]) for database in two)
    elsewhere = SavedLine(two[0], "autre", 1, lambda: now[0])
    assert one.is_idle
    with one.join() as first, other.join() as second, one.join() as third:
        assert first.wait(0)
        assert first.wait(0)
        assert not second.wait(0)
        assert not third.wait(0)
        assert [first.ahead, second.ahead, third.ahead] == [0, 0, 1]
        assert not other.is_idle
        with elsewhere.join() as place:
            assert place.wait(0)
        # The process of the first says no more that it is there: the others have said so.
        now[0] += SECONDS_UNTIL_LOST + 1
        with two[0].transaction() as connection:
            connection.execute(
                sa.text("UPDATE waiting SET seen = :now WHERE id IN (:second, :third)"),
                {"now": now[0], "second": second.id, "third": third.id},
            )
        assert not third.wait(0)
        assert second.wait(0)
        assert not first.wait(0)  # it comes back: last
        assert [third.ahead, first.ahead] == [0, 1]
    assert one.is_idle
    for line in (one, other, elsewhere):
        line.close()


def test_another_folder_of_added_files_than_the_others_have_is_refused(place: Place, tmp_path: Path) -> None:
    shared, other = tmp_path / "partage", tmp_path / "autre"
    join_folder(other, None)
    check_folder(other, place)  # nobody has one yet
    join_folder(shared, place)
    join_folder(shared, place)
    check_folder(shared, place)
    for look in (join_folder, check_folder):
        with pytest.raises(SettingsError, match=r"autre.*même dossier partagé.*\.repliques"):
            look(other, place)
    assert not other.exists()
    other.mkdir()
    (other / MARK).write_text((shared / MARK).read_text("ascii"), "ascii")
    join_folder(other, place)


def test_a_file_keeps_the_same(tmp_path: Path) -> None:
    """The tables are made by the same migration in both places."""
    place = FilePlace(tmp_path / "app.db")
    with AppDatabase(place) as database, database.transaction() as connection:
        assert connection.execute(sa.select(ACCOUNTS)).all() == []
