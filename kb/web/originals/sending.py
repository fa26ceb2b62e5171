"""An original on its way to whoever reads the document: under its own type, never as something that runs."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool
from starlette.types import Receive, Scope, Send

from kb.web.originals.files import Original
from kb.web.render import shown_text

_CHUNK = 1 << 18  # bytes
# For whatever may be in a file: no script, nothing fetched, no form. `sandbox` as well, but where the browser's own
# viewer of PDF needs it away.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; form-action 'none'"


class OriginalResponse(StreamingResponse):
    """Sends an open file and closes it, however the sending ends. What was checked is what is sent: the same open
    file, whatever takes its place in the folder meanwhile.
    """

    def __init__(self, original: Original) -> None:
        self._original = original
        is_shown = original.kind != "other"
        told = quote(shown_text(original.name), safe="")
        headers = {
            "content-length": str(original.size),
            "content-disposition": f"{'inline' if is_shown else 'attachment'}; filename*=UTF-8''{told}",
            "content-security-policy": _POLICY if original.kind == "pdf" else f"sandbox; {_POLICY}",
            "x-content-type-options": "nosniff",
            "cache-control": "no-store",
        }
        super().__init__(_pieces(original), headers=headers, media_type=original.media_type)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            await run_in_threadpool(self._original.file.close)


def _pieces(original: Original) -> Iterator[bytes]:
    left = original.size  # a file that grows meanwhile does not send more than was told
    while left > 0 and (piece := original.file.read(min(left, _CHUNK))):
        left -= len(piece)
        yield piece
