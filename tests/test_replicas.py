"""Two replicas of the application on one database: what people do at one holds at the other, and one may be killed."""

from __future__ import annotations

import importlib
import json
import re
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from app import reperes
from kb.index.opening import open_store
from kb.records.conversations import KeptTurn, SavedConversations, new_id
from kb.records.kept_answers import keep_answer
from kb.records.places import ServerPlace
from kb.records.shared.accounts import accounts_of
from kb.settings import Settings
from kb.web.auth.attempts import FROM_ONE_PLACE
from postgres_server import PostgresServer
from questions import recent
from replicas import ROOT, Replica, until
from scripted_base import answer_of
from serving import password
from signing_in import sign_in

FIRST = "# Les aides\n\nL'agence verse des subventions aux communes qui rénovent leurs écoles."
PEOPLE = ("zoé", "yann", "xavier", "wanda")


def benchmark(name: str) -> Any:
    """A module of benchmarks/, which is no package of the project."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT))
        return importlib.import_module(f"benchmarks.{name}")


@dataclass(frozen=True, slots=True)
class Two:
    """Two replicas; `settings` are what both have in common, `token` that of a program."""

    a: Replica
    b: Replica
    settings: Settings
    token: str


@pytest.fixture(scope="module")
def two(postgres: PostgresServer, cache_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Two]:
    folder = tmp_path_factory.mktemp("replicas")
    (folder / "corpus").mkdir()
    (folder / "corpus" / "aides.md").write_text(FIRST, encoding="utf-8")
    settings = Settings(
        database=postgres.new_database(), store=folder / "store", corpus=folder / "corpus", uploads=folder / "ajouts"
    )
    environment = {
        "REPERES_DATABASE": settings.database,
        "REPERES_CACHE": str(cache_folder),
        "REPERES_CORPUS": str(settings.corpus),
        "REPERES_UPLOADS": str(settings.uploads),
        "REPERES_AUTH": "accounts",
        "REPERES_QUESTIONS_PER_MINUTE": "0",
    }
    with closing(accounts_of(settings)) as accounts:
        accounts.add("anne", "editor", password("anne"))
        for name in PEOPLE:
            accounts.add(name, "reader", password(name))
        token = accounts.add_token("outil", "editor")
    both = [Replica(folder / name, environment) for name in ("a", "b")]
    try:
        both[0].start()
        both[0].wait()  # it fills the base
        both[1].start()
        both[1].wait()
        yield Two(both[0], both[1], settings, token)
    finally:
        for replica in both:
            replica.stop()


@pytest.fixture(scope="module")
def anne(two: Two) -> dict[str, str]:
    """The cookies of somebody who signed in at the first replica."""
    return dict(sign_in(two.a.address, "anne").cookies)


def test_who_signed_in_at_one_is_known_at_the_other(two: Two, anne: dict[str, str]) -> None:
    assert two.b.get("/documents", anne).status == 200
    assert two.b.get("/documents").status == 401
    again = dict(sign_in(two.b.address, "anne").cookies)
    assert two.a.get("/documents", again).status == 200
    two.a.send("/connexion/fin", {}, again)
    assert two.b.get("/documents", again).status == 401


def test_an_account_made_for_one_signs_in_at_the_other(two: Two) -> None:
    environment = {"REPERES_DATABASE": two.settings.database, "REPERES_STORE": str(two.settings.store)}
    made = CliRunner().invoke(reperes, ["user", "add", "bob"], input=f"{password('bob')}\n", env=environment)
    assert made.exit_code == 0, made.output
    assert "secret" not in made.output
    bob = [dict(sign_in(replica.address, "bob").cookies) for replica in (two.a, two.b)]
    assert two.b.get("/explorer", bob[0]).status == two.a.get("/explorer", bob[1]).status == 200
    assert CliRunner().invoke(reperes, ["user", "remove", "bob"], env=environment).exit_code == 0
    assert two.a.get("/explorer", bob[0]).status == two.b.get("/explorer", bob[1]).status == 401


def test_wrong_passwords_are_counted_over_both(two: Two) -> None:
    replicas = [(two.a, two.b)[number % 2] for number in range(FROM_ONE_PLACE.free + 2)]
    told = [sign_in(replica.address, "carl", "un mot de passe faux").status for replica in replicas]
    assert told == [401] * FROM_ONE_PLACE.free + [429] * 2


def test_a_conversation_is_seen_and_renamed_at_both(two: Two, anne: dict[str, str]) -> None:
    with closing(SavedConversations(ServerPlace(two.settings.database), 365)) as kept:
        name = new_id()
        kept.put("anne", name, KeptTurn(1, recent(), 1, keep_answer(answer_of("Oui [1]."))))
    assert name in two.a.get("/conversations/panneau", anne).text
    assert two.a.send(f"/conversations/{name}/nom", {"titre": "Nos écoles"}, anne).status == 204
    assert "Nos écoles" in two.b.get("/conversations/panneau", anne).text


def test_a_file_added_at_one_is_taken_in_by_the_other(two: Two, anne: dict[str, str]) -> None:
    sent = two.a.send_file("prets.md", "# Les prêts\n\nLa banque publique prête aux communes.", anne)
    assert sent.status == 303, sent.text
    key = re.search(r"/documents/attente/([0-9a-f]{16})", two.b.get("/documents", anne).text)
    assert key is not None
    taken = two.b.send(f"/documents/attente/{key[1]}/ajouter", {}, anne)
    assert taken.status == 303, taken.text
    for replica in (two.a, two.b):
        until(
            partial(replica.finds, f"{key[1]}/prets.md", "Qui prête aux communes ?", two.token),
            "the added file is not found",
        )


def test_one_update_runs_and_who_starts_another_is_told(two: Two, anne: dict[str, str]) -> None:
    """A file that is added meanwhile waits for its turn."""
    until(two.b.is_idle, "the update before does not end")
    with open_store(two.settings).writing():
        assert two.b.send("/documents/mettre-a-jour", {}, anne).status == 303
        until(
            lambda: "une autre mise à jour de la base est en cours" in two.b.get("/documents/etat", anne).text,
            "the update is not told to be kept from running",
        )
        assert two.b.send_file("dons.md", "# Les dons\n\nUn mécène donne un piano.", anne).status == 303
        key = re.search(r"/documents/attente/([0-9a-f]{16})", two.b.get("/documents", anne).text)
        assert key is not None
        assert two.b.send(f"/documents/attente/{key[1]}/ajouter", {}, anne).status == 303
    until(partial(two.a.finds, f"{key[1]}/dons.md", "Qui donne un piano ?", two.token), "the file has not its turn")


def test_one_is_killed_while_people_ask_and_both_see_the_new_article(two: Two, anne: dict[str, str]) -> None:
    until(two.b.is_idle, "the update before does not end")
    for number in range(40):
        text = f"# Le quartier {number}\n\nLe quartier {number} garde {number + 2} tilleuls et un lavoir."
        (two.settings.corpus / f"quartier-{number}.md").write_text(text, encoding="utf-8")
    (two.settings.corpus / "jardins.md").write_text(
        "# Les jardins\n\nUn concours récompense les jardins partagés.", encoding="utf-8"
    )
    questions = [[f"Qui reçoit des subventions en {2000 + n} ?", f"Qui rénove {n + 2} écoles ?"] for n in range(4)]
    cookies = [dict(sign_in((two.a, two.b)[number % 2].address, name).cookies) for number, name in enumerate(PEOPLE)]
    with benchmark("replicas.asking_people").AskingPeople((two.a, two.b), cookies, questions) as asking:
        until(asking.each_was_answered, "not everybody is answered")
        assert two.b.send("/documents/mettre-a-jour", {}, anne).status == 303
        lost = time.monotonic()
        two.a.kill()
        assert two.b.get("/documents", anne).status == 200  # nothing is lost of who was signed in
        two.a.start()
        two.a.wait()
        back = time.monotonic()
        until(lambda: asking.each_was_answered(back), "not everybody is answered again")
        for replica in (two.b, two.a):
            until(
                partial(replica.finds, "jardins.md", "concours de jardins partagés", two.token),
                "the new article is not found",
            )
    assert asking.faults({two.a.name: (lost, back)}) == []
    with closing(SavedConversations(ServerPlace(two.settings.database), 365)) as kept:
        for name, asked in zip(PEOPLE, questions, strict=True):
            held = [kept.get(name, conversation.id) for conversation in kept.list(name)]
            assert {turn.answer["question"] for one in held if one for turn in one.turns} <= set(asked)
            assert held
    assert two.a.get("/documents", anne).status == 200
    until(two.a.is_idle, "the update does not end")
    until(two.b.is_idle, "the update does not end")
    health = [json.loads(replica.get("/healthz").text) for replica in (two.a, two.b)]
    assert health[0]["generation"] == health[1]["generation"]
    assert health[0]["documents"] == health[1]["documents"]
