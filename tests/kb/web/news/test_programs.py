"""What a program reads of what is new for its person, with a token that has rights of its own."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from ingest.pipeline import ingest
from kb.index.opening import open_store
from kb.knowledge import KnowledgeBase
from kb.models.encoder import Encoder
from kb.models.reader.passage_reader import Reader
from kb.records.accounts import FileAccounts
from kb.records.conversations import KeptTurn, SavedConversations
from kb.records.following.followed import FollowedQuestion, FollowedQuestions
from kb.records.following.visits import Visits
from kb.records.kept_answers import keep_answer
from kb.rights.restrictions import restrictions_of
from kb.settings import Settings
from restricted import CONFIGURATION, MARKS, QUESTION, id_of, write_sources
from serving import Application, password

CHANGED = "Une source de la réponse a changé"


def test_what_a_program_may_not_read_is_still_told_to_its_person(
    application: Application, settings: Settings, tiny_encoder: Encoder, tiny_reader: Reader, tmp_path: Path
) -> None:
    (tmp_path / "sources.toml").write_text(CONFIGURATION, encoding="utf-8")
    given = replace(settings, sources=tmp_path / "sources.toml")
    folders = dict(zip(("ouvert", "rh"), write_sources(tmp_path, ("ouvert", "rh")), strict=True))
    accounts = FileAccounts(tmp_path / "accounts")
    accounts.add("anne", "editor", password("anne"), ["personnel"])
    tokens = {"less": accounts.add_token("anne", "reader"), "same": accounts.add_token("anne", "reader", ["personnel"])}

    def changed(*sources: str) -> None:
        for source in sources:
            time.sleep(2.1)  # what is new is told to the second
            note = folders[source] / id_of(source)
            note.write_text(note.read_text("utf-8") + "\n\nLe comité verse aussi la prime aux agents en mai.", "utf-8")
            assert not ingest([folders[source]], settings, tiny_encoder).failed

    def followed() -> FollowedQuestion:
        (question,) = FollowedQuestions(settings.app_database, 365).list("anne")
        return question

    for folder in folders.values():
        assert not ingest([folder], settings, tiny_encoder).failed
    with KnowledgeBase(open_store(settings).reader(tiny_encoder), tiny_encoder, reader=tiny_reader) as base:
        client = application(base, auth="accounts", accounts=accounts.path, sources=given.sources)
        rights = restrictions_of(given).rights({"personnel"})
        answer = keep_answer(base.seen_by(rights).ask(QUESTION, answerer="extractive"), rights)
        assert {id_of("ouvert"), id_of("rh")} <= {citation["document"] for citation in answer["citations"]}
        now = datetime.now(UTC).isoformat(timespec="seconds")
        SavedConversations(settings.app_database, 365).put("anne", "c1", KeptTurn(1, now, 1, answer))

        def feed(token: str) -> str:
            return client.get("/nouveautes.atom", headers={"authorization": f"Bearer {tokens[token]}"}).text

        def once_told(look: Callable[[], str], *told: str, times: int = 1) -> str:
            """What `look` gives once it tells so: what could not be asked is asked again at the next look."""
            end = time.monotonic() + 120
            while not all((seen := look()).count(one) >= times for one in told):
                assert time.monotonic() < end, seen
                time.sleep(0.5)
            return seen

        client.post("/connexion", data={"nom": "anne", "mot_de_passe": password("anne")})
        client.post("/nouveautes/suivre", data={"conversation": "c1"})
        changed("rh", "ouvert")
        before = followed()
        for _ in range(2):
            told = once_told(lambda: feed("less"), CHANGED)
            assert told.count(f"{CHANGED} : Note {MARKS['ouvert']}") == 1
            assert MARKS["rh"] not in told
        visited = Visits(settings.app_database, 365).last("anne")
        page = client.get("/nouveautes", headers={"authorization": f"Bearer {tokens['less']}"}).text
        assert MARKS["rh"] not in page
        assert (followed(), Visits(settings.app_database, 365).last("anne")) == (before, visited)
        links = [f'{CHANGED} : <a href="/lire?document={id_of(source)}"' for source in ("ouvert", "rh")]
        once_told(lambda: client.get("/nouveautes").text, *links)

        # With the rights of its person, a program looks for them.
        before = followed()
        changed("rh")
        news = f"{CHANGED} : Note {MARKS['rh']}"
        assert once_told(lambda: feed("same"), news, times=2).count(news) == 2
        assert (followed().checked > before.checked, len(followed().news)) == (True, 3)

        # Rights that changed hold from their person's next visit on, whether or not there is something new.
        accounts.set_groups("anne", ())
        assert MARKS["rh"] not in client.get("/nouveautes").text
        assert followed().rights == restrictions_of(given).rights(())
