"""Two replicas on one database, people who ask, an ingestion under way, one replica killed with -9 and started again.

    python -m benchmarks.replicas --database postgresql+psycopg://…/postgres [--people 20] [--documents 500]

The replicas are two `reperes serve` on the bundled corpus and on some documents about invented communes, without a
language model. Everybody has an account and a page, ten at each replica, and asks one question after the other: some of
the corpus, some about communes, none that somebody else asks too. Meanwhile `reperes ingest` brings hundreds of
communes more. When the first of them are there, one replica is killed with -9, started again two seconds later, and its
people, who went on at the other one, come back. At the end an article is added by a page of the replica that was
killed.

What must be: no error but those of the killed replica; each page shows the question that was asked in it, and no other
person's; the conversations kept in the database are of whom they are kept for; of every commit, from when the database
shows it, the newest document is found by a search at both replicas within three seconds, the search's own time
included; and `reperes check` finds nothing. The database is made on that server and dropped at the end. A proxy is not
there: people go where it would send them (`benchmarks/support/asking_people.py`).
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import numpy as np

from benchmarks.report import Target, busy, machine, save, table
from benchmarks.support.asking_people import AskingPeople
from benchmarks.support.bases import Databases
from benchmarks.support.bench_data import ROOT
from benchmarks.support.communes import Commune, communes
from benchmarks.support.replica import Replica
from benchmarks.support.sightings import Sightings
from kb.evaluation.questions import read_questions
from kb.records.conversations import SavedConversations
from kb.records.places import ServerPlace
from kb.records.shared.accounts import accounts_of
from kb.settings import Settings

SEEN_SECONDS = 3.0
OWN_COMMUNES = 2  # of each person
_SECONDS_DOWN = 2.0
_SECONDS = 900  # for what takes a minute


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", metavar="URL", required=True, help="the server on which the base stands")
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--documents", type=int, default=500, help="how many are ingested meanwhile")
    parser.add_argument("--most-printed", type=int, default=20, help="how many faults are printed")
    options = parser.parse_args()
    about = machine()
    with tempfile.TemporaryDirectory(prefix="reperes-replicas-") as scratch:
        bases = Databases(Path(scratch), options.database)
        try:
            figures, faults = measured(Path(scratch), bases.settings("before"), options.people, options.documents)
        finally:
            bases.remove()
    print(table(("figure", "value"), [(name, f"{value:.3g}") for name, value in figures.items()]))
    print("\n".join(faults[: options.most_printed]))
    loads = busy([figures["load_average"]], about["cores"])
    seen = figures["seen_max"]
    targets = [
        Target("errors, wrong pages and conversations", len(faults), 0, at_most=True),
        Target(
            "a new document is found at both replicas, at most", seen, SEEN_SECONDS, "s", at_most=True, reason=loads
        ),
    ]
    save("replicas", figures, targets, about)
    if faults:
        raise SystemExit(1)


def measured(folder: Path, given: Settings, people: int, documents: int) -> tuple[dict[str, float], list[str]]:
    """Plays it over the database of `given`, which is empty: the figures, and what went wrong."""
    corpus = folder / "corpus"
    shutil.copytree(ROOT / "corpus" / "documents", corpus)
    own, more, (article,) = _parted(people * OWN_COMMUNES, documents)
    for commune in own:
        commune.write(corpus)
    (folder / "more").mkdir()
    for commune in more:
        commune.write(folder / "more")
    settings = Settings(database=given.database, store=folder / "store", corpus=corpus, uploads=folder / "uploads")
    environ = {
        "REPERES_DATABASE": settings.database,
        "REPERES_CORPUS": str(corpus),
        "REPERES_UPLOADS": str(settings.uploads),
        "REPERES_AUTH": "accounts",
        "REPERES_QUESTIONS_PER_MINUTE": "0",
        "REPERES_LLM_URL": "",
        "REPERES_ANSWERER": "extractive",
    }
    names = [f"personne-{number}" for number in range(people)]
    token, passwords = _accounts(settings, names)
    one, other = (Replica(name, folder / name, environ) for name in ("one", "other"))
    try:
        for replica in (one, other):
            replica.start()
        cookies = [
            _signed_in((one, other)[number % 2].address, name, passwords[name]) for number, name in enumerate(names)
        ]
        asking = AskingPeople((one, other), cookies, _questions(own, people))
        sightings = Sightings(settings, (one, other), token)
        with asking, sightings:
            _until(asking.each_was_answered, "not everybody is answered")
            with _ingestion(folder, environ) as ingestion:
                _until(lambda: bool(sightings.seen), "nothing of the ingestion is seen")
                lost = time.monotonic()
                one.kill()
                time.sleep(_SECONDS_DOWN)
                restarted = one.start()
                back = time.monotonic()
                if ingestion.poll() is not None:
                    raise SystemExit("the ingestion ended before the replica was back: more --documents are needed.")
                _until(lambda: asking.each_was_answered(back), "not everybody is answered again")
                _, told = ingestion.communicate(timeout=_SECONDS)
                if ingestion.returncode:
                    raise SystemExit(f"the ingestion failed: {told}")
            article.write(corpus)
            answer = httpx.post(f"{one.address}/documents/mettre-a-jour", cookies=cookies[0])
            assert answer.status_code == 303, answer.text
            _until(lambda: article.document in sightings.of(one.name), "the new article is not seen")
            _until(lambda: article.document in sightings.of(other.name), "the new article is not seen")
            _until(lambda: asking.each_was_answered(back), "not everybody is answered again")
        faults = asking.faults({one.name: (lost, back)})
        faults += _wrong_conversations(settings, names, asking.questions)
        faults += sightings.missed({one.name: (lost, back)})
        faults += _checked(folder, environ)
    finally:
        for replica in (one, other):
            replica.stop()
    visits = asking.visits
    answered = [visit.ended - visit.began for visit in visits if not visit.error]
    p50, p95 = np.percentile(answered, [50, 95])
    figures = {
        "people": people,
        "documents": documents,
        "answers": len(answered),
        "p50": float(p50),
        "p95": float(p95),
        "errors_of_the_killed": sum(bool(visit.error) for visit in visits),
        "faults": len(faults),
        "expected_figures": _right(asking, own),
        "restart": restarted,
        "commits_seen": len(sightings.seen),
        "article_seen": max(sightings.of(name)[article.document] for name in (one.name, other.name)),
        "seen_p50": float(np.percentile(sightings.seconds(), 50)),
        "seen_max": max(sightings.seconds()),
        "unseen_max": max(sightings.seconds_unseen()),
        "load_average": os.getloadavg()[0],
    }
    return figures, faults


def _parted(own: int, more: int) -> tuple[Sequence[Commune], Sequence[Commune], Sequence[Commune]]:
    """Communes that are there at first, those that are ingested meanwhile, and the one of the new article."""
    every = communes(own + more + 1)
    return every[:own], every[own:-1], every[-1:]


def _questions(own: Sequence[Commune], people: int) -> list[list[str]]:
    """By person, what nobody else asks: of communes and of the corpus in turn."""
    of_corpus = [row.question for row in read_questions(ROOT / "corpus" / "questions.jsonl") if not row.history]
    of_communes = [commune.question for commune in own]
    return [
        [asked for pair in zip(of_communes[person::people], of_corpus[person::people], strict=False) for asked in pair]
        for person in range(people)
    ]


def _right(asking: AskingPeople, own: Sequence[Commune]) -> float:
    """The share of the answers about communes that hold its figure."""
    figure = {commune.question: f"{100 + commune.number} arbres" for commune in own}
    asked = [visit for visit in asking.visits if visit.question in figure and not visit.error]
    return sum(figure[visit.question] in visit.text for visit in asked) / len(asked)


def _accounts(settings: Settings, names: Sequence[str]) -> tuple[str, dict[str, str]]:
    """Makes an account for everybody: a program's token, and the passwords."""
    passwords = {name: secrets.token_urlsafe(16) for name in names}
    with closing(accounts_of(settings)) as accounts:
        for name, password in passwords.items():
            accounts.add(name, "editor", password)
        return accounts.add_token("programme", "reader"), passwords


