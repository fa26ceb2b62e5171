"""What the browser tests share."""

from __future__ import annotations

import json
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

OUTPUT = Path(__file__).parents[1] / "output"


def ask(page: Page, question: str, state: str = "done") -> None:
    """Asks a question and waits for its turn to be in a state."""
    page.get_by_label("Votre question").fill(question)
    page.get_by_label("Votre question").press("Enter")
    page.locator(f"#current .turn[data-state={state}]").filter(has_text=question).wait_for()


def picture(page: Page, name: str, *, whole: bool = False) -> None:
    """Keeps a picture of what is in view, or of the whole page."""
    OUTPUT.mkdir(exist_ok=True)
    page.screenshot(path=OUTPUT / f"{name}.png", animations="disabled", full_page=whole)


def serious(page: Page, state: str) -> list[str]:
    """What axe-core finds, serious or critical, Gradio's own parts included."""
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
    return [
        f"{state}: {violation['id']}: {node['target']}: {json.dumps(node['html'])[:160]}"
        for violation in Axe().run(page, options={"runOnly": rules}).response["violations"]
        if violation["impact"] in {"serious", "critical"}
        for node in violation["nodes"]
    ]
