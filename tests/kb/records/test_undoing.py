"""What was just erased can be brought back for a minute, by who erased it."""

from __future__ import annotations

from kb.records.conversations import KeptTurn, SavedConversations
from kb.records.undoing import SECONDS_TO_UNDO, RecentErasures
from kb.settings import Settings

ANSWER = {"question": "Quel budget ?", "answer": "12 millions.", "citations": [], "retrieved": [], "refused": False}


def turn(number: int) -> KeptTurn:
    return KeptTurn(number, f"2025-12-04T13:0{number}:00+00:00", 1, ANSWER)


def test_an_erasure_is_undone_within_the_minute_and_by_its_author(settings: Settings) -> None:
    kept, now = SavedConversations(settings.app_database, 36_500), [0.0]
    erasures = RecentErasures(kept, lambda: now[0])
    for number in (1, 2):
        kept.put("anne", "abc", turn(number))
    before = kept.get("anne", "abc")
    name = erasures.erase("anne", ["abc"])
    assert kept.list("anne") == []  # gone from the disk at once
    assert erasures.find("bob", name) is None
    assert not erasures.undo("bob", name)
    now[0] = SECONDS_TO_UNDO - 1
    assert erasures.undo("anne", name)
    assert kept.get("anne", "abc") == before
    assert not erasures.undo("anne", name)  # once

    name = erasures.erase("anne", ["abc"])
    now[0] += SECONDS_TO_UNDO
    assert erasures.find("anne", name) is None
    assert not erasures.undo("anne", name)
    assert kept.list("anne") == []
    kept.close()


def test_nothing_erased_is_nothing_to_undo(settings: Settings) -> None:
    kept = SavedConversations(settings.app_database, 365)
    erasures = RecentErasures(kept)
    assert erasures.find("anne", erasures.erase("anne", ["inconnue"])) is None
    kept.close()
