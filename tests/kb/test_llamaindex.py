"""The knowledge base and the splitter as parts of LlamaIndex programs: real answers, and real refusals."""

import asyncio
from pathlib import Path
from typing import cast

import pytest
from llama_index.core import get_response_synthesizer
from llama_index.core.llms import MockLLM
from llama_index.core.postprocessor import SimilarityPostprocessor
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.schema import Document, QueryBundle, TextNode
from llama_index.core.tools import QueryEngineTool

from ingest.node_parser import PassageNodeParser
from ingest.pipeline import ingest
from kb.knowledge import KnowledgeBase
from kb.llamaindex import ReperesQueryEngine, ReperesRetriever
from kb.models.encoder import Encoder
from kb.retrieval.filters import Filters
from kb.settings import Settings
from kb.types import Document as Stored
from small_base import UnsaidBase

ANSWERABLE = "De combien dispose l'appel à projets des quartiers fertiles ?"
UNANSWERABLE = "Combien coûte le stade de Grigny ?"


@pytest.fixture
def base(tmp_path: Path, settings: Settings, tiny_encoder: Encoder) -> KnowledgeBase:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.md").write_text(
        "---\ntitre: Les quartiers fertiles\ndate: 2020-12-07\n---\n\n"
        "L'appel à projets des quartiers fertiles dispose de 34 millions d'euros.",
        encoding="utf-8",
    )
    ingest([tmp_path / "docs"], settings, tiny_encoder)
    return KnowledgeBase.open(settings, tiny_encoder)


def test_the_retriever_gives_passages_as_nodes(base: KnowledgeBase) -> None:
    nodes = ReperesRetriever(base, k=3).retrieve("quartiers fertiles")
    hit = base.search("quartiers fertiles", k=3)[0]
    assert nodes[0].node.node_id == hit.passage.id
    assert nodes[0].score == pytest.approx(hit.score)
    assert nodes[0].metadata == {"document": "a.md", "title": "Les quartiers fertiles", "date": "2020-12-07"}
    base.close()


def test_the_query_engine_answers_with_its_sources(base: KnowledgeBase) -> None:
    response = ReperesQueryEngine(base).query(QueryBundle(ANSWERABLE))
    assert "34 millions d'euros" in str(response)
    assert "[1]" in str(response)
    (source,) = response.source_nodes
    assert source.metadata["document"] == "a.md"
    assert response.metadata is not None
    assert (response.metadata["refused"], response.metadata["reason"]) == (False, None)
    (quote,) = response.metadata["quotes"][source.node.node_id]
    document = base.document("a.md")
    assert document is not None
    assert quote["number"] == 1
    assert "34 millions d'euros" in document.text[quote["start"] : quote["end"]]
    base.close()


def test_the_query_engine_refuses_without_any_source(base: KnowledgeBase) -> None:
    response = ReperesQueryEngine(base).query(UNANSWERABLE)
    assert response.source_nodes == []
    assert response.metadata is not None
    assert response.metadata["refused"] is True
    assert response.metadata["reason"] is not None
    assert response.metadata["quotes"] == {}
    assert "34 millions" not in str(response)
    base.close()


def test_the_nearest_sentences_of_a_refusal_are_no_sources() -> None:
    base = UnsaidBase([Stored("a.md", "d", "Un titre", "Le stade de Grigny est connu. Il est vieux.")])
    response = ReperesQueryEngine(cast("KnowledgeBase", base)).query(UNANSWERABLE)
    assert response.source_nodes == []
    assert response.metadata is not None
    assert (response.metadata["reason"], response.metadata["quotes"]) == ("unsaid", {})
    (near,) = response.metadata["nearest"]
    assert (near["document"], near["quote"]) == ("a.md", "Le stade de Grigny est connu.")


def test_the_node_parser_gives_the_passages_that_would_be_indexed(tiny_encoder: Encoder) -> None:
    parser = PassageNodeParser(count_tokens=tiny_encoder.count_tokens, max_tokens=tiny_encoder.max_tokens)
    text = "## Un\n\nPremière phrase.\n\n## Deux\n\nSeconde phrase."
    nodes = parser.get_nodes_from_documents([Document(text=text, id_="d.md", metadata={"title": "Titre"})])
    assert [node.metadata["heading"] for node in nodes] == ["Un", "Deux"]
    for node in nodes:
        assert isinstance(node, TextNode)
        assert node.text == text[node.start_char_idx : node.end_char_idx]
        assert node.ref_doc_id == "d.md"


def test_the_retriever_works_inside_a_plain_llamaindex_program(base: KnowledgeBase) -> None:
    engine = RetrieverQueryEngine(
        retriever=ReperesRetriever(base, k=5),
        response_synthesizer=get_response_synthesizer(llm=MockLLM()),
        node_postprocessors=[SimilarityPostprocessor(similarity_cutoff=0.0)],
    )
    response = engine.query("De combien disposent les quartiers fertiles ?")
    assert [source.metadata["document"] for source in response.source_nodes] == ["a.md"]
    # The mock model repeats its prompt: the passage went into it.
    assert "34 millions d'euros" in str(response)
    base.close()


def test_the_whole_is_a_tool_for_llamaindex_agents(base: KnowledgeBase) -> None:
    tool = QueryEngineTool.from_defaults(ReperesQueryEngine(base), name="reperes", description="Les documents.")
    assert "34 millions d'euros" in tool.call(ANSWERABLE).content
    response = asyncio.run(ReperesQueryEngine(base).aquery(ANSWERABLE))
    assert "34 millions d'euros" in str(response)
    assert len(response.source_nodes) == 1
    nodes = asyncio.run(ReperesRetriever(base).aretrieve(ANSWERABLE))
    assert [found.node.node_id for found in nodes] == [hit.passage.id for hit in base.search(ANSWERABLE)] != []
    base.close()


def test_filters_go_through_both_doors(base: KnowledgeBase) -> None:
    before = Filters(until="2019")
    assert ReperesRetriever(base, filters=before).retrieve("quartiers fertiles") == []
    assert ReperesRetriever(base, filters=Filters(since="2020")).retrieve("quartiers fertiles")
    assert ReperesQueryEngine(base, filters=Filters(since="2020")).query(ANSWERABLE).source_nodes
    assert ReperesQueryEngine(base, filters=before).query(ANSWERABLE).source_nodes == []
    base.close()
