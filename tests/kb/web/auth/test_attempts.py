"""Who may try a password again, and when."""

from __future__ import annotations

import threading
import tracemalloc

import pytest

from kb.records.shared import tries
from kb.records.shared.tries import PassingTries
from kb.web.auth import attempts as counted
from kb.web.auth.attempts import FROM_ANYWHERE, FROM_ONE_PLACE, Attempts, Reserved
from kb.web.chat.background import end_work


class Clock:
    """Seconds that the test sets."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def failed(attempts: Attempts, name: str, address: str, device: str = "") -> float:
    """The wait before an attempt; 0 when it could be made, and its password was wrong."""
    reserved = attempts.reserve(name, address, device)
    return reserved if isinstance(reserved, float) else 0.0


def test_a_few_tries_are_free_and_then_the_delay_doubles_to_a_limit() -> None:
    clock = Clock()
    attempts = Attempts(clock)
    assert [failed(attempts, "anne", "192.0.2.1") for _ in range(7)] == [0, 0, 0, 0, 0, 30, 30]
    waited = []
    for _ in range(7):
        wait = failed(attempts, "anne", "192.0.2.1")
        waited.append(wait)
        clock.now += wait
        assert failed(attempts, "anne", "192.0.2.1") == 0
    assert waited == [30, 60, 120, 240, 480, 900, 900]
    clock.now += 24 * 3600 + 1
    assert failed(attempts, "anne", "192.0.2.1") == 0
    assert len(attempts) == 2


def test_asking_again_while_one_has_to_wait_makes_nothing_longer() -> None:
    clock = Clock()
    attempts = Attempts(clock)
    for _ in range(500):
        failed(attempts, "anne", "192.0.2.1")
    clock.now += 30
    assert failed(attempts, "anne", "192.0.2.1") == 0


def test_others_of_the_same_address_and_other_addresses_are_not_delayed() -> None:
    attempts = Attempts(Clock())
    for _ in range(40):
        failed(attempts, "anne", "192.0.2.1")
    assert failed(attempts, "bob", "192.0.2.1") == 0
    assert failed(attempts, "anne", "192.0.2.2") == 0


def test_what_was_right_is_given_back_and_what_others_tried_is_not() -> None:
    clock = Clock()
    attempts = Attempts(clock)
    for _ in range(30):
        reserved = attempts.reserve("bob", "192.0.2.1")
        assert isinstance(reserved, Reserved)
        attempts.give_back(reserved)
    assert len(attempts) == 0
    for _ in range(5):
        failed(attempts, "anne", "192.0.2.1")
    clock.now += 30
    reserved = attempts.reserve("anne", "192.0.2.1")
    assert isinstance(reserved, Reserved)
    attempts.give_back(reserved)
    # The delay runs from the last wrong one: whoever knows the password does not wait because they gave it.
    assert failed(attempts, "anne", "192.0.2.1") == 0
    assert failed(attempts, "anne", "192.0.2.1") == 60


def test_guessing_from_many_addresses_is_slowed_and_a_known_browser_is_not() -> None:
    clock = Clock()
    attempts = Attempts(clock)
    tried = [failed(attempts, "anne", f"192.0.2.{number}") for number in range(200)]
    assert tried.count(0.0) == FROM_ANYWHERE.free
    assert failed(attempts, "anne", "198.51.100.1") == FROM_ANYWHERE.first
    assert isinstance(attempts.reserve("anne", "198.51.100.1", "marque"), Reserved)
    # It has delays of its own, and never longer than a minute for the name.
    assert [failed(attempts, "anne", "x", "marque") for _ in range(6)].count(0.0) == FROM_ONE_PLACE.free - 1
    for number in range(100):
        clock.now += FROM_ANYWHERE.longest
        assert failed(attempts, "anne", f"203.0.113.{number}") == 0


def test_any_number_at_once_reserves_no_more_than_one_after_the_other() -> None:
    attempts = Attempts()
    start, got = threading.Barrier(40), []

    def tries() -> None:
        start.wait()
        got.append(attempts.reserve("anne", "192.0.2.1"))

    threads = [threading.Thread(target=tries) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(isinstance(reserved, Reserved) for reserved in got) == FROM_ONE_PLACE.free


def test_a_name_and_an_address_do_not_run_into_each_other() -> None:
    attempts = Attempts(Clock())
    for _ in range(5):
        failed(attempts, "ab", "c")
    assert failed(attempts, "a", "bc") == 0


@pytest.mark.parametrize("length", [5, 120])
def test_many_names_take_little_memory_and_do_not_push_out_the_one_that_is_attacked(length: int) -> None:
    clock = Clock()
    attempts = Attempts(clock, PassingTries(most=2_000))
    for _ in range(5):
        failed(attempts, "anne", "192.0.2.1")
    end_work(10)  # what threads of earlier tests take is counted as well
    tracemalloc.start()
    for number in range(20_000):
        clock.now += 1
        if number % 900 == 899:  # as often as it may
            failed(attempts, "anne", "192.0.2.1")
        failed(attempts, f"{number}".rjust(length, "x"), "192.0.2.1")
    files = (tries.__file__, counted.__file__, __file__)
    own = [tracemalloc.Filter(inclusive=True, filename_pattern=file) for file in files]
    held = sum(one.size for one in tracemalloc.take_snapshot().filter_traces(own).statistics("filename"))
    tracemalloc.stop()
    assert len(attempts) <= 2_000
    # Some 500 bytes each. What servers of other tests take meanwhile does not count.
    assert 2_000 * 50 < held < 2_000 * 1_000
    assert failed(attempts, "anne", "192.0.2.1") > 0
