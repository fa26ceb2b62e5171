"""What stands before Gradio: who may call, which of its routes exist, the security headers, and the page in French."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kb.ui import strings
from kb.ui.render import escape

# Gradio has many routes that this page has no use for: they take uploads, serve files, fetch from elsewhere. What is
# not here is not found. A later page that needs one adds it.
ROUTES = re.compile(
    r"/(?:|evaluation|evaluation/rapport/\d+|evaluation/questions\.(?:csv|jsonl|xlsx)|healthz|favicon\.ico|robots\.txt|theme\.css|config/?"
    r"|(?:page|assets|static)/.*"
    r"|gradio_api/(?:info/?|openapi\.json|startup-events|cancel|reset/?|heartbeat/[^/]+"
    r"|queue/(?:join|data)|run/[^/]+/?|call/chat(?:/[^/]+)?))"
)
PAGES = ("/", "/evaluation")
_HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
_FOREIGN = re.compile(
    r"""<meta\s+(?:property="og:|name="twitter:)[^>]*>\s*|<link\s+rel="manifest"[^>]*>\s*""", re.DOTALL
)


def security_policy(nonce: str) -> str:
    """The Content-Security-Policy: nothing from elsewhere, no script but the server's files and those with `nonce`.

    Inline styles stay allowed: Gradio's own parts set them.
    """
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' 'nonce-{nonce}'",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data:",
            "font-src 'self'",
            "connect-src 'self'",
            "base-uri 'self'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        )
    )


def french_page(html: str, nonce: str, head: str) -> str:
    """Gradio's page with its language told, its scripts allowed, and without its links to other places.

    Gradio writes `<` of its settings as an escape, so that every `<script` of the page is a tag.
    """
    html = _FOREIGN.sub("", html)
    html = html.replace('lang="en"', 'lang="fr"', 1)
    html = html.replace('<meta charset="utf-8" />', f'<meta charset="utf-8" />{head}', 1)
    html = re.sub(r"<script(?=[\s>])", f'<script nonce="{nonce}"', html)
    return html.replace("<gradio-app", f"<noscript><p>{escape(strings.NO_SCRIPT)}</p></noscript><gradio-app", 1)


class Guard:
    """ASGI middleware. `hosts` are the names under which the server may be called, without port.

    A page elsewhere must neither read the base by pointing its own name at this machine (the Host header tells) nor
    post to it (the Origin header tells).
    """

    def __init__(self, app: ASGIApp, hosts: Iterable[str], head: str) -> None:
        self._app = app
        self._hosts = frozenset(host.lower() for host in hosts)
        self._head = head

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            # No websocket is used; lifespan messages pass.
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        nonce = secrets.token_urlsafe(18)
        response = _Response(send, nonce, self._head)
        if not self._called_here(headers):
            await PlainTextResponse("Hôte refusé.", 403)(scope, receive, response)
        elif ROUTES.fullmatch(scope["path"]) is None:
            await PlainTextResponse("Introuvable.", 404)(scope, receive, response)
        else:
            if scope["path"] in PAGES:
                # The page is rewritten on its way out, which needs it uncompressed.
                kept = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
                scope = {**scope, "headers": kept}
            await self._app(scope, receive, response)

    def _called_here(self, headers: Headers) -> bool:
        if _host_name(f"//{headers.get('host', '')}") not in self._hosts:
            return False
        origin = headers.get("origin")
        return origin is None or _host_name(origin) in self._hosts


class _Response:
    """Sends a response on with the security headers; an HTML page is held until complete and rewritten."""

    def __init__(self, send: Send, nonce: str, head: str) -> None:
        self._send = send
        self._nonce = nonce
        self._head = head
        self._start: Message | None = None
        self._body = bytearray()

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(raw=message.setdefault("headers", []))
            headers.update({**_HEADERS, "content-security-policy": security_policy(self._nonce)})
            if headers.get("content-type", "").startswith("text/html"):
                headers["cache-control"] = "no-store"
                self._start = message
                return
        elif message["type"] == "http.response.body" and self._start is not None:
            self._body += message.get("body", b"")
            if message.get("more_body", False):
                return
            page = french_page(self._body.decode(), self._nonce, self._head).encode()
            MutableHeaders(raw=self._start["headers"])["content-length"] = str(len(page))
            await self._send(self._start)
            self._start = None
            message = {"type": "http.response.body", "body": page}
        await self._send(message)


def _host_name(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""
