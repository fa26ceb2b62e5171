"""What the menu tells of what is new; how it counts stands with the page (`test_news`)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from kb.records.following.visits import Visits
from kb.settings import Settings
from kb.web.news.badge import badge_html
from serving import Application
from small_base import SmallBase
from small_pages import DOCUMENTS


@pytest.mark.parametrize(
    ("number", "followed", "shown", "told"),
    [
        (1, 0, ">1<", " : 1 nouveauté depuis votre visite<"),
        (99, 1, ">99<", " : 99 nouveautés depuis votre visite, dont 1 pour une question suivie<"),
        (2345, 2, ">99+<", " : 2\u202f345 nouveautés depuis votre visite, dont 2 pour une question suivie<"),
    ],
)
def test_a_number_is_shown_and_a_sentence_is_read(number: int, followed: int, shown: str, told: str) -> None:
    badge = badge_html(number, followed)
    assert f'<span class="fresh" aria-hidden="true"{shown}' in badge
    assert f'<span class="unseen">{told}' in badge
    assert badge_html(0) == ""


def test_a_page_stands_where_what_is_new_cannot_be_counted(
    application: Application, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    client = application(SmallBase(DOCUMENTS))
    Path(f"{settings.app_database}-wal").unlink(missing_ok=True)
    settings.app_database.write_bytes(b"ce fichier n'est pas une base" * 100)
    page = client.get("/aide")
    assert (page.status_code, 'class="fresh"' in page.text) == (200, False)
    assert "what is new could not be counted" in caplog.text


def test_a_page_stands_where_the_reports_cannot_be_read(
    application: Application, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken(SmallBase):
        def reports(self) -> list[dict[str, Any]]:
            raise sa.exc.OperationalError("SELECT", {}, OSError("disk I/O error"))

    Visits(settings.app_database, 365).look("")
    page = application(Broken(DOCUMENTS)).get("/aide")
    assert (page.status_code, 'class="fresh"' in page.text) == (200, False)
    assert "what is new could not be counted" in caplog.text
