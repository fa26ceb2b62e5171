"""Signing in and out: by password, or at an OpenID Connect provider."""

from __future__ import annotations

import logging
import re
import secrets
from typing import Annotated, Any

from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.starlette_client import OAuth
from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from joserfc.errors import JoseError
from starlette.concurrency import run_in_threadpool

from kb.records.accounts import Person
from kb.web import strings
from kb.web.auth.access import SIGN_IN
from kb.web.auth.gate import COOKIE, LONGEST_NAME, Gate
from kb.web.pages.templating import page

# A page of ours, never another site (`//elsewhere`, `/\elsewhere`).
_OURS = re.compile(r"/(?![/\\])[^\\\x00-\x1f]*")

logger = logging.getLogger(__name__)


def sign_in_routes(gate: Gate) -> APIRouter:
    """`/connexion`, where the provider sends people back, and `/connexion/fin`."""
    router = APIRouter()

    @router.get(SIGN_IN)
    def form(request: Request, suite: str = "/") -> Response:
        if not gate.signs_in:
            return RedirectResponse("/", 303)
        return page(request, "sign_in.html", kind=gate.kind, wanted=_ours(suite), name="", trouble=None)

    @router.post(SIGN_IN)
    def password(
        request: Request,
        nom: Annotated[str, Form(max_length=120)],
        mot_de_passe: Annotated[str, Form(max_length=1000)],
        suite: Annotated[str, Form(max_length=2000)] = "/",
    ) -> Response:
        if gate.kind != "accounts":
            return RedirectResponse(SIGN_IN, 303)
        address = request.client.host if request.client else ""
        name, trouble, status = nom.strip(), strings.WRONG_PASSWORD, 401
        if not gate.rate_limits.may_sign_in(name, address):
            trouble, status = strings.TOO_MANY_SIGN_INS, 429
        elif (person := gate.accounts.signed_in(name, mot_de_passe)) is not None:
            return _welcome(gate, person, suite)
        else:
            gate.rate_limits.failed_sign_in(name, address)
        return page(request, "sign_in.html", status, kind=gate.kind, wanted=_ours(suite), name=name, trouble=trouble)

    @router.post(f"{SIGN_IN}/fin")
    def sign_out(request: Request) -> Response:
        if gate.sessions is not None and (token := request.cookies.get(COOKIE)):
            gate.sessions.end(token)
        response = RedirectResponse(SIGN_IN, 303)
        response.delete_cookie(COOKIE)
        return response

    if gate.kind == "oidc":
        _add_provider(router, gate)
    return router


def session_key() -> str:
    """The key of the cookie that holds a sign-in under way: new at each start, good for some minutes."""
    return secrets.token_urlsafe(32)


def _add_provider(router: APIRouter, gate: Gate) -> None:
    settings = gate.settings
    provider: Any = OAuth().register(
        "provider",
        server_metadata_url=f"{settings.oidc_issuer.rstrip('/')}/.well-known/openid-configuration",
        client_id=settings.oidc_client,
        client_secret=settings.oidc_key or None,
        client_kwargs={"scope": "openid email profile", "code_challenge_method": "S256"},
    )
    back = f"{settings.public_url.rstrip('/')}{SIGN_IN}/retour"

    @router.get(f"{SIGN_IN}/fournisseur")
    async def leave(request: Request, suite: str = "/") -> Response:
        request.session["suite"] = _ours(suite)
        try:
            response: Response = await provider.authorize_redirect(request, back)
        except Exception:  # out of reach, or whatever it sent: nobody is signed in
            logger.exception("the OpenID Connect provider cannot be asked")
            return _failed(request, gate, strings.PROVIDER_SILENT)
        return response

    @router.get(f"{SIGN_IN}/retour")
    async def come_back(request: Request) -> Response:
        wanted = str(request.session.get("suite", "/"))
        try:
            token = await provider.authorize_access_token(request)
        except (OAuthError, JoseError, ValueError) as error:
            logger.warning("a sign-in at the provider failed: %s: %s", type(error).__name__, error)
            return _failed(request, gate, strings.PROVIDER_REFUSED)
        except Exception:  # out of reach, or whatever it sent: nobody is signed in
            logger.exception("the OpenID Connect provider cannot be asked")
            return _failed(request, gate, strings.PROVIDER_SILENT)
        finally:
            request.session.clear()
        claims = token.get("userinfo") or {}
        name = str(claims.get(settings.oidc_name) or "")
        # An address that its provider has not verified may be anybody's.
        unverified = settings.oidc_name == "email" and claims.get("email_verified") is False
        if not name or len(name) > LONGEST_NAME or unverified:
            return _failed(request, gate, strings.PROVIDER_NAMELESS.format(claim=settings.oidc_name))
        return await run_in_threadpool(_welcome, gate, gate.named(name), wanted)


def _welcome(gate: Gate, person: Person, wanted: str) -> Response:
    assert gate.sessions is not None
    response = RedirectResponse(_ours(wanted), 303)
    # Lax: who comes back from the provider, or follows a link to a document, is signed in; a foreign form is not.
    response.set_cookie(COOKIE, gate.sessions.begin(person), httponly=True, secure=gate.secure, samesite="lax")
    return response


def _failed(request: Request, gate: Gate, trouble: str) -> Response:
    return page(request, "sign_in.html", 401, kind=gate.kind, wanted="/", name="", trouble=trouble)


def _ours(wanted: str) -> str:
    return wanted if _OURS.fullmatch(wanted) else "/"
