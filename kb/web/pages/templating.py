"""Pages that the server writes whole: Jinja2 templates, every value escaped as `kb.web.render` escapes."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, PlainTextResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.types import Scope

from kb.records.accounts import ROLE_NAMES, Person
from kb.text.moments import french_date, french_moment, of_date
from kb.web import strings
from kb.web.chat.plain import plain_html
from kb.web.render import blocks_html, escape, marking, page_url

ASSETS = Path(__file__).parents[1] / "assets"
MESSAGE = "message.html"
"""The page that says what went wrong, or what was done."""


def shown(value: Any) -> Any:
    """What a template prints for a value: HTML made by us as it is, text escaped, with nothing that reorders it."""
    if value is None:
        return ""
    return value if isinstance(value, Markup) else Markup(escape(str(value)))


@cache
def asset(name: str) -> str:
    """The address of one of the pages' own files, with a mark of its content: a new version is never from a cache."""
    return f"/page/{name}?v={hashlib.sha256((ASSETS / name).read_bytes()).hexdigest()[:12]}"


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        finalize=shown,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(strings=strings, asset=asset, roles=ROLE_NAMES)
    environment.filters.update(
        plainly=lambda text: Markup(plain_html(str(text))),
        document=lambda text: Markup(blocks_html(str(text), marking(str(text), 0, 0))),
        html=Markup,
        day=french_date,
        of_date=of_date,
        moment=french_moment,
        linkable=page_url,
        grouped=strings.grouped,
    )
    return environment


_TEMPLATES = _environment()


def person_of(request: Request) -> Person:
    """Who asks. Only for routes that `Access` lets nobody unknown into."""
    person = request.scope.get("state", {}).get("person")
    if not isinstance(person, Person):
        raise RuntimeError("a page that needs a person is public")
    return person


def origin_of(request: Request) -> str:
    """The address under which the application is called: what a link that is given away begins with."""
    return f"{request.url.scheme}://{request.url.netloc}"


def page(request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """A page of the application, with its menu; the application's `state.badge`, if it has one, makes the HTML that
    tells a person there what is new. A message has none."""
    state = request.scope.get("state", {})
    values.setdefault("back", None)
    person = state.get("person")
    # Errors are told on the loop that serves everybody, and often because a database does not answer: a message waits
    # for none.
    badge = None if template == MESSAGE else getattr(request.app.state, "badge", None)
    html = _TEMPLATES.get_template(template).render(
        request=request,
        person=person,
        badge=Markup(badge(person)) if badge is not None and isinstance(person, Person) else "",
        can_leave=getattr(state.get("caller"), "can_leave", False),
        path=request.url.path,
        **values,
    )
    return HTMLResponse(html, status)


def refusal(scope: Scope, status: int, title: str, text: str) -> Response:
    """Why a request is not answered: a page for people, a line for programs."""
    request = Request(scope)
    if request.method == "GET" and "text/html" in request.headers.get("accept", ""):
        return page(request, MESSAGE, status, title=title, text=text)
    return PlainTextResponse(text, status)
