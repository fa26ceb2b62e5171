"""Commands of Repères in processes of their own, as the application starts them: started, followed, their end told."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

_SECONDS_TO_END = 10

logger = logging.getLogger(__name__)


def stopped(code: int) -> str:
    """What is said of a command that ended without saying why."""
    return f"La mise à jour de la base s'est arrêtée (code {code})."


def spawn(command: Sequence[str], environ: Mapping[str, str], stderr: int | None) -> subprocess.Popen[str]:
    """Starts a command; what it prints on standard output can be read."""
    return subprocess.Popen(
        [sys.executable, "-m", "app", *command],
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
        encoding="utf-8",
    )


def follow(process: subprocess.Popen[str], stands: Callable[[int, int], None]) -> str:
    """What a process printed on standard output, at its end; until then `stands` is told how many documents are done,
    and of how many. Its pipes are closed.
    """
    with process:
        assert process.stderr is not None
        assert process.stdout is not None
        for line in process.stderr:
            if (found := progress_in(line)) is not None:
                stands(*found)
        return process.stdout.read()


def end(process: subprocess.Popen[str] | None) -> None:
    """Ends a process that runs, if any."""
    if process is not None and process.poll() is None:
        process.terminate()
        process.wait(timeout=_SECONDS_TO_END)


def progress_in(line: str) -> tuple[int, int] | None:
    """The documents done and their total, of a line of `--progress lines`; None, and in the log, for another line."""
    try:
        state = json.loads(line)
        return int(state["done"]), int(state["total"])
    except (ValueError, KeyError, TypeError):
        logger.info("ingestion: %s", line.rstrip())
        return None


def printed(output: str) -> dict[str, Any]:
    """What a command printed with `--json`; nothing when it did not come that far."""
    try:
        found = json.loads(output)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def error_of(output: str, code: int) -> str | None:
    """A French sentence on what failed, from the report on standard output; None when nothing did."""
    report = printed(output)
    if not report:
        return stopped(code)
    if report.get("stale"):
        return "Les sources ont changé depuis l'aperçu : rien n'a été fait. Voici ce qui changerait maintenant."
    if message := report.get("error"):
        return str(message)
    failed = report.get("failed", [])
    if not failed:
        return None
    first = f"{failed[0]['source']} : {failed[0]['reason']}"
    return f"Échec de {len(failed)} document(s) ou source(s). {first}."
