"""The page, opened in headless Chromium."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

CHROMIUM = Path("/usr/bin/chromium")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
)
PATIENCE = 20_000  # milliseconds: an upper bound, never measured
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip("needs Debian's package chromium")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield launched
        launched.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens a page and checks at the end that it asked nothing of any other host and that no script failed."""
    opened: list[tuple[Page, str, list[str], list[str]]] = []

    def open_(
        address: str,
        width: int = 1280,
        height: int = 800,
        expected: tuple[str, ...] = (),
        signs_in: tuple[str, str] | None = None,
        **options: Any,
    ) -> Page:
        # Gradio's connection is cut when its page is left, and says so.
        expected = ("signal is aborted without reason", "Connection errored out", *expected)
        # Without motion: a picture taken while the page glides shows its parts where nobody sees them.
        options = {"viewport": {"width": width, "height": height}, "reduced_motion": "reduce", **options}
        page = browser.new_page(locale="en-US", **options)
        page.set_default_timeout(PATIENCE)
        requests: list[str] = []
        errors: list[str] = []
        page.on("request", lambda request: requests.append(request.url))

        def note(text: str) -> None:
            if not any(told in text for told in expected):
                errors.append(text)

        page.on("pageerror", lambda error: note(str(error)))
        page.on(
            "console", lambda message: note(f"{message.text} {message.location}") if message.type == "error" else None
        )
        opened.append((page, address, requests, errors))
        page.goto(address)
        if signs_in is not None:
            page.get_by_label("Nom").fill(signs_in[0])
            page.get_by_label("Mot de passe").fill(signs_in[1])
            page.get_by_role("button", name="Se connecter").click()
        page.locator("#welcome h2").wait_for()
        return page

    yield open_
    for page, address, requests, errors in opened:
        page.close()
        assert requests
        assert [url for url in requests if not url.startswith((f"{address}/", "data:"))] == []
        assert errors == []
