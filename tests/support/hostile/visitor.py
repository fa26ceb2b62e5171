"""Visits hostile servers in a process of its own: KIND ADDRESS…. Prints what came of each, the memory, the seconds.

Kinds: `page`, `feed`, `sitemap` and `section` fetch as `reperes sync` does, `listings` a sitemap whose pages are left
alone; `oidc` begins a sign-in, `chat` asks a language model. Memory is the most that the process held up to the end of
a visit, less what it held before the first one.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import logging
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from ingest.fetching.fetch import open_fetcher
from ingest.readers.bounded import Readers
from ingest.sources.crawler import Crawler
from ingest.sources.source import WebSource
from kb.errors import DocumentError, LanguageModelError
from kb.models.chat.llm import ChatModel
from kb.settings import Settings

MOST_MEMORY = 300_000_000  # bytes that a visit may take
LONGEST = 10.0  # seconds that it may take


@dataclass(frozen=True)
class Visit:
    """What came of a visit: what was said of each thing that failed or was had; bytes, up to its end; seconds, and
    those of processor, of its children too.
    """

    said: list[str]
    memory: int
    seconds: float
    processor: float


def visit(kind: str, *addresses: str) -> list[Visit]:
    """What came of visits, one after the other in one child process. Raises CalledProcessError for a traceback."""
    command = [sys.executable, __file__, kind, *addresses]
    environ = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[3])}
    done = subprocess.run(command, env=environ, stdout=subprocess.PIPE, check=True, timeout=300)
    return [Visit(**json.loads(line)) for line in done.stdout.splitlines()]


def _memory(name: str) -> int:
    """Bytes of this process: VmRSS now, VmHWM at most (getrusage counts those of the parent before it began)."""
    found = re.search(rf"{name}:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))
    assert found is not None
    return int(found[1]) * 1024


def _processor() -> float:
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + ended.ru_utime + ended.ru_stime


def _crawl(kind: str, address: str) -> list[str]:
    host = urlsplit(address).netloc
    settings = Settings.load({"REPERES_PRIVATE_HOSTS": host, "REPERES_FETCH_PACE": "0"})
    only = ("aucune",) if kind == "listings" else ("*",)
    kind = "sitemap" if kind == "listings" else kind
    source = WebSource("attaque", kind, (address,), include=only, hosts=frozenset({host}))
    said: list[str] = []
    with open_fetcher(settings) as fetcher, Readers() as readers:
        crawler = Crawler(source, fetcher, {}, "", lambda _: False, lambda _: False, readers)
        for page in crawler.pages():
            is_failed = isinstance(page.result, DocumentError)
            said.append(str(page.result) if is_failed else f"lu : {page.url} ({len(page.result.content)})")  # type: ignore[union-attr]
        said += map(str, crawler.failed)
    return said


def _sign_in(address: str, folder: str) -> list[str]:
    from fastapi import FastAPI

    from kb.web.auth.gate import Gate
    from kb.web.auth.oidc import oidc_routes, sign_in_session

    gate = Gate(
        Settings(
            auth="oidc",
            oidc_issuer=address,
            oidc_client="reperes",
            public_url="http://127.0.0.1",
            app_db=Path(folder, "app.db"),
        )
    )
    middleware = sign_in_session(gate)
    app = FastAPI(middleware=[middleware])
    app.include_router(oidc_routes(gate))

    async def leave() -> str:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            answer = await client.get("/connexion/fournisseur", headers={"accept": "text/html"})
        return f"{answer.status_code} {answer.text}"

    try:
        return [asyncio.run(leave())]
    finally:
        gate.close()


def _chat(address: str) -> list[str]:
    model = ChatModel("essai", lambda: f"{address}/v1", timeout=5.0)
    try:
        return ["".join(model.stream("Sois bref.", "Bonjour ?", max_tokens=20))]
    except LanguageModelError as error:
        return [str(error)]


def _main(kind: str, addresses: list[str], folder: str) -> None:
    logging.disable()
    visits = {"oidc": lambda address: _sign_in(address, folder), "chat": _chat}
    chosen: Callable[[str], list[str]] = visits.get(kind, lambda address: _crawl(kind, address))
    # What is imported on the way is no memory of the visit.
    needed = {"oidc": ("kb.web.auth.oidc",), "chat": ("openai", "llama_index.llms.openai_like")}
    for module in needed.get(kind, ("protego",)):
        importlib.import_module(module)
    before = _memory("VmRSS")
    for address in addresses:
        began, used = time.monotonic(), _processor()
        said = chosen(address)
        done = Visit(said, _memory("VmHWM") - before, time.monotonic() - began, _processor() - used)
        sys.stdout.write(f"{json.dumps(asdict(done))}\n")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as _folder:
        _main(sys.argv[1], sys.argv[2:], _folder)
