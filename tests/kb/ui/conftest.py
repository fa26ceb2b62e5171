"""Pages opened in headless Chromium."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

PATIENCE = 60_000  # milliseconds: an upper bound, never measured
expect.set_options(timeout=PATIENCE)
# The page says within a second that the server is silent, with a button « Arrêter » more: on a busy machine it may be,
# while a test looks at something else.
PATIENTLY = f"""(() => {{
  const timeout = AbortSignal.timeout.bind(AbortSignal);
  AbortSignal.timeout = (milliseconds) => timeout(Math.max(milliseconds, {PATIENCE}));
}})()"""


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens a page and checks at the end that it asked nothing of any other host and that no script failed.

    `patient` pages wait a minute before they say that the server is silent.
    """
    opened: list[tuple[Page, str, list[str], list[str]]] = []

    def open_(
        address: str,
        width: int = 1280,
        height: int = 800,
        expected: tuple[str, ...] = (),
        signs_in: tuple[str, str] | None = None,
        patient: bool = True,
        **options: Any,
    ) -> Page:
        # Gradio's connection is cut when its page is left, and says so.
        expected = ("signal is aborted without reason", "Connection errored out", *expected)
        # Without motion: a picture taken while the page glides shows its parts where nobody sees them.
        options = {"viewport": {"width": width, "height": height}, "reduced_motion": "reduce", **options}
        page = browser.new_page(locale="en-US", **options)
        page.set_default_timeout(PATIENCE)
        if patient:
            page.add_init_script(PATIENTLY)
        requests: list[str] = []
        errors: list[str] = []
        page.on("request", lambda request: requests.append(request.url))

        def note(text: str) -> None:
            if not any(usual in text for usual in expected):
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
