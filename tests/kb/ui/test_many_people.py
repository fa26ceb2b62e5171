"""Twenty people at once: nobody sees an error, or another's answer."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from benchmarks.support.page_session import Exchange, PageSession
from kb.records.conversations import SavedConversations
from kb.settings import Settings
from kb.types import Document
from small_base import SmallBase
from small_pages import ServePage

PEOPLE = 20


def test_everybody_gets_their_own_answer(serve_page: ServePage, settings: Settings) -> None:
    documents = [
        Document(f"ville-{number}.md", "d", f"Ville {number}", f"La commune numéro{number} compte {number} quartiers.")
        for number in range(PEOPLE)
    ]
    kept = SavedConversations(settings.app_database, 365)
    address = serve_page(SmallBase(documents), conversations=kept, questions_per_minute=0)

    def person(number: int) -> list[Exchange]:
        with PageSession(address) as page:
            return [page.ask(f"La commune numéro{number} compte combien de quartiers, {turn} ?") for turn in "abc"]

    with ThreadPoolExecutor(PEOPLE) as pool:
        found = list(pool.map(person, range(PEOPLE)))
    for number, exchanges in enumerate(found):
        for exchange in exchanges:
            assert exchange.question in exchange.text
            assert f"La commune numéro{number} compte {number} quartiers." in exchange.text
    saved = kept.list("")
    assert len(saved) == PEOPLE
    for one in saved:
        held = kept.get("", one.id)
        assert held is not None
        assert len({turn.answer["question"].split(",")[0] for turn in held.turns}) == 1
        assert len(held.turns) == 3
    kept.close()
