"""The base as people with different rights see it, over a store of each maker: as if what is hidden were not there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from ingest.pipeline import ingest
from kb.errors import ReperesError
from kb.knowledge import KnowledgeBase
from kb.models.encoder import Encoder
from kb.models.reader.passage_reader import Reader
from kb.retrieval.filters import Filters
from kb.rights.rights import WHOLE, Rights
from kb.settings import Settings
from kb.text.stems import stems
from makers import MAKERS, on_maker
from restricted import ACRONYMS, MARKS, QUESTION, SOURCES, id_of, sources_told, write_sources

RIGHTS = {
    WHOLE: {"ouvert", "rh", "achats"},
    Rights(("rh",)): {"ouvert", "achats"},
    Rights(("ach*",)): {"ouvert", "rh"},
    Rights(("ach*", "rh")): {"ouvert"},
    Rights(("*",)): set(),
}


def opened(settings: Settings, encoder: Encoder, reader: Reader) -> KnowledgeBase:
    from kb.index.opening import open_store

    return KnowledgeBase(open_store(settings).reader(encoder), encoder, reader=reader)


@pytest.fixture(scope="module", params=MAKERS)
def base(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    tiny_encoder: Encoder,
    tiny_reader: Reader,
) -> Iterator[KnowledgeBase]:
    root = tmp_path_factory.mktemp("rights")
    settings = Settings.load({"REPERES_STORE": str(root / "store"), "REPERES_CACHE": str(root / "cache")})
    if request.param == "postgresql":
        settings = replace(settings, database=request.getfixturevalue("postgres").new_database())
    for folder in write_sources(root):
        assert not ingest([folder], settings, tiny_encoder).failed
    with opened(settings, tiny_encoder, tiny_reader) as found:
        yield found


def told(value: Any) -> set[str]:
    """The sources that a value tells something of, in all that can be written of it."""
    return sources_told(repr(value))


@pytest.mark.parametrize("rights", RIGHTS)
def test_nothing_hidden_is_told_whatever_is_asked(base: KnowledgeBase, rights: Rights) -> None:
    seen, shown = base.seen_by(rights), RIGHTS[rights]
    assert seen.rights == rights
    assert told(seen.search(QUESTION)) == shown
    assert told(seen.documents()) == shown
    assert told(seen.documents([id_of(source) for source in SOURCES])) == shown
    assert told(seen.acronyms()) == shown
    assert told(seen.reports()) == shown
    assert told([seen.document(id_of(source)) for source in SOURCES]) == shown
    assert {source for source in SOURCES if seen.read_at(id_of(source))} == shown
    assert {source for source in SOURCES if seen.origin(id_of(source))} == shown
    status = seen.status()
    assert set(status.sources) == shown
    assert told(status.reports) == shown
    assert (status.documents, status.withdrawn) == (len(shown), 0)
    assert bool(status.last_ingestion) == bool(shown)
    assert told(seen.ask(QUESTION, answerer="extractive").hits) == shown
    assert told(seen.catalog.mentions()) == shown
    assert set(seen.catalog.folders()) == shown


@pytest.mark.parametrize("rights", RIGHTS)
def test_words_of_what_is_hidden_are_unknown(base: KnowledgeBase, rights: Rights) -> None:
    seen, shown = base.seen_by(rights), RIGHTS[rights]
    for source in SOURCES:
        mark, may_read = MARKS[source], source in shown
        assert seen.holding(mark).documents == (frozenset({id_of(source)}) if may_read else frozenset())
        assert seen.search(f"« {mark} verse la prime »") or not shown
        # A typing mistake is only taken for a word that may be read.
        mistaken = seen.explain(f"prime {mark[:3]}x{mark[4:]}")
        known = {stem for group in mistaken.groups for way in group for stem in way.stems}
        assert (stems(mark)[0] in known) == may_read
        assert ("comité" in seen.explain(f"Que fait le {ACRONYMS[source]} ?").embedded) == may_read
        assert told(values_offered(seen, Filters(partner=("Personne",)))) == shown
        if may_read:
            assert told(seen.search(QUESTION, filters=Filters(partner=(f"Fondation {mark}",)))) == {source}


def values_offered(base: KnowledgeBase, filters: Filters) -> str:
    """What is said of filters that no document can pass: the values that there are."""
    with pytest.raises(ReperesError) as error:
        base.search(QUESTION, filters=filters)
    return str(error.value)


def test_a_view_finds_what_a_base_without_the_rest_finds(
    base: KnowledgeBase, tmp_path_factory: pytest.TempPathFactory, tiny_encoder: Encoder, tiny_reader: Reader
) -> None:
    """Hits, their order and their scores: nobody can tell from them that there is something else."""
    root = tmp_path_factory.mktemp("alone")
    settings = Settings.load({"REPERES_STORE": str(root / "store"), "REPERES_CACHE": str(root / "cache")})
    for folder in write_sources(root, ["ouvert", "rh"]):
        ingest([folder], settings, tiny_encoder)
    seen = base.seen_by(Rights(("ach*",)))
    with opened(settings, tiny_encoder, tiny_reader) as alone:
        for question in (QUESTION, "comité juin", "agents prime 2024", "Zéphyrin versement", "Quinquina"):
            mine, others = seen.search(question), alone.search(question)
            assert [hit.passage.id for hit in mine] == [hit.passage.id for hit in others]
            assert [hit.score for hit in mine] == pytest.approx([hit.score for hit in others], rel=0.02)
            assert seen.explain(question) == alone.explain(question)


def test_a_view_of_a_view_never_shows_more(base: KnowledgeBase) -> None:
    without_rh = base.seen_by(Rights(("rh",)))
    assert without_rh.seen_by(WHOLE) is without_rh
    assert without_rh.seen_by(Rights(("ach*",))) is base.seen_by(Rights(("ach*", "rh")))
    assert base.seen_by(WHOLE) is base


@pytest.mark.parametrize("settings_on", MAKERS, indirect=True)
def test_what_comes_and_goes_is_seen_by_those_who_may(
    settings_on: Settings, tiny_encoder: Encoder, tiny_reader: Reader, tmp_path: Any
) -> None:
    rights = Rights(("rh",))
    open_folder, hidden_folder = write_sources(tmp_path / "sources", ["ouvert", "rh"])
    ingest([open_folder], settings_on, tiny_encoder)
    with opened(settings_on, tiny_encoder, tiny_reader) as base:
        seen = base.seen_by(rights)
        assert told(seen.search(QUESTION)) == {"ouvert"}
        before = seen.status()
        ingest([hidden_folder], settings_on, tiny_encoder)
        assert told(base.search(QUESTION)) == {"ouvert", "rh"}
        assert told(seen.search(QUESTION)) == {"ouvert"}
        # But for the number of commits, which is told to nobody from whom something is hidden.
        assert replace(seen.status(), generation=0) == replace(before, generation=0)
        (hidden_folder / id_of("rh")).unlink()
        ingest([hidden_folder], settings_on, tiny_encoder, confirm=True)
        assert told(base.withdrawn()) == {"rh"}
        assert seen.withdrawn() == []
        assert replace(seen.status(), generation=0) == replace(before, generation=0)


@pytest.fixture
def settings_on(request: pytest.FixtureRequest, settings: Settings) -> Settings:
    return on_maker(request, settings)
