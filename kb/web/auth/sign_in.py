"""Signing in by password, and out; the page that leads to a provider (see `kb.web.auth.oidc`)."""

from __future__ import annotations

import math
import re

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from kb.errors import ReperesError
from kb.records.accounts import Account
from kb.records.devices import SECONDS_KNOWN
from kb.web import strings
from kb.web.auth.access import SIGN_IN
from kb.web.auth.forms import read_form
from kb.web.auth.gate import COOKIE, Gate
from kb.web.auth.verifying import BusyError
from kb.web.operation import Metrics
from kb.web.pages.templating import page

DEVICE_COOKIE = "reperes_appareil"
SECONDS_UNTIL_LESS_BUSY = 5
# What the form may hold, and how long each value may be.
_FIELDS = {"nom": 120, "mot_de_passe": 1000, "suite": 2000}
# A page of ours, never another site (`//elsewhere`, `/\elsewhere`).
_OURS = re.compile(r"/(?![/\\])[^\\\x00-\x1f]*")


def sign_in_routes(gate: Gate, metrics: Metrics) -> APIRouter:
    """`/connexion` and `/connexion/fin`."""
    router = APIRouter()

    @router.get(SIGN_IN)
    def form(request: Request, suite: str = "/") -> Response:
        if not gate.signs_in:
            return RedirectResponse("/", 303)
        return page(request, "sign_in.html", kind=gate.kind, wanted=own_page(suite), name="", trouble=None)

    @router.post(SIGN_IN)
    async def password(request: Request) -> Response:
        if gate.kind != "accounts":
            return RedirectResponse(SIGN_IN, 303)
        given = await read_form(request, _FIELDS)
        if missing := [name for name in ("nom", "mot_de_passe") if not given.get(name)]:
            raise HTTPException(422, strings.MISUNDERSTOOD.format(fields=", ".join(missing)))
        return await _checked(request, gate, metrics, given)

    @router.post(f"{SIGN_IN}/fin")
    async def sign_out(request: Request) -> Response:
        given = await read_form(request, {"partout": 3})
        if (token := request.cookies.get(COOKIE)) is not None:
            await run_in_threadpool(_leave, request, gate, token, everywhere=given.get("partout") == "oui")
        response = RedirectResponse(SIGN_IN, 303)
        response.delete_cookie(COOKIE)
        return response

    return router


def let_in(request: Request, gate: Gate, account: Account, wanted: str) -> Response:
    """Signs a person in, and sends them to the page that they wanted. The browser's session before it ends."""
    assert gate.sessions is not None
    if before := request.cookies.get(COOKIE):
        gate.sessions.end(before)
    response = RedirectResponse(own_page(wanted), 303)
    # Lax: who comes back from the provider, or follows a link to a document, is signed in; a foreign form is not.
    response.set_cookie(COOKIE, gate.sessions.begin(account), httponly=True, secure=gate.secure, samesite="lax")
    return response


def refused(
    request: Request,
    gate: Gate,
    trouble: str,
    status: int = 401,
    *,
    wanted: str = "/",
    name: str = "",
    seconds: int | None = None,
) -> Response:
    """The page of sign-in again, with why nobody was signed in, and after how many seconds trying again may do."""
    response = page(
        request, "sign_in.html", status, kind=gate.kind, wanted=own_page(wanted), name=name, trouble=trouble
    )
    if seconds is not None:
        response.headers["retry-after"] = str(seconds)
    return response


def own_page(wanted: str) -> str:
    """`wanted` when it is a page of ours, else the page of questions."""
    return wanted if _OURS.fullmatch(wanted) else "/"


async def _checked(request: Request, gate: Gate, metrics: Metrics, given: dict[str, str]) -> Response:
    """Checks a password, if it may be checked now."""
    name, secret, wanted = given["nom"].strip(), given["mot_de_passe"], given.get("suite", "/")
    address = request.scope["state"]["address"]
    device = request.cookies.get(DEVICE_COOKIE, "")
    if device and not await run_in_threadpool(_knows, gate, device, name):
        device = ""
    reserved = await run_in_threadpool(gate.attempts.reserve, name, address, device)
    if isinstance(reserved, float):
        metrics.signed_in("delayed")
        trouble = strings.TOO_MANY_SIGN_INS.format(wait=strings.waiting(reserved))
        return refused(request, gate, trouble, 429, wanted=wanted, name=name, seconds=math.ceil(reserved))
    try:
        account = await gate.verifying.check(
            lambda: gate.accounts.signed_in(name, secret), address, is_known=bool(device)
        )
    except ReperesError as error:  # nothing was checked
        await run_in_threadpool(gate.attempts.give_back, reserved)
        if not isinstance(error, BusyError):
            raise
        metrics.signed_in("busy")
        seconds = SECONDS_UNTIL_LESS_BUSY
        return refused(request, gate, strings.BUSY_SIGNING_IN, 503, wanted=wanted, name=name, seconds=seconds)
    metrics.signed_in("wrong" if account is None else "right")
    if account is None:
        return refused(request, gate, strings.WRONG_PASSWORD, wanted=wanted, name=name)
    await run_in_threadpool(gate.attempts.give_back, reserved)
    response = await run_in_threadpool(let_in, request, gate, account, wanted)
    await run_in_threadpool(_remember, gate, response, account, device)
    return response


def _knows(gate: Gate, device: str, name: str) -> bool:
    return gate.devices is not None and gate.devices.knows(device, name)


def _remember(gate: Gate, response: Response, account: Account, device: str) -> None:
    """Makes the browser known for the next time, under a new mark."""
    if gate.devices is None:
        return
    if device:
        gate.devices.forget(device)
    response.set_cookie(
        DEVICE_COOKIE,
        gate.devices.remember(account.person.name),
        max_age=SECONDS_KNOWN,
        path=SIGN_IN,
        httponly=True,
        secure=gate.secure,
        samesite="lax",
    )


def _leave(request: Request, gate: Gate, token: str, *, everywhere: bool) -> None:
    """Ends this session, or all of whoever is signed in with it: one that has ended already ends no other."""
    if gate.sessions is None:
        return
    caller = gate.session_caller(request) if everywhere else None
    gate.sessions.end(token)
    if caller is not None:
        gate.sessions.end_all(caller.person.name)
