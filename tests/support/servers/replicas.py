"""The application in processes of its own over one database: replicas, each with its own copy of the words."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from signing_in import call

ROOT = Path(__file__).resolve().parents[3]
_SECONDS_TO_WAIT = 600  # for what takes seconds, on a machine that has much else to do


def until(is_so: Callable[[], bool], what: str) -> None:
    """Waits until something is so. Raises AssertionError, naming `what`, when it does not become so."""
    end = time.monotonic() + _SECONDS_TO_WAIT
    while not is_so():
        assert time.monotonic() < end, what
        time.sleep(0.5)


class Replica:
    """`reperes serve`, whose environment is told; `folder` is its own, for its store. `is_up` is whether a proxy would
    send people there."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        folder.mkdir()
        self.name = folder.name
        self.is_up = False
        self._log = folder / "log"
        self._environment = {**os.environ, **environment, "REPERES_STORE": str(folder / "store")}
        self._process: subprocess.Popen[bytes] | None = None
        self.address = ""

    def start(self) -> None:
        """Starts it, and returns at once."""
        with self._log.open("wb") as log:
            command = [sys.executable, "-m", "app", "serve", "--port", "0"]
            self._process = subprocess.Popen(command, cwd=ROOT, env=self._environment, stdout=log, stderr=log)

    def wait(self) -> None:
        """Waits until it can answer."""
        until(self._is_open, "the application ended before it was open")
        until(lambda: self.get("/readyz").status == 200, "the application is not ready")
        self.is_up = True

    def kill(self) -> None:
        """Kills it as nothing can keep it from."""
        assert self._process is not None
        self.is_up = False
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        """Ends it, if it runs."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            self._process.wait(timeout=60)

    def get(self, path: str, cookies: Mapping[str, str] | None = None) -> Any:
        """A page."""
        return call(self.address, path, cookies=cookies)

    def send(self, path: str, form: Mapping[str, str], cookies: Mapping[str, str]) -> Any:
        """A form of a page."""
        return call(self.address, path, dict(form), cookies=cookies)

    def send_file(self, name: str, content: str, cookies: Mapping[str, str]) -> Any:
        """A file, as the page of documents sends it."""
        edge = "bord-de-l-envoi"
        head = f'--{edge}\r\ncontent-disposition: form-data; name="fichiers"; filename="{name}"\r\n\r\n'
        body = f"{head}{content}\r\n--{edge}--\r\n".encode()
        kind = f"multipart/form-data; boundary={edge}"
        return call(self.address, "/documents/fichiers", body, cookies=cookies, content_type=kind)

    def is_idle(self) -> bool:
        """Whether it has no update of its own under way: another one may be started."""
        return not json.loads(self.get("/healthz").text)["ingesting"]

    def finds(self, document: str, question: str, token: str) -> bool:
        """Whether a search of the program that `token` is of finds a document."""
        body = json.dumps({"question": question}).encode()
        kind = "application/json"
        answer = call(self.address, "/api/search", body, content_type=kind, authorization=f"Bearer {token}")
        assert answer.status == 200, answer.text
        return document in {hit["document"] for hit in json.loads(answer.text)["hits"]}

    def _is_open(self) -> bool:
        assert self._process is not None
        told = self._log.read_text("utf-8")
        assert self._process.poll() is None, told
        if found := re.search(r"http://127\.0\.0\.1:\d+", told):
            self.address = found[0]
        return bool(found)
