"""Conversations under the titles of their list, and who may rename and pin them."""

from __future__ import annotations

from datetime import date

from kb.records.conversations import KeptConversation
from kb.web.chat.beside import grouped_by_date
from serving import Application


def test_pinned_ones_first_then_days_then_months() -> None:
    moments = ("2026-11-29", "2026-11-28", "2026-11-24", "2026-11-22", "2026-11-02", "2025-11-02")
    found = [KeptConversation(f"c{number}", "T", f"{day}T12:00:00+00:00") for number, day in enumerate(moments)]
    pinned = KeptConversation("p", "T", "2020-01-01T12:00:00+00:00", pinned=True)
    assert [
        (title, [held.id for held in group]) for title, group in grouped_by_date([*found, pinned], date(2026, 11, 29))
    ] == [
        ("Épinglées", ["p"]),
        ("Aujourd'hui", ["c0"]),
        ("Hier", ["c1"]),
        ("Cette semaine", ["c2"]),
        ("Novembre 2026", ["c3", "c4"]),
        ("Novembre 2025", ["c5"]),
    ]


def test_what_is_no_name_or_no_conversation_of_ones_own_is_refused(application: Application) -> None:
    client = application()
    assert client.post("/conversations/inconnue/nom", data={"titre": "Neuf"}).status_code == 404
    assert client.post("/conversations/inconnue/nom", data={"titre": "  "}).status_code == 422
    assert client.post("/conversations/inconnue/nom", data={"titre": "x" * 121}).status_code == 422
    assert client.post("/conversations/inconnue/epingle", data={"epingle": "oui"}).status_code == 404
    elsewhere = {"origin": "https://ailleurs.example"}
    assert client.post("/conversations/inconnue/nom", data={"titre": "Neuf"}, headers=elsewhere).status_code == 403
    assert "Aucune conversation gardée" in client.get("/conversations/panneau").text
