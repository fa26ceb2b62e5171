"""Searches among the documents that pass filters and may be read: as if there were no others, on each maker."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from ingest.split import split_document
from kb.errors import ReperesError
from kb.index import vectors as vectors_module
from kb.index.catalog.among import Among
from kb.index.catalog.reader import CatalogReader
from kb.index.embedding import NewVersion
from kb.index.opening import open_store
from kb.index.restricted import RestrictedReader
from kb.index.store import IndexReader, Lease
from kb.index.vectors import SPACES
from kb.index.writer import IndexWriter
from kb.models.encoder import Encoder
from kb.retrieval.filters import Filters
from kb.rights.rights import WHOLE, Rights
from kb.settings import Settings
from kb.types import Document
from makers import MAKERS
from server_index import words

SUBJECTS = ("le budget de la ville", "les aides aux familles", "le relogement des ménages", "la culture au jardin")
RIGHTS = (WHOLE, Rights(("b",)), Rights(("a", "c*")), Rights(("*",)))
LONG = "É" * 300  # longer than what an index of PostgreSQL takes, should it be kept as it is


def _document(number: int, chance: random.Random) -> Document:
    def some(values: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(chance.sample(values, chance.randrange(len(values))))

    text = f"Le document {number} traite de {chance.choice(SUBJECTS)}, au numéro {chance.randrange(9)}."
    return Document(
        id=f"{number}.md",
        source=chance.choice(("a", "b", "c1", "c2")),
        title=f"Titre {number % 5}",
        text=f"## Partie {number % 7}\n\n{text}\n\n## Suite\n\nEncore {chance.choice(SUBJECTS)}.",
        date=chance.choice((None, "2023", "2024", "2024-03", "2024-04", "2024-03-15", "2024-12-31", "2025-01-01")),
        kind=chance.choice((None, "article", "Article", "règlement")),
        rubric=chance.choice((None, "Actu", LONG)),
        programmes=some(("NPLUM", "nplum", "PLUM", "Jardins calmes")),
        partners=some(("Caisse", "UDS", "Fonds Lumière")),
    )


def _filters(chance: random.Random) -> Filters:
    def some(values: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(chance.sample(values, chance.choice((0, 0, 1, 2))))

    dates = (None, None, "2023", "2024", "2024-03", "2024-03-15", "2024-03-16", "2025")
    since, until = chance.choice(dates), chance.choice(dates)
    return Filters(
        some(("ARTICLE", "reglement", "rapport")),
        some(("actu", LONG.lower())),
        some(("plum", "NPLUM", "jardins  calmes")),
        some(("caisse", "uds")),
        since,
        until if since is None or until is None or since <= until else None,
    )


@pytest.fixture(scope="module", params=MAKERS)
def reader(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, tiny_encoder: Encoder
) -> Iterator[IndexReader]:
    root = tmp_path_factory.mktemp("filtered")
    settings = Settings.load({"REPERES_STORE": str(root / "store"), "REPERES_CACHE": str(root / "cache")})
    if request.param == "postgresql":
        settings = replace(settings, database=request.getfixturevalue("postgres").new_database())
    store, chance = open_store(settings), random.Random(7)
    versions = []
    for number in range(60):
        document = _document(number, chance)
        passages = split_document(document, tiny_encoder.count_tokens, 512)
        versions.append(NewVersion(document, str(number), "", tuple(passages)))
    with IndexWriter(store, tiny_encoder, "1") as index:
        index.commit(versions)
        index.withdraw(["3.md", "4.md"])
    opened = store.reader(tiny_encoder)
    yield opened
    opened.close()


def _seen(reader: IndexReader, rights: Rights) -> IndexReader:
    return RestrictedReader(reader, rights) if rights.hidden else reader


@pytest.mark.parametrize("rights", RIGHTS, ids=str)
def test_the_base_chooses_the_documents_that_their_headers_would(reader: IndexReader, rights: Rights) -> None:
    chance, passed, refused = random.Random(1), 0, 0
    with _seen(reader, rights).lease() as lease:
        assert lease is not None
        headers = lease.catalog.headers()
        for _ in range(60):
            filters = _filters(chance)
            expected = _selected(filters, headers)
            if isinstance(expected, str):
                refused += 1
                with pytest.raises(ReperesError) as told:
                    filters.among(lease.catalog)
                assert str(told.value) == expected
                continue
            passed += bool(expected)
            _check(filters.among(lease.catalog), expected, lease.catalog)
            named = chance.sample([header.id for header in headers], len(headers) // 2)
            _check(filters.among(lease.catalog, named), [name for name in expected if name in named], lease.catalog)
        assert refused
        assert bool(passed) == bool(headers)


def test_what_filters_come_to_is_asked_once(reader: IndexReader, monkeypatch: pytest.MonkeyPatch) -> None:
    filters, known = Filters(kind=("Article",), since="2024"), dict[str, Any]()
    with reader.lease() as lease:
        assert lease is not None
        first = filters.among(lease.catalog, known=known)
        monkeypatch.setattr(CatalogReader, "values", _must_not)
        again = filters.among(lease.catalog, known=known)
        assert first.documents() == again.documents() != []


def _must_not(*_: object) -> dict[str, str]:
    raise AssertionError("asked again")


def _selected(filters: Filters, headers: list[Document]) -> list[str] | str:
    """The ids of the documents, or why there can be none."""
    try:
        return filters.select(headers)
    except ReperesError as error:
        return str(error)


def _check(among: Among, expected: list[str], catalog: CatalogReader) -> None:
    """What is known of the documents that are searched, asked for in any order."""
    assert among.count() == len(expected)
    assert sorted(among.documents()) == sorted(expected)
    assert among.count() == len(expected)
    assert among.share() == len(expected) / 58  # of all: none can tell, it only says how far to look
    passages = catalog.passage_ids(expected)
    assert sorted(among.ids("passages")) == sorted(passages)
    assert sorted(among.ids("sections")) == sorted(catalog.section_ids(expected))
    everything = catalog.passage_ids(catalog.document_ids())
    assert among.fitting("passages", everything) == set(passages)


@pytest.mark.parametrize("most", [2_000, 0], ids=["looking through the best", "by ids"])
@pytest.mark.parametrize("rights", RIGHTS, ids=str)
def test_what_is_found_is_the_best_of_what_passes(
    reader: IndexReader, rights: Rights, most: int, tiny_encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vectors_module, "_MOST_LOOKED_THROUGH", most)
    chance, found = random.Random(2), 0
    with _seen(reader, rights).lease() as lease:
        assert lease is not None
        for _ in range(15):
            try:
                among = _filters(chance).among(lease.catalog)
            except ReperesError:
                continue
            found += _check_vectors(lease, among, tiny_encoder) + _check_words(lease, among)
        assert bool(found) == (rights != Rights(("*",)))


def _check_vectors(lease: Lease, among: Among, encoder: Encoder) -> int:
    asked = encoder.encode(["les aides de la ville aux familles"], "query")[0]
    allowed = set(among.ids("passages"))
    cosines = {name: float(vector @ asked) for name, vector in lease.vectors.items("passages") if name in allowed}
    hits = lease.vectors.search("passages", asked, 10, among)
    assert {name for name, _ in hits} <= allowed
    assert [cosine for _, cosine in hits] == pytest.approx(sorted(cosines.values(), reverse=True)[:10], abs=1e-3)
    assert [cosine for _, cosine in hits] == pytest.approx([cosines[name] for name, _ in hits], abs=1e-3)
    return len(hits)


def _check_words(lease: Lease, among: Among) -> int:
    allowed = set(among.ids("passages"))
    groups = words("budget de la ville aux familles numéro 3")
    every = lease.lexical.search("body", groups, 1_000)
    expected = [(name, score) for name, score in every if name in allowed]
    hits = lease.lexical.search("body", groups, 5, among)
    assert {name for name, _ in hits} <= allowed
    assert [score for _, score in hits] == pytest.approx([score for _, score in expected[:5]])
    phrase = lease.lexical.phrase("les aides aux familles", 5, among)
    assert set(phrase) <= allowed
    assert len(phrase) == min(5, len(allowed & set(lease.lexical.phrase("les aides aux familles", 1_000))))
    return len(hits)


@pytest.mark.parametrize("rights", RIGHTS, ids=str)
def test_vectors_of_what_may_not_be_read_are_not_given(reader: IndexReader, rights: Rights) -> None:
    every = reader.catalog.document_ids()
    ids = [*reader.catalog.passage_ids(every), *reader.catalog.section_ids(every)]
    with _seen(reader, rights).lease() as lease:
        assert lease is not None
        shown = lease.catalog.document_ids()
        assert lease.vectors.get(ids).keys() == {*lease.catalog.passage_ids(shown), *lease.catalog.section_ids(shown)}
        for space in SPACES:
            assert lease.vectors.count(space) == len(list(lease.vectors.items(space))) <= len(ids)


def test_an_erased_or_withdrawn_document_is_no_choice(reader: IndexReader) -> None:
    assert not {"3.md", "4.md"} & set(reader.catalog.among().documents())
    assert reader.catalog.among().share() == 1
