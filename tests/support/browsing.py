"""What the browser tests share."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

OUTPUT = Path(__file__).parents[1] / "output"


def ask(page: Page, question: str, state: str = "done") -> None:
    """Asks a question and waits for its turn to be in a state."""
    page.get_by_label("Votre question").fill(question)
    page.get_by_label("Votre question").press("Enter")
    page.locator(f"#current .turn[data-state={state}]").filter(has_text=question).wait_for()


def picture(page: Page, name: str) -> None:
    """Keeps a picture of the page."""
    OUTPUT.mkdir(exist_ok=True)
    page.screenshot(path=OUTPUT / f"{name}.png", animations="disabled")
