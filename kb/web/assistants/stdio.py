"""`reperes mcp`: the tools for an assistant that starts the command itself, over standard input and output.

Nothing but the protocol may stand on standard output: while it is served the SDK has everything else that would be
written there go to standard error.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Collection

from mcp.server.stdio import stdio_server

from kb.ports import Base, Views
from kb.records.accounts import Person
from kb.rights.restrictions import Restrictions
from kb.web.assistants.protocol import protocol_server
from kb.web.assistants.tools import Call, Tools


def serve_on_stdio(
    base: Callable[[], Base],
    version: str,
    warm: Callable[[], object] = lambda: None,
    restrictions: Restrictions | None = None,
    groups: Collection[str] = (),
) -> None:
    """Serves until standard input ends; with `restrictions`, to somebody who is in `groups`. `warm` is done meanwhile:
    the base is opened before the first question. Returns once that has ended too."""
    views = Views(base, restrictions or Restrictions())
    person = Person("", "reader", frozenset(groups))
    server = protocol_server(Tools(views), version, lambda _: Call(person=person))
    warming = threading.Thread(target=warm, name="warming", daemon=True)

    async def serve() -> None:
        async with stdio_server() as (reading, writing):
            warming.start()
            await server.run(reading, writing, server.create_initialization_options())

    try:
        asyncio.run(serve())
    finally:
        if warming.ident is not None:
            warming.join()  # see `kb.web.chat.background.end_work`
