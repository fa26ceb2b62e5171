"""What `benchmarks/scale.py --database` measures of a base on a server: sizes, and what a search misses."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from types import ModuleType

from ingest.readers import read_document
from kb.index.opening import open_store
from kb.models.encoder import Encoder
from kb.settings import Settings

CORPUS = Path(__file__).parents[2] / "corpus" / "documents"
FILES = sorted(CORPUS.glob("*.md"))[:4]


def test_a_small_base_is_searched_exactly(
    benchmark_module: Callable[[str], ModuleType], database: str, tmp_path: Path, tiny_encoder: Encoder
) -> None:
    measured = benchmark_module("scaling.database")
    source = benchmark_module("scaling.recombine").material(
        [read_document(path.read_bytes(), name=path.name, source="s", document_id=path.name) for path in FILES]
    )
    settings = Settings(database=database, store=tmp_path / "store")
    benchmark_module("scaling.base").fill(open_store(settings), 150, source, tiny_encoder, tmp_path / "kept", pool=40)
    asked = tiny_encoder.encode(["Qui finance les travaux ?", "une date de signature"], "query")
    recall = benchmark_module("scaling.recall")
    with closing(open_store(settings).reader(tiny_encoder)) as reader, reader.lease() as lease:
        assert lease is not None
        found = recall.recalls(lease, asked, is_half=True)
    assert {name: found[f"recall_{name}"] for name in recall.NAMES} == {"all": 1, "10%": 1, "50%": 1, "75%": 1}
    sizes = measured._sizes(database)
    assert sizes["disk_mb"] > 1
    assert sizes["graph_mb"] == 0
    assert measured._server_mb(database) > 1
