"""The second database, opened by many at once."""

from __future__ import annotations

import threading
from pathlib import Path

from kb.records.database import AppDatabase


def test_many_threads_may_make_it_at_once(tmp_path: Path) -> None:
    errors: list[Exception] = []
    gate = threading.Barrier(12)

    def opens() -> None:
        gate.wait()
        try:
            AppDatabase(tmp_path / "app.db").close()
        except Exception as error:  # noqa: BLE001  (told by the assertion below)
            errors.append(error)

    threads = [threading.Thread(target=opens) for _ in range(12)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert errors == []
