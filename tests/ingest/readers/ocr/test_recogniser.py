"""Pages in their child processes: what one costs, and what becomes of the others (no page is really recognised)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.readers.ocr import recogniser
from ingest.readers.ocr.recogniser import Recogniser

SUPPORT = Path(__file__).parents[3] / "support" / "hostile"


@pytest.fixture(autouse=True)
def _tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(SUPPORT))
    monkeypatch.setattr(recogniser, "_TASKS", "tasks_of_recognition")


@pytest.fixture
def recognising(tmp_path: Path) -> Iterator[Recogniser]:
    with Recogniser(tmp_path) as made:
        yield made


def outcomes(made: Recogniser, content: bytes) -> list[str]:
    return [page.outcome for page in made.pages(content, "a.pdf", "a.pdf", range(len(content))).values()]


def test_a_page_that_fails_costs_itself(recognising: Recogniser) -> None:
    assert outcomes(recognising, b"bcbnbfb") == ["read", "failed", "read", "failed", "read", "failed", "read"]


def test_a_page_that_takes_too_long_is_left_out(recognising: Recogniser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recogniser, "_PROCESSOR", 1)
    assert outcomes(recognising, b"btb") == ["read", "time", "read"]


def test_a_document_whose_pages_all_fail_is_given_up(recognising: Recogniser) -> None:
    found = outcomes(recognising, b"c" * 20)
    assert found[:5] == ["failed"] * 5
    assert set(found[8:]) == {"later"}


def test_pages_beyond_the_most_are_told(tmp_path: Path) -> None:
    with Recogniser(tmp_path, most_pages=2) as made:
        assert outcomes(made, b"bbb") == ["read", "read", "later"]


def test_a_page_is_recognised_once(tmp_path: Path) -> None:
    texts = []
    for name in ("a.pdf", "renommé.pdf"):
        with Recogniser(tmp_path) as made:
            pages = made.pages(b"b", name, name, [0])
        texts.append(pages[0].lines[0].text)
    assert texts[0] == texts[1]  # the text names its process


def test_each_page_is_told(recognising: Recogniser) -> None:
    told: list[str] = []
    recognising.pages(b"bb", "a.pdf", "a.pdf", [0, 1], told.append)
    assert told == ["a.pdf, page 1 (OCR, 1 sur 2)", "a.pdf, page 2 (OCR, 2 sur 2)"]


def test_without_the_library_pages_are_absent(recognising: Recogniser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recogniser, "is_installed", lambda: False)
    assert outcomes(recognising, b"bb") == ["absent", "absent"]
