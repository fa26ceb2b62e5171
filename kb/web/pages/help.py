"""The short guide, and the statement of accessibility."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from kb.web.pages.templating import page


def help_routes(days: int) -> APIRouter:
    """`/aide` and `/accessibilite`. `days` is how long conversations and feedback are kept."""
    router = APIRouter()

    @router.get("/aide")
    def guide(request: Request) -> Response:
        return page(request, "help.html", days=days)

    @router.get("/accessibilite")
    def accessibility(request: Request) -> Response:
        return page(request, "accessibility.html")

    return router
