"""A server on loopback that answers with the very bytes that it is given, however wrong, and hangs up."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

Behaviour = Callable[[str], Iterable[bytes]]
"""The path of a request -> what is sent back, piece by piece."""


def answer(body: bytes, *headers: str | bytes, type: str = "text/html; charset=utf-8", status: int = 200) -> bytes:  # noqa: A002
    """A whole answer."""
    lines = [f"HTTP/1.1 {status} X", f"Content-Type: {type}", f"Content-Length: {len(body)}", "Connection: close"]
    raw = [line.encode("latin-1") if isinstance(line, str) else line for line in (*lines, *headers)]
    return b"\r\n".join(raw) + b"\r\n\r\n" + body


@contextmanager
def raw_server(behaviour: Behaviour) -> Iterator[str]:
    """Its address, « http://127.0.0.1:PORT », while the block runs."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            try:
                path = self.rfile.readline(65536).split(b" ")[1].decode("latin-1")
                length = 0
                while (line := self.rfile.readline(65536)) not in {b"\r\n", b""}:
                    if line.lower().startswith(b"content-length:"):
                        length = int(line.split(b":")[1])
                self.rfile.read(length)
                for piece in behaviour(path):
                    self.wfile.write(piece)
            except (OSError, IndexError):
                pass  # the caller had enough

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        block_on_close = False
        allow_reuse_address = True

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
