"""The HTTP client that asks the OpenID Connect provider: its answers end at a size and at a moment, unpacked or not."""

from __future__ import annotations

import asyncio
from typing import Any

from authlib.integrations.httpx_client import AsyncOAuth2Client
from authlib.integrations.starlette_client import StarletteOAuth2App

from kb.remote.unpacking import ACCEPTED, Unpacker, coding_of

# Descriptions and keys of providers take some kilobytes, a token with all groups of a person some tens.
_MOST_BYTES = 500_000
_LONGEST = 10.0  # seconds, from the request to the last byte of the answer
_OF_PACKED = {"content-encoding", "content-length", "transfer-encoding", "set-cookie"}


class _BoundedClient(AsyncOAuth2Client):
    def __init__(self, *args: Any, **options: Any) -> None:
        # authlib gives all that the provider says of itself to its client, for which some of it means « trust any
        # certificate », « go through this proxy », « wait forever ».
        for name in self.SESSION_REQUEST_PARAMS:
            options.pop(name, None)
        super().__init__(*args, timeout=_LONGEST, **options)

    async def send(self, request: Any, **options: Any) -> Any:
        """The answer, read whole. Raises TimeoutError and UnpackingError; neither reaches people."""
        request.headers["accept-encoding"] = ACCEPTED
        async with asyncio.timeout(_LONGEST):
            answer = await super().send(request, **{**options, "stream": True})
            try:
                unpacker = Unpacker(coding_of(answer.headers.get("content-encoding", "")), _MOST_BYTES)
                content = bytearray()
                async for packed in answer.aiter_raw():
                    for piece in unpacker.unpack(packed):
                        content += piece
                unpacker.finish()
            finally:
                await answer.aclose()
        headers = [(name, value) for name, value in answer.headers.multi_items() if name.lower() not in _OF_PACKED]
        return type(answer)(answer.status_code, headers=headers, content=bytes(content), request=request)


class BoundedProvider(StarletteOAuth2App):
    """What authlib knows of the provider, over the bounded client."""

    client_cls = _BoundedClient
