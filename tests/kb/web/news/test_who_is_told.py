"""Who may follow what, and of whom nothing is remembered."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from serving import Application
from small_base import SmallBase
from small_pages import DOCUMENTS, FINANCING

ADDRESS = "/nouveautes"


@pytest.mark.parametrize("sent", [{"conversation": "autre"}, {"conversation": "x" * 200}, {}])
def test_only_a_conversation_of_ones_own_can_be_followed(application: Application, sent: dict[str, str]) -> None:
    assert application().post(f"{ADDRESS}/suivre", data=sent).status_code == 422


def test_without_retention_nobody_is_remembered(application: Application) -> None:
    base = SmallBase(DOCUMENTS)
    added = {"document": FINANCING.id, "title": FINANCING.title, "change": "added", "diff": []}
    base.told = [{"began": datetime.now(UTC).isoformat(), "seconds": 0.0, "changes": [added]}]
    client = application(base, retention_days=0)
    page = client.get(ADDRESS).text
    assert "Derniers changements" in page
    assert "Questions suivies" not in page
    refused = client.post(f"{ADDRESS}/suivre", data={"conversation": "c1"})
    assert refused.status_code == 422
    assert "ne garde rien" in refused.text
