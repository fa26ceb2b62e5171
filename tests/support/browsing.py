"""What the browser tests share."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import FloatRect, Locator, Page

OUTPUT = Path(__file__).parents[1] / "output"
LOOKS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "phone": {"color_scheme": "light", "width": 320, "height": 640},
}
# Where things are, at each frame, from now on. What moves is summed as web.dev does: the worst of the bursts, moves at
# most a second apart within five; what comes later on a slow machine is another one.
WATCH = """() => {
    window.seen = { tops: new Set(), scrolls: new Set(), shifts: 0, heights: [] };
    const burst = { sum: 0, first: -Infinity, last: -Infinity };
    new PerformanceObserver((list) => {
        for (const shift of list.getEntries().filter((one) => !one.hadRecentInput)) {
            if (shift.startTime - burst.last > 1000 || shift.startTime - burst.first > 5000)
                Object.assign(burst, { sum: 0, first: shift.startTime });
            burst.sum += shift.value;
            burst.last = shift.startTime;
            window.seen.shifts = Math.max(window.seen.shifts, burst.sum);
        }
    }).observe({ type: "layout-shift" });
    const look = () => {
        const answer = document.querySelector("#current .answer");
        if (answer) {
            window.seen.tops.add(Math.round(answer.getBoundingClientRect().top));
            if (document.querySelector("#current .turn[data-state=writing]"))
                window.seen.heights.push(document.querySelector("#current").offsetHeight);
        }
        window.seen.scrolls.add(Math.round(window.scrollY + document.querySelector("#conversation").scrollTop));
        requestAnimationFrame(look);
    };
    look();
}"""
SEEN = """() => ({
    tops: [...window.seen.tops], scrolls: [...window.seen.scrolls], shifts: window.seen.shifts,
    shrank: window.seen.heights.some((height, n) => n && height < window.seen.heights[n - 1] - 1),
})"""

# Spinners turn for ever: only what comes to an end is waited for.
SETTLED = """() => document.getAnimations().every((animation) =>
    animation.playState !== "running" || animation.effect.getComputedTiming().endTime === Infinity)"""


def ask(page: Page, question: str, state: str = "done") -> None:
    """Asks a question and waits for its turn to be in a state."""
    page.get_by_label("Votre question").fill(question)
    page.get_by_label("Votre question").press("Enter")
    page.locator(f"#current .turn[data-state={state}]").filter(has_text=question).wait_for()


def picture(page: Page, name: str, *, whole: bool = False) -> None:
    """Keeps a picture of what is in view, or of the whole page."""
    OUTPUT.mkdir(exist_ok=True)
    page.screenshot(path=OUTPUT / f"{name}.png", animations="disabled", full_page=whole)


def settled(page: Page) -> None:
    """Waits until nothing fades or slides any more: what is half there has half its contrast."""
    page.wait_for_function(SETTLED)


def at_rest(part: Locator) -> FloatRect:
    """Where a part of a page is once it has stayed there for a while: documents that come in push it about."""
    before, still = None, 0
    for _ in range(400):
        box = part.bounding_box()
        still = still + 1 if box is not None and box == before else 0
        if box is not None and still == 5:
            return box
        before = box
        part.page.wait_for_timeout(50)
    raise AssertionError("it does not come to rest")


def serious(page: Page, state: str) -> list[str]:
    """What axe-core finds, serious or critical, Gradio's own parts included, once the page is settled.

    What it finds once only was on its way: a part may begin to fade in between a look at the page and the next one.
    """
    found = _found_by_axe(page, state)
    if found:
        page.wait_for_timeout(500)
        again = _found_by_axe(page, state)
        found = [violation for violation in found if violation in again]
    return found


def _found_by_axe(page: Page, state: str) -> list[str]:
    settled(page)
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
    return [
        f"{state}: {violation['id']}: {node['target']}: {json.dumps(node['html'])[:160]}"
        for violation in Axe().run(page, options={"runOnly": rules}).response["violations"]
        if violation["impact"] in {"serious", "critical"}
        for node in violation["nodes"]
    ]
