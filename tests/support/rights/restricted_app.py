"""The application over a base of three sources, with something of each in all that is kept beside it, and who calls."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx

from ingest.pipeline import ingest
from kb.evaluation.desk import EvaluationDesk
from kb.evaluation.questions import EvaluationQuestion
from kb.index.opening import open_store
from kb.knowledge import KnowledgeBase
from kb.models.encoder import Encoder
from kb.models.reader.passage_reader import Reader
from kb.ports import Foresight, IngestionProgress
from kb.records.accounts import Role
from kb.records.asked.questions import AskedQuestions
from kb.records.conversations import KeptTurn, SavedConversations
from kb.records.feedback import feedback_of
from kb.records.following.followed import FollowedQuestions, QuestionNews
from kb.records.kept_answers import keep_answer
from kb.records.places import place_of
from kb.records.shared.accounts import accounts_of
from kb.records.sharing.links import SharedLinks
from kb.retrieval.filters import Filters
from kb.rights.restrictions import Restrictions, restrictions_of
from kb.rights.rights import Rights
from kb.settings import Settings
from page_caller import Caller
from questions import recent, refused
from restricted import CONFIGURATION, MARKS, QUESTION, SOURCES, add_others, id_of, write_sources
from serving import Servers, password
from small_pages import StillIngestor

ALL = frozenset(SOURCES)
GROUPS: Mapping[str, tuple[str, ...]] = {
    "nora": (),
    "anne": ("personnel",),
    "bob": ("marches", "un autre"),
    "carl": ("personnel", "marches"),
    "token": (),
    "token of personnel": ("personnel",),
}
"""Editors, who may open every page, and two programs."""
READERS: Mapping[str, tuple[str, ...]] = {"rita": ("personnel",), "reading token": ("personnel",)}
"""Somebody who only asks and reads, and such a program."""
SHOWN: Mapping[str, frozenset[str]] = {
    "nobody": frozenset(),
    "nora": frozenset({"ouvert"}),
    "anne": frozenset({"ouvert", "rh"}),
    "bob": frozenset({"ouvert", "achats"}),
    "carl": ALL,
    "token": frozenset({"ouvert"}),
    "token of personnel": frozenset({"ouvert", "rh"}),
    "rita": frozenset({"ouvert", "rh"}),
    "reading token": frozenset({"ouvert", "rh"}),
}
"""The sources that each of them may read; `nobody` has not signed in."""
OWNERS = {"ouvert": "nora", "rh": "anne", "achats": "bob"}
"""Who asked, answered, ran and shared what is of a source: somebody who may not read the third."""


@dataclass(frozen=True)
class Restricted:
    """The application that is served, its base, and a client for each person; `runs` are evaluations, `said` feedback,
    by source."""

    address: str
    base: KnowledgeBase
    desk: EvaluationDesk
    settings: Settings
    clients: Mapping[str, httpx.Client]
    tokens: Mapping[str, str]
    runs: Mapping[str, int]
    said: Mapping[str, int]
    ingestor: StillIngestor

    def page_of(self, person: str, page: str = "") -> Caller:
        """A page of Gradio's that a person has opened."""
        headers = {"authorization": f"Bearer {self.tokens[person]}"} if person in self.tokens else {}
        cookies = "; ".join(f"{name}={value}" for name, value in self.clients[person].cookies.items())
        return Caller(self.address, "", page, **headers, **({"cookie": cookies} if cookies else {}))


def may_open(person: str, path: str) -> bool:
    """Whether a person may open an address at all, whatever of the base it then tells them."""
    of_editors = path.startswith(("/documents", "/evaluation", "/metrics"))
    return person != "nobody" and not (person in READERS and of_editors)


@contextmanager
def restricted_application(root: Path, encoder: Encoder, reader: Reader, database: str = "") -> Iterator[Restricted]:
    """Serves it, all that it keeps under `root` or in the database; it is stopped at the end."""
    (root / "sources.toml").write_text(CONFIGURATION, encoding="utf-8")
    names = {"REPERES_STORE": str(root / "store"), "REPERES_CACHE": str(root / "cache")}
    settings = replace(Settings.load(names), sources=root / "sources.toml", database=database)
    settings = replace(settings, questions_per_minute=0, auth="accounts")
    folders = write_sources(root)
    add_others(root)
    for folder in folders:
        _wait_for_the_next_second()  # the dates of two ingestions, kept in seconds, are told apart
        assert not ingest([folder], settings, encoder).failed
    tokens = _add_accounts(settings)
    with KnowledgeBase(open_store(settings).reader(encoder), encoder, reader=reader) as base:
        desk = EvaluationDesk(lambda: base, place_of(settings), settings.retention_days)
        runs, said = _fill(settings, base, desk, restrictions_of(settings))
        conversations = SavedConversations(place_of(settings), 365)
        servers = Servers(settings)
        ingestor = StillIngestor()
        ingestor.now = IngestionProgress(
            done=3, total=3, error=f"{MARKS['rh']} : illisible.", waiting=(f"Retrait : {MARKS['achats']}",)
        )
        ingestor.foresight = Foresight(error=f"Aperçu : {MARKS['rh']} et {MARKS['achats']} : illisibles.")
        address = servers.serve(base, ingestor, (), feedback_of(settings), desk, conversations)
        clients = {name: _client(address, name, tokens.get(name, "")) for name in SHOWN}
        try:
            yield Restricted(address, base, desk, settings, clients, tokens, runs, said, ingestor)
        finally:
            for client in clients.values():
                client.close()
            servers.stop()
            conversations.close()


