"""kill -9 at random moments of an ingestion, then a run to the end: is the base the same as without kills?

    python -m benchmarks.crash [--kills 100] [--seed 1] [--database postgresql+psycopg://…/postgres]
                               [--start-server COMMAND]

A folder of 200 documents is brought up to date in a base that holds a part of them in older versions: some are new,
some changed, some gone. Each time a copy of that base is taken, `reperes ingest` started and killed at a random moment
(start of the process included), and run again to its end. Documents, passages, offsets and words must then be the same
as without a kill, the vectors at a cosine of 0.999 at least, and `reperes check` must find nothing. Exit code 1 when
one differs. With `--database` the bases stand on that server, where the account may make and drop databases. With
`--start-server` too it is the server that is killed, all its processes at once, and started again by that command:
it has to run on this machine. The figures are kept: crash.json, crash-database.json, crash-server.json.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from benchmarks.report import Target, machine, save
from benchmarks.support.bases import Databases, Folders
from benchmarks.support.server_processes import kill_server, server_settings
from kb.index.opening import open_store
from kb.index.store import Store
from kb.index.vectors import SPACES
from kb.models.encoder import Encoder
from kb.settings import Settings

DOCUMENTS = 200
NEAR = 0.999
SOURCE = "docs"
_SECONDS_TO_END = 120  # of an ingestion whose server is gone


@dataclass(frozen=True, slots=True)
class Contents:
    """Everything that a base holds. `vectors` are by space and id."""

    catalog: dict[str, Any]
    vectors: dict[str, dict[str, Any]]
    words: dict[str, list[str]]


def contents(store: Store) -> Contents:
    """What the base in `store` holds."""
    with closing(store.catalog()) as opened:
        made_with = cast("Encoder", _Named(opened.get("encoder") or ""))
    with closing(store.reader(made_with)) as reader, reader.lease() as lease:
        assert lease is not None
        catalog = lease.catalog
        passages = catalog.passages(catalog.owners("passages"))
        return Contents(
            {
                "documents": catalog.documents(catalog.states()),
                "states": catalog.states(),
                "passages": passages,
                "sections": catalog.owners("sections"),
                "windows": sorted(catalog.windows(passages)),
                "mentions": sorted(map(str, catalog.mentions())),
                "pending": catalog.pending(),
            },
            {space: dict(lease.vectors.items(space)) for space in SPACES},
            {space: sorted(lease.lexical.ids(space)) for space in SPACES},
        )


@dataclass(frozen=True, slots=True)
class _Named:
    """An encoder as far as opening a base needs one."""

    identity: str


def differences(one: Contents, other: Contents) -> list[str]:
    """What two bases do not have in common; nothing when they are the same."""
    found = [name for name in one.catalog if one.catalog[name] != other.catalog[name]]
    for space in SPACES:
        first, second = one.vectors[space], other.vectors[space]
        if first.keys() != second.keys():
            found.append(f"ids of the vectors of {space}")
        elif any(second[text] is None or float(first[text] @ second[text]) < NEAR for text in first):
            found.append(f"vectors of {space}")
        if one.words[space] != other.words[space]:
            found.append(f"words of {space}")
    return found


def write_documents(folder: Path, *, version: int, documents: int = DOCUMENTS) -> None:
    """A folder of documents. From version 1 to 2 a fifth are new, a fifth change, a tenth go, a tenth change names."""
    folder.mkdir(parents=True, exist_ok=True)
    for file in folder.iterdir():
        file.unlink()
    for number in range(documents):
        kind = number % 10
        if (version == 1 and kind in {0, 1}) or (version == 2 and kind == 2):
            continue
        edition = version if kind in {3, 4} else 1
        name = f"fiche-{number}-{version}.md" if kind == 5 else f"fiche-{number}.md"
        sections = [
            f"## Volet {part} de l'édition {edition}\n\nLe projet {number} prévoit {number * part + edition} logements "
            f"et {part} équipements. La ville, l'État et les bailleurs suivent le volet {part} du projet {number}. "
            f"Les travaux commencent en {2000 + (number + part) % 25} et durent {part + 1} ans."
            for part in range(1, number % 4 + 3)
        ]
        (folder / name).write_text(f"# Fiche {number}\n\n" + "\n\n".join(sections) + "\n", encoding="utf-8")


def run(command: Sequence[str], environ: dict[str, str]) -> float:
    """Runs an ingestion to its end; its seconds."""
    began = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environ)
    if done.returncode:
        raise SystemExit(f"the ingestion failed: {done.stdout}{done.stderr}")
    return time.monotonic() - began


def kill_after(command: Sequence[str], environ: dict[str, str], seconds: float) -> bool:
    """Starts an ingestion and kills it after `seconds`; whether it was still running."""
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environ, start_new_session=True
    )
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return True
    return False


class Crashes:
    """Kills in `folder`, a scratch folder. `command` ingests the documents into a store: it gets both as arguments, and
    the database, where there is one, from the environment.
    """

    def __init__(
        self,
        folder: Path,
        command: Sequence[str],
        environ: dict[str, str],
        documents: int = DOCUMENTS,
        bases: Folders | None = None,
    ):
        self._documents, self._bases = folder / "docs", bases or Folders(folder)
        self._command, self._environ = [*command, str(self._documents)], environ
        write_documents(self._documents, version=1, documents=documents)
        self._run("before")
        write_documents(self._documents, version=2, documents=documents)
        self._bases.copy("before", "store")
        self.seconds = self._run("store")
        self.whole = self._contents()

    def once(self, moments: Sequence[float]) -> tuple[int, list[str]]:
        """Kills at each of `moments` (seconds) in turn, then runs to the end: kills that hit, and what differs."""
        self._bases.copy("before", "store")
        hits = sum(kill_after([*self._command, str(self.store)], self.environ(), moment) for moment in moments)
        self._run("store")
        return hits, differences(self.whole, self._contents())

    def once_of_server(self, moment: float, crash: Callable[[], object]) -> tuple[int, list[str]]:
        """Has the server crash and start again by `crash`, `moment` seconds after an ingestion began, and waits for
        what becomes of that; then runs to the end: 1 if it was still running, and what differs.
        """
        self._bases.copy("before", "store")
        with subprocess.Popen(
            [*self._command, str(self.store)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=self.environ(),
        ) as process:
            with suppress(subprocess.TimeoutExpired):
                process.wait(moment)
            hit = int(process.poll() is None)
            crash()
            try:
                process.wait(_SECONDS_TO_END)
            except subprocess.TimeoutExpired:
                process.kill()  # leaving it would be waited for without end
                raise
        self._run("store")
        return hit, differences(self.whole, self._contents())

    def with_command(self, command: Sequence[str]) -> tuple[str, list[str]]:
        """Runs another command first, which may fail, then ingests to the end: its output, and what differs."""
        self._bases.copy("before", "store")
        arguments = [*command, str(self._documents), str(self.store)]
        failed = subprocess.run(arguments, capture_output=True, text=True, check=False, env=self.environ())
        self._run("store")
        return failed.stdout + failed.stderr, differences(self.whole, self._contents())

    @property
    def settings(self) -> Settings:
        """The settings of the base of the last run."""
        return self._bases.settings("store")

    @property
    def store(self) -> Path:
        """The folder of the base of the last run."""
        return self.settings.store

    def environ(self, name: str = "store") -> dict[str, str]:
        """The environment of a command over a base."""
        return {**self._environ, "REPERES_DATABASE": self._bases.settings(name).database}

    def _run(self, name: str) -> float:
        return run([*self._command, str(self._bases.settings(name).store)], self.environ(name))

    def _contents(self) -> Contents:
        return contents(open_store(self.settings))


_INGEST = (
    "import sys; sys.argv = ['reperes', 'ingest', sys.argv[1], '--source', 'docs', '--confirm', '--progress', 'none', "
    "'--store', sys.argv[2]]; import app; app.main()"
)
_CHECK = "import sys; sys.argv = ['reperes', 'check', '--json', '--store', sys.argv[1]]; import app; app.main()"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", metavar="URL", help="the server on which the bases stand")
    parser.add_argument("--start-server", metavar="COMMAND", help="starts that server: it is killed, not the ingestion")
    arguments = parser.parse_args()
    if arguments.start_server and not arguments.database:
        parser.error("--start-server: which server is --database ?")
    about, chance = machine(), random.Random(arguments.seed)
    wrong = hits = 0
    with tempfile.TemporaryDirectory(prefix="reperes-crash-") as scratch:
        on_server = Databases(Path(scratch), arguments.database) if arguments.database else None
        crashes = Crashes(Path(scratch), [sys.executable, "-c", _INGEST], dict(os.environ), bases=on_server)
        print(f"{DOCUMENTS} documents, {crashes.seconds:.1f} s without a kill")

        def crash_server() -> None:
            kill_server(arguments.database)
            subprocess.run(arguments.start_server, shell=True, check=True, stdin=subprocess.DEVNULL)

        for number in range(1, arguments.kills + 1):
            moment = chance.uniform(0.0, crashes.seconds)
            if arguments.start_server:
                hit, found = crashes.once_of_server(moment, crash_server)
            else:
                hit, found = crashes.once([moment])
            found += _checked(crashes)
            hits += hit
            wrong += bool(found)
            print(f"{number:4d}  killed at {moment:5.2f} s  {'same' if not found else 'DIFFERS: ' + '; '.join(found)}")
        if on_server is not None:
            on_server.remove()
    print(f"{hits} kills hit; {wrong} of {arguments.kills} bases differ")
    keep(arguments, hits, wrong, about)
    if wrong:
        raise SystemExit(1)


def keep(arguments: argparse.Namespace, hits: int, wrong: int, about: dict[str, Any]) -> None:
    """Keeps how many kills there were, how many hit and how many bases differ, apart for each thing that is killed."""
    name, killed = "crash", "an ingestion"
    figures: dict[str, Any] = {"kills": arguments.kills, "hits": hits, "differ": wrong, "documents": DOCUMENTS}
    if arguments.database:
        name, killed = "crash-database", "an ingestion into PostgreSQL"
        figures["server"] = server_settings(arguments.database)
    if arguments.start_server:
        name, killed = "crash-server", "the server"
    target = Target(f"bases that differ after {arguments.kills} kills of {killed}", wrong, 0, at_most=True)
    save(name, figures, [target], about)


def _checked(crashes: Crashes) -> list[str]:
    """What `reperes check` finds wrong in the base of the last run."""
    command = [sys.executable, "-c", _CHECK, str(crashes.store)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=crashes.environ())
    return [f"check: {difference}" for difference in json.loads(done.stdout).get("differences", ["failed"])]


if __name__ == "__main__":
    main()
