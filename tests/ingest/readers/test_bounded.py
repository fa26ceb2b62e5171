"""Readers in child processes: the same documents as in this process, and each failure a French line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bundled import CORPUS, bundled_domain
from ingest.readers import bounded, read_document
from ingest.readers.bounded import Readers
from kb.bounded.children import Children
from kb.bounded.limits import Limits
from kb.errors import DocumentError
from real_files import documents

SUPPORT = Path(__file__).parents[2] / "support" / "hostile"


@pytest.fixture(scope="module")
def readers() -> Iterator[Readers]:
    with Readers() as made:
        yield made


@pytest.fixture
def faulty(monkeypatch: pytest.MonkeyPatch) -> Iterator[Readers]:
    """Readers of which some files bring their process down (tests/support/hostile/tasks_of_children.py)."""
    monkeypatch.setenv("PYTHONPATH", str(SUPPORT))
    monkeypatch.setattr(bounded, "_TASKS", "tasks_of_children")
    with Readers() as made:
        yield made


def test_a_document_is_the_same_as_in_this_process(readers: Readers) -> None:
    corpus = [(path.name, path.read_bytes()) for path in sorted((CORPUS / "documents").iterdir())]
    for name, content in [*corpus, *((f"a{suffix}", content) for suffix, content in documents())]:
        given = {"name": name, "source": "essais", "document_id": name, "domain": bundled_domain()}
        assert readers.document(content, **given) == read_document(content, **given)  # type: ignore[arg-type]


def test_what_a_reader_refuses_is_told_as_it_says_it(readers: Readers) -> None:
    with pytest.raises(DocumentError, match=r"^vide\.md : fichier vide"):
        readers.document(b" ", name="vide.md", source="essais", document_id="vide.md")
    with pytest.raises(DocumentError, match=r"^a\.xyz : format non pris en charge"):
        readers.document(b"x", name="a.xyz", source="essais", document_id="a.xyz")


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("faute.md", "lecture impossible (erreur interne : IndexError) ; signalez-le"),
        ("panne.md", "la lecture s'est interrompue : le fichier est sans doute endommagé ; récupérez-le"),
        ("mémoire.md", "la lecture demande trop de mémoire (plus de 2"),
        ("profond.md", "le document imbrique trop d'éléments pour être lu ; simplifiez-le"),
    ],
)
def test_what_brings_a_process_down_is_a_failure_of_that_file(faulty: Readers, name: str, reason: str) -> None:
    with pytest.raises(DocumentError) as raised:
        faulty.document(b"Un texte.", name=name, source="essais", document_id=name)
    assert raised.value.source == name
    assert raised.value.reason.startswith(reason)
    assert faulty.document(b"Un texte.", name="bon.md", source="essais", document_id="bon.md").text == "Un texte."


def test_what_takes_too_long_is_a_failure_of_that_file(readers: Readers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded, "_limits", lambda *_, **__: Limits(200 << 20, 1, 0.0, 1_000_000))
    with pytest.raises(DocumentError, match=r"long\.md : la lecture prend trop de temps \(plus de 1 secondes\)"):
        readers.document(b"Un texte.", name="long.md", source="essais", document_id="long.md")


def test_what_a_child_says_is_believed_only_in_shape(readers: Readers, monkeypatch: pytest.MonkeyPatch) -> None:
    answers: list[object] = [[], {}, {"document": {}}, {"document": {"title": 1}}, {"document": []}]
    for answer in answers:
        monkeypatch.setattr(Children, "run", lambda *_, answer=answer: answer)
        with pytest.raises(DocumentError, match="erreur interne"):
            readers.document(b"Un texte.", name="a.md", source="essais", document_id="a.md")


def test_larger_files_may_take_more_and_none_everything() -> None:
    small, large, packed = bounded._limits(10_000), bounded._limits(10_000_000), bounded._limits(1_000_000, packed=True)
    assert (small.processor, large.processor) == (6, 66)
    assert small.memory < 260_000_000 < packed.memory < large.memory
    endless = bounded._limits(10**9)
    assert (endless.processor, endless.memory) == (120, (2 << 30) + 10**9)


def test_links_and_feeds_are_read_aside(readers: Readers) -> None:
    page = b"<a href=/b>B</a><a href='https://ailleurs.fr/'>C</a><a href='a?page=2'>Page suivante</a>"
    found = readers.page_links(page, "https://exemple.fr/a", "text/html; charset=utf-8")
    assert found is not None
    assert found.links == ("https://exemple.fr/b", "https://ailleurs.fr/", "https://exemple.fr/a?page=2")
    assert found.next_part == "https://exemple.fr/a?page=2"
    assert readers.page_links(b"%PDF-1.7", "https://exemple.fr/a.pdf", "application/pdf") is None
    feed = readers.feed(b"<urlset><url><loc>https://exemple.fr/a</loc></url></urlset>", "https://exemple.fr/plan.xml")
    assert (feed.pages, feed.sitemaps) == (("https://exemple.fr/a",), ())
    with pytest.raises(DocumentError, match="ce n'est ni un flux"):
        readers.feed(b"<html/>", "https://exemple.fr/plan.xml")
