"""Conversations that are shared: only those, by their person only, until they are erased."""

from __future__ import annotations

from dataclasses import replace

from kb.records.conversations import KeptTurn, SavedConversations
from kb.records.kept_answers import keep_answer
from kb.records.places import Place
from kb.records.sharing.links import SharedLinks
from kb.rights.rights import WHOLE, Rights
from kb.types import Answer
from scripted_base import answer_of

TURN = KeptTurn(1, "2026-01-01T10:00:00+00:00", 1, keep_answer(answer_of("Oui [1].", cited={"a.md": "Oui."})))


def test_a_conversation_is_read_by_others_while_its_person_wants_it(place: Place) -> None:
    links = SharedLinks(place)
    assert (links.read("c1"), links.is_shared("anne", "c1"), links.of_person("anne")) == (None, None, frozenset())
    assert not place.exists()
    kept = SavedConversations(place, 36_500)
    kept.put("anne", "c1", TURN)
    kept.put("anne", "c2", TURN)
    assert links.is_shared("anne", "c1") is False
    assert links.read("c1") is None
    assert not links.share("luc", "c1", shared=True)
    assert links.read("c1") is None
    assert links.share("anne", "c1", shared=True)
    found = links.read("c1")
    assert found is not None
    assert (found.person, found.conversation.title) == ("anne", "Q ?")
    assert [turn.answer["answer"] for turn in found.conversation.turns] == ["Oui [1]."]
    assert links.of_person("anne") == {"c1"}
    assert (links.of_person("luc"), links.is_shared("luc", "c1")) == (frozenset(), None)
    assert links.share("anne", "c1", shared=False)
    assert links.read("c1") is None

    # Erased, it is shared no more; brought back, neither.
    links.share("anne", "c1", shared=True)
    whole = kept.get("anne", "c1")
    assert whole is not None
    kept.erase("anne", "c1")
    assert links.read("c1") is None
    kept.restore("anne", whole)
    assert links.is_shared("anne", "c1") is False
    kept.close()
    links.close()


def test_one_is_read_by_those_who_may_read_all_of_it(place: Place) -> None:
    links, kept = SharedLinks(place), SavedConversations(place, 36_500)
    without_source, without_rh = Rights.without(["source"]), Rights.without(["rh"])

    def put(number: int, answer: Answer, rights: Rights = WHOLE) -> None:
        kept.put("anne", "c1", KeptTurn(number, "2026-01-01T10:00:00+00:00", 1, keep_answer(answer, rights)))

    def readers() -> list[bool]:
        return [links.read("c1", rights) is not None for rights in (WHOLE, without_source, without_rh)]

    put(1, answer_of("Oui [1].", cited={"a.md": "Oui."}))
    links.share("anne", "c1", shared=True)
    assert readers() == [True, False, True]
    put(2, replace(answer_of("Non [1].", cited={"a.md": "Non."}), warnings=("Une autre source dit oui.",)))
    assert readers() == [True, False, False]
    put(2, replace(answer_of("Non [1].", cited={"a.md": "Non."}), warnings=("Oui aussi.",)), without_rh)
    assert readers() == [True, False, True]
    # The second turn is asked anew, then the first one: what may be read is of what is left.
    put(2, answer_of("Rien à dire."))
    assert readers() == [True, False, True]
    put(1, answer_of("Rien à dire."))
    assert readers() == [True, True, True]
    kept.close()
    links.close()
