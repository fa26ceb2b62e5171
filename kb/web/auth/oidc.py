"""Signing in at an OpenID Connect provider. Imported where one is configured: authlib takes 10 MB of memory."""

from __future__ import annotations

import logging
from typing import Any

from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.starlette_client import OAuth
from fastapi import APIRouter, Request
from fastapi.responses import Response
from joserfc.errors import JoseError
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware

from kb.web import strings
from kb.web.auth.access import SIGN_IN
from kb.web.auth.claims import expected, groups_of, name_of, signatures
from kb.web.auth.gate import Gate
from kb.web.auth.provider_client import BoundedProvider
from kb.web.auth.sign_in import let_in, own_page, refused

_SECONDS_TO_SIGN_IN = 600

logger = logging.getLogger(__name__)


def oidc_routes(gate: Gate) -> APIRouter:
    """`/connexion/fournisseur`, which leads to the provider, and `/connexion/retour`, where it sends people back."""
    router = APIRouter()
    settings = gate.settings
    provider: Any = OAuth().register(
        "provider",
        client_cls=BoundedProvider,
        server_metadata_url=f"{settings.oidc_issuer.rstrip('/')}/.well-known/openid-configuration",
        client_id=settings.oidc_client,
        client_secret=settings.oidc_key or None,
        client_kwargs={"scope": "openid email profile", "code_challenge_method": "S256"},
    )
    back = f"{settings.public_url.rstrip('/')}{SIGN_IN}/retour"

    @router.get(f"{SIGN_IN}/fournisseur")
    async def leave(request: Request, suite: str = "/") -> Response:
        request.session["suite"] = own_page(suite)
        try:
            response: Response = await provider.authorize_redirect(request, back)
        except Exception:  # out of reach, or whatever it sent: nobody is signed in
            logger.exception("the OpenID Connect provider cannot be asked")
            return refused(request, gate, strings.PROVIDER_SILENT)
        return response

    @router.get(f"{SIGN_IN}/retour")
    async def come_back(request: Request) -> Response:
        wanted = str(request.session.get("suite", "/"))
        try:
            metadata = await provider.load_server_metadata()
            metadata["id_token_signing_alg_values_supported"] = signatures(metadata)
            wanted_claims = expected(metadata.get("issuer") or settings.oidc_issuer, settings.oidc_client)
            token = await provider.authorize_access_token(request, claims_options=wanted_claims)
        except (OAuthError, JoseError, ValueError) as error:
            logger.warning("a sign-in at the provider failed: %s: %s", type(error).__name__, error)
            return refused(request, gate, strings.PROVIDER_REFUSED)
        except Exception:  # out of reach, or whatever it sent: nobody is signed in
            logger.exception("the OpenID Connect provider cannot be asked")
            return refused(request, gate, strings.PROVIDER_SILENT)
        finally:
            request.session.clear()
        claims = token.get("userinfo") or {}
        name = name_of(claims, settings.oidc_name)
        if name is None:
            return refused(request, gate, strings.PROVIDER_NAMELESS.format(claim=settings.oidc_name))
        account = gate.account_elsewhere(name, groups_of(claims, settings.oidc_groups))
        return await run_in_threadpool(let_in, request, gate, account, wanted)

    return router


def sign_in_session(gate: Gate) -> Middleware:
    """The cookie that holds a sign-in under way, good for some minutes; any replica may end it."""
    return Middleware(
        SessionMiddleware,
        session_cookie="reperes_sign_in",
        secret_key=gate.sign_in_key(),
        same_site="lax",
        https_only=gate.secure,
        max_age=_SECONDS_TO_SIGN_IN,
    )
