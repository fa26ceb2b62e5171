from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from ingest.readers.ocr import kept
from ingest.readers.ocr.kept import KeptPages, erase_pages
from ingest.readers.reading import RecognisedLine, RecognisedPage
from kb.index.catalog.journal import mark

IMAGE = "a" * 64
PAGE = RecognisedPage((RecognisedLine("Bonjour", 10, 50, 100, 700, 0.8, is_row=True),), left_out=1)


def test_a_page_is_found_again_by_its_image(tmp_path: Path) -> None:
    pages = KeptPages(tmp_path)
    assert pages.find(IMAGE, "a.pdf") is None
    pages.keep(IMAGE, "a.pdf", PAGE)
    assert KeptPages(tmp_path).find(IMAGE, "a.pdf") == PAGE
    assert pages.find("b" * 64, "a.pdf") is None


def test_without_a_store_nothing_is_kept(tmp_path: Path) -> None:
    KeptPages(None).keep(IMAGE, "a.pdf", PAGE)
    assert KeptPages(None).find(IMAGE, "a.pdf") is None


def test_a_mark_that_a_child_made_up_leads_nowhere(tmp_path: Path) -> None:
    KeptPages(tmp_path).keep("../../dehors", "a.pdf", PAGE)
    assert list(tmp_path.iterdir()) == []


def test_what_another_version_read_or_is_damaged_counts_for_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = KeptPages(tmp_path)
    pages.keep(IMAGE, "a.pdf", PAGE)
    monkeypatch.setattr(kept, "VERSION", "autre")
    assert pages.find(IMAGE, "a.pdf") is None
    (file,) = (tmp_path / "ocr").iterdir()
    file.write_text("{", encoding="utf-8")
    assert pages.find(IMAGE, "a.pdf") is None


def test_erasing_a_document_erases_its_pages_also_those_that_another_has(tmp_path: Path) -> None:
    pages = KeptPages(tmp_path)
    pages.keep(IMAGE, "a.pdf", PAGE)
    pages.find(IMAGE, "b.pdf")
    pages.keep("b" * 64, "c.pdf", PAGE)
    erase_pages(tmp_path, [mark("b.pdf")])
    assert pages.find(IMAGE, "a.pdf") is None
    assert pages.find("b" * 64, "c.pdf") == PAGE


@pytest.mark.parametrize(("age", "written", "stays"), [(0, "{", True), (120, "{", False), (0, "", False)])
def test_what_another_process_has_half_written_is_left_to_it_for_a_minute(
    tmp_path: Path, age: int, written: str, stays: bool
) -> None:
    KeptPages(tmp_path).keep(IMAGE, "a.pdf", PAGE)
    (page,) = (tmp_path / "ocr").iterdir()
    new = page.rename(page.with_suffix(".123.new"))  # whole but for its name, where nothing else is written
    if written:
        new.write_text(written, encoding="utf-8")
    os.utime(new, (time.time() - age,) * 2)
    erase_pages(tmp_path, [mark("a.pdf")])
    assert new.exists() == stays