def _signed_in(address: str, name: str, password: str) -> dict[str, str]:
    answer = httpx.post(f"{address}/connexion", data={"nom": name, "mot_de_passe": password}, timeout=60)
    if answer.status_code != httpx.codes.SEE_OTHER:
        raise SystemExit(f"{name} cannot sign in: {answer.status_code} {answer.text[:500]}")
    return dict(answer.cookies)


@contextmanager
def _ingestion(folder: Path, environ: Mapping[str, str]) -> Iterator[subprocess.Popen[str]]:
    """`reperes ingest` of the communes, ended at the end of the block if it still runs."""
    command = [
        sys.executable,
        "-m",
        "app",
        "ingest",
        str(folder / "more"),
        "--source",
        "communes",
        "--progress",
        "none",
    ]
    with subprocess.Popen(
        [*command, "--store", str(folder / "ingesting")],
        cwd=ROOT,
        env={**os.environ, **environ},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.terminate()


def _wrong_conversations(settings: Settings, names: Sequence[str], questions: Sequence[Sequence[str]]) -> list[str]:
    """What is kept for somebody who did not ask it."""
    wrong = []
    with closing(SavedConversations(ServerPlace(settings.database), 365)) as kept:
        for name, asked in zip(names, questions, strict=True):
            listed = kept.list(name)
            if not listed:
                wrong.append(f"{name}: no conversation is kept")
            for conversation in listed:
                held = kept.get(name, conversation.id)
                turns: Sequence[Any] = held.turns if held else ()
                wrong += [
                    f"{name}: « {turn.answer['question']} » is kept, which somebody else asked"
                    for turn in turns
                    if turn.answer["question"] not in asked
                ]
    return wrong


def _checked(folder: Path, environ: Mapping[str, str]) -> list[str]:
    """What `reperes check` finds wrong."""
    command = [sys.executable, "-m", "app", "check", "--json", "--store", str(folder / "ingesting")]
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, **environ}, capture_output=True, text=True, check=False)
    if not done.stdout:
        return [f"check: {done.stderr}"]
    return [f"check: {difference}" for difference in json.loads(done.stdout).get("differences", ["failed"])]


def _until(is_so: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + _SECONDS
    while not is_so():
        if time.monotonic() > end:
            raise SystemExit(what)
        time.sleep(0.2)


if __name__ == "__main__":
    main()
