"""Signing in by password, and out; the page that leads to a provider (see `kb.web.auth.oidc`)."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from kb.records.accounts import Person
from kb.web import strings
from kb.web.auth.access import SIGN_IN
from kb.web.auth.gate import COOKIE, Gate
from kb.web.pages.templating import page

# A page of ours, never another site (`//elsewhere`, `/\elsewhere`).
_OURS = re.compile(r"/(?![/\\])[^\\\x00-\x1f]*")


def sign_in_routes(gate: Gate) -> APIRouter:
    """`/connexion` and `/connexion/fin`."""
    router = APIRouter()

    @router.get(SIGN_IN)
    def form(request: Request, suite: str = "/") -> Response:
        if not gate.signs_in:
            return RedirectResponse("/", 303)
        return page(request, "sign_in.html", kind=gate.kind, wanted=own_page(suite), name="", trouble=None)

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
            return let_in(gate, person, suite)
        else:
            gate.rate_limits.failed_sign_in(name, address)
        return page(request, "sign_in.html", status, kind=gate.kind, wanted=own_page(suite), name=name, trouble=trouble)

    @router.post(f"{SIGN_IN}/fin")
    def sign_out(request: Request) -> Response:
        if gate.sessions is not None and (token := request.cookies.get(COOKIE)):
            gate.sessions.end(token)
        response = RedirectResponse(SIGN_IN, 303)
        response.delete_cookie(COOKIE)
        return response

    return router


def let_in(gate: Gate, person: Person, wanted: str) -> Response:
    """Signs a person in, and sends them to the page that they wanted."""
    assert gate.sessions is not None
    response = RedirectResponse(own_page(wanted), 303)
    # Lax: who comes back from the provider, or follows a link to a document, is signed in; a foreign form is not.
    response.set_cookie(COOKIE, gate.sessions.begin(person), httponly=True, secure=gate.secure, samesite="lax")
    return response


def refused(request: Request, gate: Gate, trouble: str) -> Response:
    """The page of sign-in again, with why nobody was signed in."""
    return page(request, "sign_in.html", 401, kind=gate.kind, wanted="/", name="", trouble=trouble)


def own_page(wanted: str) -> str:
    """`wanted` when it is a page of ours, else the page of questions."""
    return wanted if _OURS.fullmatch(wanted) else "/"
