"""What stands before Gradio: who may call, which of its routes exist, the security headers, and the page in French."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kb.web import strings
from kb.web.pages.templating import refusal
from kb.web.render import escape

# Gradio has many routes that this page has no use for: they take uploads, serve files, fetch from elsewhere. What is
# not here is not found. A later page that needs one adds it.
_GRADIO = (
    r"(?:theme\.css|config/?|(?:assets|static)/.*"
    r"|gradio_api/(?:info/?|openapi\.json|startup-events|cancel|reset/?|heartbeat/[^/]+"
    r"|queue/(?:join|data)|run/[^/]+/?))"
)
ROUTES = re.compile(
    rf"/(?:|{_GRADIO}|gradio_api/call/chat(?:/[^/]+)?|evaluation/?|evaluation/{_GRADIO}"
    r"|evaluation/rapport/\d+|evaluation/questions(?:\.(?:csv|jsonl|xlsx))?"
    r"|healthz|readyz|metrics|favicon\.ico|robots\.txt|page/.*"
    r"|connexion(?:/(?:fin|fournisseur|retour))?|lire|explorer(?:/(?:partenaire|programme))?"
    r"|conversations(?:/effacer|/[\w-]+/effacer|/[\w-]+\.(?:md|docx))?"
    r"|documents(?:/(?:fichiers|adresse|fiche|fiche/reprendre|retirer|effacer|mettre-a-jour|etat)"
    r"|/attente/[0-9a-f]{16}(?:/(?:ajouter|ecarter))?)?"
    r"|aide|accessibilite|api(?:/(?:ask|search|openapi\.json))?)"
)
# Gradio's own pages, which are rewritten on their way out.
PAGES = ("/", "/evaluation", "/evaluation/")
LARGEST_BODY = 4_000_000  # bytes; added files apart
_HEADERS = {
    "x-content-type-options": "nosniff",
    # Not `no-referrer`: forms would then be sent without their origin, which is how foreign ones are told.
    "referrer-policy": "same-origin",
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
            "form-action 'self'",
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
    """ASGI middleware. `hosts` are the names under which the server may be called, without port; `largest_body` is
    what may be sent as files, in bytes.

    A page elsewhere must neither read the base by pointing its own name at this machine (the Host header tells) nor
    post to it (the Origin header tells).
    """

    def __init__(self, app: ASGIApp, hosts: Iterable[str], head: str, largest_body: int = LARGEST_BODY) -> None:
        self._app = app
        self._largest_body = largest_body
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
        response = _Response(send, nonce, self._head if scope["path"] in PAGES else None)
        if not self._called_here(headers):
            await PlainTextResponse("Hôte refusé.", 403)(scope, receive, response)
        elif self._is_too_large(scope["path"], headers):
            await PlainTextResponse("Envoi trop volumineux.", 413)(scope, receive, response)
        elif ROUTES.fullmatch(scope["path"]) is None:
            await refusal(scope, 404, strings.NO_SUCH_PAGE, strings.NOT_FOUND)(scope, receive, response)
        else:
            if scope["path"] in PAGES:
                # The page is rewritten on its way out, which needs it uncompressed.
                kept = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
                scope = {**scope, "headers": kept}
            await self._app(scope, receive, response)

    def _is_too_large(self, path: str, headers: Headers) -> bool:
        """Whether a body is larger than its route may take, or of a size that its sender does not tell."""
        length = headers.get("content-length", "0" if "transfer-encoding" not in headers else "")
        limit = self._largest_body if path == "/documents/fichiers" else LARGEST_BODY
        return not length.isdigit() or int(length) > limit

    def _called_here(self, headers: Headers) -> bool:
        if _host_name(f"//{headers.get('host', '')}") not in self._hosts:
            return False
        origin = headers.get("origin")
        return origin is None or _host_name(origin) in self._hosts


class _Response:
    """Sends a response on with the security headers; a page of Gradio's (`head` is given) is held and rewritten."""

    def __init__(self, send: Send, nonce: str, head: str | None) -> None:
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
                if self._head is not None:
                    self._start = message
                    return
        elif message["type"] == "http.response.body" and self._start is not None:
            self._body += message.get("body", b"")
            if message.get("more_body", False):
                return
            page = french_page(self._body.decode(), self._nonce, self._head or "").encode()
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
