"""Every route that a server has."""

from __future__ import annotations

from collections.abc import Iterator

from starlette.routing import BaseRoute, Mount


def walked(routes: list[BaseRoute], before: str = "") -> Iterator[tuple[str, str, BaseRoute]]:
    """Page, path and route of all of a server, those of mounted applications and included routers too."""
    for route in routes:
        inner = getattr(route, "original_router", None)
        if inner is not None:
            prefix = getattr(getattr(route, "include_context", None), "prefix", "")
            yield from ((page, prefix + path, found) for page, path, found in walked(inner.routes, before))
        elif isinstance(route, Mount):
            yield from walked(list(route.routes or ()), before + route.path)
        else:
            yield before, getattr(route, "path", ""), route
