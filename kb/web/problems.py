"""What the server's own pages say when something is wrong: in French, as a page to people, as JSON to programs."""

from __future__ import annotations

import logging

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from kb.errors import ReperesError
from kb.web import strings
from kb.web.pages.templating import MESSAGE, page

_TITLES = {404: "Page introuvable", 405: "Page introuvable", 422: "Demande incomprise", 503: "Base indisponible"}

_LONGEST_NAME, _MOST_NAMES = 100, 20

logger = logging.getLogger(__name__)


def add_problem_pages(server: FastAPI) -> None:
    """Handles what routes raise."""

    @server.exception_handler(HTTPException)
    async def told(request: Request, error: HTTPException) -> Response:
        detail = error.detail if error.detail not in {"Not Found", "Method Not Allowed"} else strings.NOT_FOUND
        return _told(request, error.status_code, detail, dict(error.headers or {}))

    @server.exception_handler(RequestValidationError)
    async def misunderstood(request: Request, error: RequestValidationError) -> Response:
        # Names that a caller made up may hold halves of characters, which cannot be sent back.
        names = [str(problem["loc"][-1]).encode("utf-8", "replace").decode() for problem in error.errors()]
        named = ", ".join(dict.fromkeys(name[:_LONGEST_NAME] for name in names[:_MOST_NAMES]))
        return _told(request, 422, strings.MISUNDERSTOOD.format(fields=named))

    @server.exception_handler(ReperesError)
    async def unavailable(request: Request, error: ReperesError) -> Response:
        return _told(request, 503, str(error))

    @server.exception_handler(Exception)
    async def broken(request: Request, error: Exception) -> Response:
        logger.error("a page failed", exc_info=error)
        return _told(request, 500, strings.INTERNAL_WORK_ERROR)


def _told(request: Request, status: int, detail: str, headers: dict[str, str] | None = None) -> Response:
    if request.url.path.startswith("/api/") or "text/html" not in request.headers.get("accept", ""):
        return JSONResponse({"detail": detail}, status, headers)
    text = strings.NO_SUCH_PAGE_WHY if detail == strings.NOT_FOUND else detail
    response = page(request, MESSAGE, status, title=_TITLES.get(status, "Erreur"), text=text)
    response.headers.update(headers or {})
    return response
