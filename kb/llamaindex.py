"""The knowledge base as parts of any LlamaIndex program: a retriever and a query engine.

LlamaIndex's types stay on this side of the boundary. The scores are those of the fusion, ids are the passages'.
"""

from __future__ import annotations

from typing import Any

from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.base.response.schema import Response
from llama_index.core.prompts.mixin import PromptMixinType
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from kb.answering.serialize import citation_to_json, document_to_json
from kb.knowledge import KnowledgeBase
from kb.retrieval.filters import Filters
from kb.types import Citation, Document, Passage


class ReperesRetriever(BaseRetriever):
    """Retrieves the passages of a knowledge base as LlamaIndex nodes, at most `k`, best first.

    Only those of documents that pass `filters`. Raises ReperesError for an empty or too long question.
    """

    def __init__(self, base: KnowledgeBase, k: int = 10, filters: Filters | None = None) -> None:
        super().__init__()
        self._base = base
        self._k = k
        self._filters = filters

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        hits = self._base.search(query_bundle.query_str, k=self._k, filters=self._filters)
        return [NodeWithScore(node=to_node(hit.passage, hit.document), score=hit.score) for hit in hits]


class ReperesQueryEngine(BaseQueryEngine):
    """Answers as the knowledge base does: proven by its source nodes, or refused without any.

    `response.metadata` holds `refused` and `reason`, for each node's id the number and offsets of its quotes, and as
    `nearest` the sentences that speak of what is asked without saying it: those are no sources.
    """

    def __init__(self, base: KnowledgeBase, filters: Filters | None = None) -> None:
        super().__init__(callback_manager=None)
        self._base = base
        self._filters = filters

    def _query(self, query_bundle: QueryBundle) -> Response:
        answer = self._base.ask(query_bundle.query_str, filters=self._filters)
        nodes: dict[str, NodeWithScore] = {}
        quotes: dict[str, list[dict[str, int]]] = {}
        for citation in answer.citations:
            nodes.setdefault(citation.passage.id, NodeWithScore(node=to_node(citation.passage, citation.document)))
            quotes.setdefault(citation.passage.id, []).append(_quote(citation))
        return Response(
            response=answer.text,
            source_nodes=list(nodes.values()),
            metadata={
                "refused": answer.refused,
                "reason": answer.reason,
                "quotes": quotes,
                "nearest": [citation_to_json(citation) for citation in answer.nearest],
            },
        )

    async def _aquery(self, query_bundle: QueryBundle) -> Response:
        return self._query(query_bundle)

    def _get_prompt_modules(self) -> PromptMixinType:
        return {}


def to_node(passage: Passage, document: Document) -> TextNode:
    """A passage as a LlamaIndex node: its id, its text, its offsets, and its document's metadata."""
    metadata: dict[str, Any] = {
        **document_to_json(document),
        "heading": " — ".join(passage.heading_path),
        "page": document.page_at(passage.start),
    }
    return TextNode(
        id_=passage.id,
        text=passage.text,
        start_char_idx=passage.start,
        end_char_idx=passage.end,
        metadata={name: value for name, value in metadata.items() if value},
    )


def _quote(citation: Citation) -> dict[str, int]:
    return {"number": citation.number, "start": citation.start, "end": citation.end}
