"""The systems that Repères is compared with, on their defaults but for the encoder, which is that of Repères.

Runs in `.venv-bench`, without the project: `python benchmarks/rivals/systems.py '{"task": "quality", ...}'` prints one
line of JSON. Tasks: `quality` (library, model, documents, questions -> rankings of document ids by system and
question) and `ingestion` (model, documents, store -> seconds of LlamaIndex's default ingestion, loading left out).

What the defaults are: LlamaIndex cuts with SentenceSplitter (1024 tokens, overlap 200) and embeds in float32, ten
texts at a time; its hybrid adds BM25Retriever, in French, fused by reciprocal ranks; txtai indexes whole documents,
dense and BM25 fused. E5's prompts are given to both: without them they would lose them silently.
"""

from __future__ import annotations

import functools
import importlib.metadata
import json
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

DOCUMENTS_RANKED = 10
PASSAGES_FOUND = 50  # several passages of a document count once
QUERY, PASSAGE = "query: ", "passage: "

Search = Callable[[str, int], list[str]]
"""From a question and a number of passages to the ids of their documents, best first."""


def read_documents(folder: Path) -> dict[str, str]:
    """The texts of the Markdown files of `folder` by name, their front matter left out."""
    texts = {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.md"))}
    return {name: re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.DOTALL).strip() for name, text in texts.items()}


def llamaindex_embedding(model: str) -> Any:
    """LlamaIndex's wrapper of sentence-transformers, with its own defaults."""
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding  # type: ignore[import-untyped]

    return HuggingFaceEmbedding(model_name=model, device="cpu", query_instruction=QUERY, text_instruction=PASSAGE)


def llamaindex_documents(texts: dict[str, str]) -> list[Any]:
    """The texts as LlamaIndex's documents, named after their files."""
    from llama_index.core import Document

    return [Document(text=text, id_=name) for name, text in texts.items()]


def llamaindex_searches(texts: dict[str, str], model: str) -> dict[str, Search]:
    """LlamaIndex over `texts`: vectors alone, and fused with words."""
    import Stemmer
    from llama_index.core import MockEmbedding, Settings, VectorStoreIndex
    from llama_index.core.base.base_retriever import BaseRetriever
    from llama_index.core.llms import MockLLM
    from llama_index.core.node_parser import SentenceSplitter
    from llama_index.core.retrievers import QueryFusionRetriever
    from llama_index.core.retrievers.fusion_retriever import FUSION_MODES

    Settings.llm, Settings.embed_model = MockLLM(), MockEmbedding(embed_dim=1)  # nothing may look for OpenAI
    nodes = SentenceSplitter().get_nodes_from_documents(llamaindex_documents(texts))
    index = VectorStoreIndex(nodes, embed_model=llamaindex_embedding(model))

    @functools.cache
    def retriever(hybrid: bool, count: int) -> BaseRetriever:
        count = min(count, len(nodes))
        dense = index.as_retriever(similarity_top_k=count)
        if not hybrid:
            return dense
        from llama_index.retrievers.bm25 import BM25Retriever  # type: ignore[import-untyped]

        words = BM25Retriever.from_defaults(
            nodes=nodes, similarity_top_k=count, language="fr", stemmer=Stemmer.Stemmer("french")
        )
        return QueryFusionRetriever(
            [dense, words],
            llm=MockLLM(),
            mode=FUSION_MODES.RECIPROCAL_RANK,
            num_queries=1,
            similarity_top_k=count,
            use_async=False,
        )

    def search(hybrid: bool) -> Search:
        return lambda question, count: [str(hit.node.ref_doc_id) for hit in retriever(hybrid, count).retrieve(question)]

    return {"llamaindex_dense": search(hybrid=False), "llamaindex_hybrid": search(hybrid=True)}


def txtai_searches(texts: dict[str, str], model: str) -> dict[str, Search]:
    """txtai's hybrid index over whole documents."""
    from txtai import Embeddings  # type: ignore[import-not-found]

    embeddings = Embeddings(path=model, hybrid=True, gpu=False, instructions={"query": QUERY, "data": PASSAGE})
    embeddings.index([(name, text, None) for name, text in texts.items()])
    return {"txtai_hybrid": lambda question, count: [str(name) for name, _ in embeddings.search(question, count)]}


def ranking(search: Search, question: str, documents: int) -> list[str]:
    """The ids of the first documents for a question: deeper until ten of them are ranked or nothing more comes."""
    count, found = PASSAGES_FOUND, search(question, PASSAGES_FOUND)
    while len(set(found)) < min(DOCUMENTS_RANKED, documents) and len(found) >= count:
        count *= 4
        found = search(question, count)
    return list(dict.fromkeys(found))[:DOCUMENTS_RANKED]


def quality(library: str, model: str, documents: str, questions: str) -> dict[str, Any]:
    """What each system of a library finds for every question."""
    texts = read_documents(Path(documents))
    searches, distribution = {
        "llamaindex": (llamaindex_searches, "llama-index-core"),
        "txtai": (txtai_searches, "txtai"),
    }[library]
    rows = [json.loads(line) for line in Path(questions).read_text(encoding="utf-8").splitlines() if line.strip()]
    rankings = {
        system: {row["id"]: ranking(search, row["question"], len(texts)) for row in rows}
        for system, search in searches(texts, model).items()
    }
    return {"rankings": rankings, "version": _version(distribution)}


def ingestion(model: str, documents: str, store: str) -> dict[str, Any]:
    """The seconds from files to a stored index: reading, cutting, embedding, writing to Chroma on the disk."""
    import chromadb
    from llama_index.core.ingestion import IngestionPipeline
    from llama_index.core.node_parser import SentenceSplitter
    from llama_index.vector_stores.chroma import ChromaVectorStore  # type: ignore[import-untyped]

    embedding = llamaindex_embedding(model)
    splitter = SentenceSplitter()
    client = chromadb.PersistentClient(path=store)
    collection = client.get_or_create_collection("documents", embedding_function=None)
    vectors = ChromaVectorStore(chroma_collection=collection)
    embedding.get_text_embedding_batch(["Un premier texte, pour que tout soit prêt."] * 10)
    began, working = time.perf_counter(), time.process_time()
    pipeline = IngestionPipeline(transformations=[splitter, embedding], vector_store=vectors)
    nodes = pipeline.run(documents=llamaindex_documents(read_documents(Path(documents))))
    return {
        "seconds": time.perf_counter() - began,
        "processor_seconds": time.process_time() - working,
        "passages": len(nodes),
        "version": _version("llama-index-core"),
    }


def _version(distribution: str) -> str:
    return f"{distribution} {importlib.metadata.version(distribution)}"


def main() -> None:
    request = json.loads(sys.argv[1])
    tasks: dict[str, Callable[..., dict[str, Any]]] = {"quality": quality, "ingestion": ingestion}
    print(json.dumps(tasks[request.pop("task")](**request)))


if __name__ == "__main__":
    main()
