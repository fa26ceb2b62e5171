"""What the tests of the application over HTTP share."""

from __future__ import annotations

from collections.abc import Callable

import httpx

Application = Callable[..., httpx.Client]


def password(name: str) -> str:
    """The password of a person of the tests."""
    return f"le mot de passe de {name}"
