"""An assistant: the official client of the Model Context Protocol, as programs of other makers run it."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import httpx2
from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client
from mcp.types import CallToolResult, TextContent

ROOT = Path(__file__).resolve().parents[3]
Result = TypeVar("Result")


def over_http(
    address: str, work: Callable[[Client], Awaitable[Result]], token: str = "", mode: str = "auto", **headers: str
) -> Result:
    """What `work` gives with a client of the application at `address`. `mode` is the generation of the protocol."""

    async def run() -> Result:
        told = {**headers, **({"Authorization": f"Bearer {token}"} if token else {})}
        async with (
            httpx2.AsyncClient(headers=told, timeout=300) as http,
            Client(streamable_http_client(f"{address}/api/mcp", http_client=http), mode=mode) as client,
        ):
            return await work(client)

    return asyncio.run(run())


def over_stdio(
    environ: Mapping[str, str], work: Callable[[Client], Awaitable[Result]], errors: Path, *options: str
) -> Result:
    """What `work` gives with a client of `reperes mcp`, whose standard error goes to the file `errors`."""

    async def run() -> Result:
        started = StdioServerParameters(
            command=sys.executable,
            args=["-m", "app", "mcp", *options],
            env={**environ, "PYTHONPATH": str(ROOT)},
            cwd=ROOT,
        )
        with errors.open("w", encoding="utf-8") as log:
            async with Client(stdio_client(started, errlog=log)) as client:
                return await work(client)

    return asyncio.run(run())


def told(result: CallToolResult) -> str:
    """The words of a result."""
    (content,) = result.content
    assert isinstance(content, TextContent)
    return content.text


def values(result: CallToolResult) -> dict[str, Any]:
    """The structured result of a tool that did what it was asked."""
    assert not result.is_error, told(result)
    assert isinstance(result.structured_content, dict)
    return result.structured_content
