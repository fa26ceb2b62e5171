"""What stands before Gradio: who may call, which of its routes exist, the security headers, and the page in French."""

from __future__ import annotations

import re
import secrets

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kb.web import strings
from kb.web.door.origins import Address, Origins
from kb.web.door.routes import exists, is_page, page_path
from kb.web.pages.templating import refusal
from kb.web.render import escape

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
_LENGTH = re.compile(r"[0-9]{1,18}")
_UTF8 = re.compile(r"""charset\s*=\s*["']?utf-?8["']?\s*(?:;|\Z)""")
_OTHER_ADDRESSES = {
    *(f"x-forwarded-{what}".encode() for what in ("host", "port", "prefix", "proto", "scheme", "server", "ssl")),
    *(b"forwarded", b"x-gradio-server", b"x-host", b"x-original-host", b"x-original-url", b"x-rewrite-url"),
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


def french_page(html: str, nonce: str, head: str, base: str = "./") -> str:
    """Gradio's page with its language told, its scripts allowed, its own files found from `base`, and without its links
    to other places.

    Gradio writes `<` of its settings as an escape, so that every `<script` of the page is a tag.
    """
    html = _FOREIGN.sub("", html)
    html = html.replace('lang="en"', 'lang="fr"', 1)
    html = html.replace('<meta charset="utf-8" />', f'<meta charset="utf-8" />{head}', 1)
    # The page of questions stands at more than one address; that of evaluation has its own files.
    html = html.replace('<base href="./" />', f'<base href="{base}" />', 1)
    html = re.sub(r"<script(?=[\s>])", f'<script nonce="{nonce}"', html)
    return html.replace("<gradio-app", f"<noscript><p>{escape(strings.NO_SCRIPT)}</p></noscript><gradio-app", 1)


class Guard:
    """ASGI middleware. `origins` tells which calls are for this server; `largest_body` is what may be sent as files,
    in bytes.

    What is behind sees the address that people call, however the proxy before it called it.
    """

    def __init__(self, app: ASGIApp, origins: Origins, head: str, largest_body: int = LARGEST_BODY) -> None:
        self._app = app
        self._largest_body = largest_body
        self._origins = origins
        self._head = head

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            # No websocket is used; lifespan messages pass.
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        gradio_page = is_page(scope["path"])
        base = "/" if page_path(scope["path"]) == "/" else "./"
        response = _Response(send, secrets.token_urlsafe(18), self._head if gradio_page else None, base)
        here = self._origins.reached(scope)
        if here is None or not self._origins.may_call(scope, here):
            await PlainTextResponse(strings.ORIGIN_REFUSED, 403)(scope, receive, response)
        elif scope["method"] == "OPTIONS":
            # Nobody elsewhere may call, so nobody need ask whether they may.
            await PlainTextResponse(strings.NOT_FOUND, 405)(scope, receive, response)
        elif self._is_too_large(scope["path"], headers):
            await PlainTextResponse("Envoi trop volumineux.", 413)(scope, receive, response)
        elif not _is_utf8(headers):
            await PlainTextResponse(strings.CHARSET_REFUSED, 415)(scope, receive, response)
        elif not exists(scope["path"]):
            await refusal(_seen(scope, here), 404, strings.NO_SUCH_PAGE, strings.NO_SUCH_PAGE_WHY)(
                scope, receive, response
            )
        else:
            await self._app(_seen(scope, here, compressed=not gradio_page), receive, response)

    def _is_too_large(self, path: str, headers: Headers) -> bool:
        """Whether a body is larger than its route may take, or of a size that its sender does not tell."""
        length = headers.get("content-length", "0" if "transfer-encoding" not in headers else "")
        limit = self._largest_body if path == "/documents/fichiers" else LARGEST_BODY
        return not _LENGTH.fullmatch(length) or int(length) > limit


def _is_utf8(headers: Headers) -> bool:
    """Whether a body, if it is text, is in UTF-8: Python knows encodings that make halves of characters, or fail."""
    told = headers.get("content-type", "").lower()
    return told.count("charset") == len(_UTF8.findall(told))


def _seen(scope: Scope, here: Address, *, compressed: bool = True) -> Scope:
    """A request as what is behind may see it: called at `here`, without what callers say of another address.

    Gradio writes into its page what such headers tell. A page that is rewritten on its way out comes uncompressed.
    """
    left_out = _OTHER_ADDRESSES if compressed else _OTHER_ADDRESSES | {b"accept-encoding"}
    headers = [(name, value) for name, value in scope["headers"] if name not in left_out and name != b"host"]
    return {**scope, "scheme": here.scheme, "headers": [(b"host", here.netloc.encode()), *headers]}


class _Response:
    """Sends a response on with the security headers; a page of Gradio's (`head` is given) is held and rewritten."""

    def __init__(self, send: Send, nonce: str, head: str | None, base: str = "./") -> None:
        self._send = send
        self._base = base
        self._nonce = nonce
        self._head = head
        self._start: Message | None = None
        self._body = bytearray()

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(raw=message.setdefault("headers", []))
            for name in [name for name in headers if name.startswith("access-control-")]:
                del headers[name]  # Gradio's: it lets any port of this machine read with whoever's cookie
            # A file of somebody's comes with its own policy, which is stricter.
            policy = headers.get("content-security-policy") or security_policy(self._nonce)
            headers.update({**_HEADERS, "content-security-policy": policy})
            if headers.get("content-type", "").startswith("text/html"):
                headers["cache-control"] = "no-store"
                if self._head is not None:
                    self._start = message
                    return
        elif message["type"] == "http.response.body" and self._start is not None:
            self._body += message.get("body", b"")
            if message.get("more_body", False):
                return
            page = french_page(self._body.decode(), self._nonce, self._head or "", self._base).encode()
            MutableHeaders(raw=self._start["headers"])["content-length"] = str(len(page))
            await self._send(self._start)
            self._start = None
            message = {"type": "http.response.body", "body": page}
        await self._send(message)
