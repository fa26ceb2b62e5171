"""What editors may add, and see of what is added, where some sources are hidden from them."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from kb.errors import ReperesError
from kb.ports import Views
from kb.records.accounts import Person
from kb.rights.restrictions import Restriction, Restrictions
from kb.types import Document
from kb.web.pages.document_editor import DocumentEditor
from kb.web.uploads import Uploads
from small_base import SmallBase
from small_pages import StillIngestor

HIDDEN = "https://rh.exemple.fr/prime"
OTHER = "https://exemple.fr/autre"
NOTE = Document("note.md", "rh", "Note", "La prime est versée en juin.")
EditorOf = Callable[..., DocumentEditor]


@pytest.fixture
def base() -> SmallBase:
    return SmallBase([NOTE])


@pytest.fixture
def editor_of(base: SmallBase, tmp_path: Path) -> EditorOf:
    """An editor who is in some groups."""
    views = Views(lambda: base, Restrictions((Restriction(("rh", "rh.*"), frozenset({"drh"})),)))
    uploads = Uploads(tmp_path / "uploads", 1)

    def made(*groups: str) -> DocumentEditor:
        person = Person("anne", "editor", frozenset(groups))
        return DocumentEditor(views, StillIngestor(), uploads, tmp_path / "app.db", 1, person)

    return made


def test_no_address_is_for_those_from_whom_sources_are_hidden(base: SmallBase, editor_of: EditorOf) -> None:
    """The page of an address that the base has is read again where it is: what becomes of it would tell that it is
    there. So none is theirs to add, nor to see, whatever it is, and whether or not anything hidden is a page."""
    anne, drh = editor_of(), editor_of("drh")
    file = anne.uploads.keep("a.md", io.BytesIO(b"A"))
    keys = {address: anne.uploads.keep_address(address) for address in (HIDDEN, OTHER)}
    assert [upload.name for upload in anne.waiting()] == ["a.md"]
    before = anne.refusals()
    base.held.append(replace(NOTE, id=HIDDEN, source="rh.exemple.fr"))
    assert anne.refusals() == before
    assert [upload.name for upload in anne.waiting()] == ["a.md"]
    assert len(drh.waiting()) == 3
    drh.check_address()
    refused = [[what for what, why in editor.refusals().items() if why] for editor in (drh, anne)]
    assert refused == [[], ["addresses"]]
    with pytest.raises(ReperesError, match="réservées à des groupes"):
        anne.check_address()
    for key in (*keys.values(), "0123456789abcdef"):
        anne.discard(key)
        for act in (anne.upload, anne.preview, lambda key: anne.accept(key, {})):
            with pytest.raises(ReperesError, match="n'attend plus"):
                act(key)
    assert len(drh.waiting()) == 3
    assert anne.upload(file).name == "a.md"
    for key in keys.values():
        drh.accept(key, {})
    assert anne.outcomes() == []
    assert {outcome.added.url: outcome.state for outcome in drh.outcomes()} == {HIDDEN: "indexed", OTHER: "waiting"}


def test_who_is_told_little_is_told_why_their_file_was_refused(base: SmallBase, editor_of: EditorOf) -> None:
    anne = editor_of()
    key = anne.uploads.keep("a.md", io.BytesIO(b"A"))
    anne.accept(key, {})
    failed = [{"source": f"{key}/a.md", "reason": "aucun texte"}, {"source": "note.md", "reason": "illisible"}]
    base.told = [{"began": "2999-01-01T00:00:00+00:00", "failed": failed}]
    assert [(outcome.state, outcome.reason) for outcome in anne.outcomes()] == [("refused", "aucun texte")]
