"""What changed in the base, from the reports of its ingestions."""

from __future__ import annotations

from typing import Any

from kb.web.news.changes import DocumentChange, changes_of, documents_since, together


def report(began: str, *changes: tuple[str, str], seconds: float = 0.4) -> dict[str, Any]:
    """The report of an ingestion with these changes: (document, kind)."""
    told = [{"document": name, "title": name.upper(), "change": kind, "diff": [f"+ {kind}"]} for name, kind in changes]
    return {"began": began, "seconds": seconds, "changes": told}


def test_a_change_is_told_from_the_end_of_its_ingestion_on() -> None:
    reports = [report("2026-03-03T10:00:00+00:00", ("b", "added"), seconds=59.2), report("2026-03-02", ("a", "added"))]
    assert [(change.document, change.at) for change in changes_of(reports)] == [
        ("b", "2026-03-03T10:01:00+00:00"),
        ("a", "2026-03-02T00:00:01+00:00"),
    ]


def test_the_documents_that_changed_since_a_moment_are_told_once() -> None:
    reports = [
        report("2026-03-04T10:00:00+00:00", ("b", "updated"), ("c", "withdrawn")),
        {"began": "?", "changes": [{"document": "x"}]},
        report("2026-03-03T10:00:00+00:00", ("b", "added")),
        report("2026-03-02T10:00:00+00:00", ("a", "added")),
    ]
    assert documents_since(reports, "2026-03-02T10:00:01+00:00") == {"b", "c"}
    assert documents_since(reports, "2026-03-04T10:00:01+00:00") == set()


def test_ingestions_of_one_second_are_told_one_after_another() -> None:
    before = report("2026-03-02T09:59:59.900000+00:00", ("a", "added"), seconds=0.2)
    reports = [
        report("2026-03-02T10:00:01.300000+00:00", ("d", "added"), seconds=0.1),
        report("2026-03-02T10:00:00.700000+00:00", ("c", "added"), seconds=0.1),
        report("2026-03-02T10:00:00.300000+00:00", ("b", "added"), seconds=0.1),
        before,
    ]
    moments = {change.document: change.at for change in changes_of(reports)}
    assert list(moments) == ["d", "c", "b", "a"]
    assert [moments[name][-8:-6] for name in "abcd"] == ["01", "02", "03", "04"]
    assert changes_of([before])[0].at == moments["a"]  # what came later moves nothing
    assert documents_since(reports, moments["b"]) == {"c", "d"}
    # After a clock that was an hour early, moments are those of the clock that is right.
    early = report("2026-03-02T11:00:00+00:00", ("e", "added"))
    assert changes_of([*reports, early])[0].at == moments["d"]


def test_reports_that_do_not_tell_when_are_left_out() -> None:
    assert changes_of([{}, {"began": "?"}, {"began": "2026-03-02", "seconds": "x", "changes": [{}]}]) == []


def test_the_changes_of_a_document_are_told_as_one() -> None:
    def change(at: str, document: str, kind: Any) -> DocumentChange:
        return DocumentChange(at, document, document, kind, (f"+ {at}",))

    found = together(
        [
            change("9", "a", "updated"),
            change("8", "a", "updated"),
            change("7", "b", "updated"),
            change("6", "b", "added"),
            change("5", "c", "withdrawn"),
            change("4", "c", "added"),
        ]
    )
    assert [(told.document, told.kind, told.at, told.diff) for told in found] == [
        ("a", "updated", "9", ("+ 9", "+ 8")),
        ("b", "added", "7", ()),
        ("c", "withdrawn", "5", ("+ 5",)),
    ]
