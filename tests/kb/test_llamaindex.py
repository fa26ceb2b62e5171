import asyncio
from pathlib import Path

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


def test_the_query_engine_answers_with_its_sources_or_refuses(base: KnowledgeBase) -> None:
    engine = ReperesQueryEngine(base)
    answer = base.ask("Quel appel à projets pour les quartiers fertiles ?")
    response = engine.query(QueryBundle("Quel appel à projets pour les quartiers fertiles ?"))
    assert str(response) == answer.text
    assert response.metadata is not None
    assert response.metadata["refused"] == answer.refused
    assert [each.node.node_id for each in response.source_nodes] == [each.passage.id for each in answer.citations]
    refused = engine.query("Combien coûte le stade de Grigny ?")
    assert refused.source_nodes == []
    assert refused.metadata is not None
    assert refused.metadata["refused"]
    base.close()


def test_the_node_parser_gives_the_passages_that_would_be_indexed(tiny_encoder: Encoder) -> None:
    parser = PassageNodeParser(count_tokens=tiny_encoder.count_tokens, max_tokens=tiny_encoder.max_tokens)
    text = "## Un\n\nPremière phrase.\n\n## Deux\n\nSeconde phrase."
    nodes = parser.get_nodes_from_documents([Document(text=text, id_="d.md", metadata={"title": "Titre"})])
    assert [each.metadata["heading"] for each in nodes] == ["Un", "Deux"]
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
    assert [each.metadata["document"] for each in response.source_nodes] == ["a.md"]
    # The mock model repeats its prompt: the passage went into it.
    assert "34 millions d'euros" in str(response)
    base.close()


def test_the_whole_is_a_tool_for_llamaindex_agents(base: KnowledgeBase) -> None:
    tool = QueryEngineTool.from_defaults(ReperesQueryEngine(base), name="reperes", description="Les documents.")
    question = "Quel appel à projets pour les quartiers fertiles ?"
    assert base.ask(question).text in tool.call(question).content
    response = asyncio.run(ReperesQueryEngine(base).aquery(question))
    assert str(response) == base.ask(question).text
    nodes = asyncio.run(ReperesRetriever(base).aretrieve(question))
    assert [each.node.node_id for each in nodes] == [hit.passage.id for hit in base.search(question)]
    base.close()


def test_filters_go_through_both_doors(base: KnowledgeBase) -> None:
    before = Filters(until="2019")
    assert ReperesRetriever(base, filters=before).retrieve("quartiers fertiles") == []
    assert ReperesRetriever(base, filters=Filters(since="2020")).retrieve("quartiers fertiles")
    response = ReperesQueryEngine(base, filters=before).query("Quel appel à projets pour les quartiers fertiles ?")
    assert response.source_nodes == []
    base.close()
