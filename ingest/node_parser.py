"""The splitter as a LlamaIndex node parser, for programs that build their own index."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from llama_index.core.bridge.pydantic import Field
from llama_index.core.node_parser import NodeParser
from llama_index.core.schema import BaseNode, MetadataMode, NodeRelationship, TextNode

from ingest.split import CountTokens, split_document
from kb.types import Document


class PassageNodeParser(NodeParser):
    """Splits LlamaIndex documents in the block form of kb/types.py into the passages that Repères would index.

    Each node has the passage's id, text and offsets, the document's metadata and the heading path.
    """

    count_tokens: CountTokens = Field(exclude=True, description="Tokens of texts, as the encoder counts them.")
    max_tokens: int = Field(description="What the encoder reads.")

    @classmethod
    def class_name(cls) -> str:
        """The name that LlamaIndex serialises it under."""
        return "PassageNodeParser"

    # The base class names these arguments; there is nothing to show the progress of.
    def _parse_nodes(self, nodes: Sequence[BaseNode], show_progress: bool = False, **kwargs: Any) -> list[BaseNode]:  # noqa: ARG002
        parsed: list[BaseNode] = []
        for node in nodes:
            document = Document(
                id=node.node_id,
                source="llamaindex",
                title=str(node.metadata.get("title", "")),
                text=node.get_content(metadata_mode=MetadataMode.NONE),
            )
            parsed.extend(
                TextNode(
                    id_=passage.id,
                    text=passage.text,
                    start_char_idx=passage.start,
                    end_char_idx=passage.end,
                    metadata={**node.metadata, "heading": " — ".join(passage.heading_path)},
                    relationships={NodeRelationship.SOURCE: node.as_related_node_info()},
                )
                for passage in split_document(document, self.count_tokens, self.max_tokens)
            )
        return parsed