def _wait_for_the_next_second() -> None:
    time.sleep(1 - time.time() % 1)


def _add_accounts(settings: Settings) -> Mapping[str, str]:
    """Everybody's account; the tokens of programs."""
    accounts, tokens = accounts_of(settings), {}
    for name, groups in {**GROUPS, **READERS}.items():
        role: Role = "reader" if name in READERS else "editor"
        if "token" in name:
            tokens[name] = accounts.add_token(name.replace(" ", "-"), role, groups)
        else:
            accounts.add(name, role, password(name), groups)
    accounts.close()
    return tokens


def _client(address: str, name: str, token: str) -> httpx.Client:
    headers = {"accept": "text/html"} | ({"authorization": f"Bearer {token}"} if token else {})
    client = httpx.Client(base_url=address, headers=headers, timeout=300)
    if name != "nobody" and not token:
        assert client.post("/connexion", data={"nom": name, "mot_de_passe": password(name)}).status_code == 303
    return client


def _fill(
    settings: Settings, base: KnowledgeBase, desk: EvaluationDesk, restrictions: Restrictions
) -> tuple[Mapping[str, int], Mapping[str, int]]:
    """Of each source, by its owner: a shared conversation, feedback, a question without a source, a test query and its
    run, and for everybody a followed question with news of it. The numbers of the runs, and of the feedback."""
    place, runs, said = place_of(settings), {}, {}
    conversations, asked = SavedConversations(place, 365), AskedQuestions(place, 365)
    links, feedback = SharedLinks(place), feedback_of(settings)
    followed = FollowedQuestions(place, 365)
    assert feedback is not None
    for source, owner in OWNERS.items():
        rights = restrictions.rights(GROUPS[owner])
        mark = MARKS[source]
        answer = base.seen_by(rights).ask(
            f"{QUESTION} {mark}", answerer="extractive", filters=Filters(partner=(f"Fondation {mark}",))
        )
        kept = keep_answer(answer, rights)
        conversations.put(owner, f"conversation-{source}", KeptTurn(1, recent(), 1, kept))
        assert links.share(owner, f"conversation-{source}", shared=True)
        feedback.add("bad", "wrong", f"Sur {mark}", kept, 1)
        said[source] = desk.feedback()[0].id
        asked.answered(refused(f"Pourquoi {mark} manque-t-il ?", "unsaid"), "page", rights=rights)
        desk.seen_by(rights).put(query_of(source))
        runs[source] = desk.seen_by(rights).evaluate({f"question-{source}"}).run
    for person in (name for name in (*GROUPS, *READERS) if "token" not in name):
        followed.follow(person, "La prime ?", QUESTION, [])
        (question,) = followed.list(person)
        news = [QuestionNews(recent(), "bears", id_of(name), MARKS[name]) for name in SOURCES]
        followed.update(person, question.id, "2999-01-01T00:00:00+00:00", [], news)
    for opened in (conversations, asked, links):
        opened.close()
    return runs, said


def query_of(source: str) -> EvaluationQuestion:
    """The test query about a source: its answer is wrong, so that whatever is said of a run names it."""
    question = f"Que verse {MARKS[source]} ?"
    return EvaluationQuestion(
        f"question-{source}", question, documents=(id_of(source),), expected_facts=(("ce que rien ne dit",),)
    )


def rights_of(name: str, settings: Settings) -> Rights:
    """The rights of a person."""
    return restrictions_of(settings).rights({**GROUPS, **READERS}[name])


def headers_of(answer: httpx.Response) -> dict[str, Any]:
    """The headers of an answer, but for those that no two answers share."""
    return {name: value for name, value in answer.headers.items() if name not in {"date", "content-security-policy"}}
