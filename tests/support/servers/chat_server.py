"""A chat server on loopback that behaves, or misbehaves, as it is told: plain HTTP, OpenAI's streaming protocol."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Behaviour = Callable[["Handler", int], None]
"""What a request gets: the handler, and how many requests came before it."""


class Handler(BaseHTTPRequestHandler):
    """One request."""

    server: ChatServer

    def do_POST(self) -> None:
        """Reads the request and behaves."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.requests.append(json.loads(body))
        self.server.keys.append(self.headers.get("Authorization", ""))
        self.server.behaviour(self, len(self.server.requests) - 1)

    def log_message(self, *_: Any) -> None:
        """Nothing on the console."""

    def status(self, code: int, text: str = "{}") -> None:
        """A whole answer that is no stream. Whoever tries again need not wait."""
        self.send_response(code)
        self.send_header("Retry-After-Ms", "10")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def begin(self) -> None:
        """The head of a stream."""
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()

    def piece(self, text: str | None, finish: str | None = None) -> None:
        """One event with a piece of text."""
        delta = {} if text is None else {"content": text}
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        self.event(
            json.dumps({"id": "c", "object": "chat.completion.chunk", "created": 0, "model": "m", "choices": [choice]})
        )

    def event(self, data: str) -> None:
        """One event, as it is."""
        self.wfile.write(f"data: {data}\n\n".encode())
        self.wfile.flush()

    def say(self, *pieces: str) -> None:
        """A whole stream."""
        self.begin()
        for piece in pieces:
            self.piece(piece)
        self.piece(None, "stop")
        self.event("[DONE]")
        self.close_connection = True


class ChatServer(ThreadingHTTPServer):
    """Listens on a loopback port; remembers what it was asked."""

    daemon_threads = True

    def __init__(self, behaviour: Behaviour) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.behaviour = behaviour
        self.requests: list[dict[str, Any]] = []
        self.keys: list[str] = []

    @property
    def address(self) -> str:
        """The base URL."""
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


@contextmanager
def chat_server(behaviour: Behaviour) -> Iterator[ChatServer]:
    """A server while the block runs."""
    server = ChatServer(behaviour)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()  # looks that often for its end
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def saying(*pieces: str) -> Behaviour:
    """A server that always says the same."""
    return lambda handler, _before: handler.say(*pieces)


def slow(handler: Handler, _before: int) -> None:
    """Begins and says nothing more for a while."""
    handler.begin()
    handler.piece("Le début")
    time.sleep(5)


def cut_off(handler: Handler, _before: int) -> None:
    """Ends in the middle, without a reason to finish."""
    handler.begin()
    handler.piece("Le programme concerne 448 quartiers [1]. Et")
    handler.close_connection = True


def malformed(handler: Handler, _before: int) -> None:
    """Says what is no JSON."""
    handler.begin()
    handler.event("{pas du JSON")
    handler.close_connection = True


def failing(code: int, times: int = 99) -> Behaviour:
    """Fails `times` times, then answers."""

    def behave(handler: Handler, before: int) -> None:
        if before < times:
            handler.status(code, '{"error": {"message": "non"}}')
        else:
            handler.say("Voilà.")

    return behave
