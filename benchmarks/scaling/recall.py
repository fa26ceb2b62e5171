"""What a search for vectors finds of the nearest ones, in a whole base and among the documents of filters.

The nearest are looked for by numpy, which compares every vector as it is stored with the question as the store is asked
it: PostgreSQL keeps half precision, of both. To compare a question in full precision with those changed the order of a
few neighbours in a thousand, which nothing had missed.
"""

from __future__ import annotations

import time
from collections.abc import Collection

import numpy as np

from benchmarks.scaling.recombine import kinds_of
from kb.index.store import Lease
from kb.models.encoder import FloatMatrix
from kb.retrieval.filters import Filters

NEIGHBOURS = 100
SHARES = (0.1, 0.5, 0.75)  # of the documents, that a filter lets pass
NAMES = ("all", *(f"{share:.0%}" for share in SHARES))
_ROWS = 10_000  # vectors looked at together
# Sums of 384 products of single precision differ by as much, whatever adds them up.
_SAME = 1e-6


def filters_of(share: float) -> Filters:
    """What lets a share of the documents pass that `recombine.documents` makes."""
    return Filters(kind=kinds_of(share))


def recalls(lease: Lease, vectors: FloatMatrix, *, is_half: bool) -> dict[str, float]:
    """For each of `NAMES`, the share of the nearest `NEIGHBOURS` that is found, and the ms of one search.

    `vectors`, shape (n, d), are those of questions; `is_half` tells that the store keeps half precision.
    """
    found: dict[str, float] = {}
    asked = vectors.astype(np.float16).astype(np.float32) if is_half else vectors
    for name, share in zip(NAMES, (1.0, *SHARES), strict=True):
        among = None if share == 1 else filters_of(share).among(lease.catalog)
        nearest = _nearest(lease, asked, None if among is None else set(among.ids("passages")))
        seconds, right, wanted = 0.0, 0, 0
        for vector, (cosines, every) in zip(vectors, nearest, strict=True):
            # As the first question with a filter does: nothing is known of it yet.
            among = None if share == 1 else filters_of(share).among(lease.catalog)
            began = time.perf_counter()
            hits = lease.vectors.search("passages", vector, NEIGHBOURS, among)
            seconds += time.perf_counter() - began
            right += sum(every.get(hit, -1.0) >= cosines[-1] - _SAME for hit, _ in hits)
            wanted += len(cosines)
        found[f"ms_{name}"] = 1000 * seconds / len(vectors)
        found[f"recall_{name}"] = right / wanted
    return found


def _nearest(
    lease: Lease, vectors: FloatMatrix, chosen: Collection[str] | None
) -> list[tuple[list[float], dict[str, float]]]:
    """By vector, the cosines of the nearest of all, or of those chosen, best first; and all that come near the last
    one of them, by their ids."""
    best: list[list[tuple[float, str]]] = [[] for _ in vectors]
    ids: list[str] = []
    rows: list[FloatMatrix] = []

    def look() -> None:
        if ids:
            stored = np.stack(rows)
            lengths = np.linalg.norm(stored, axis=1) * np.linalg.norm(vectors, axis=1)[:, None]
            for mine, cosines in zip(best, vectors @ stored.T / lengths, strict=True):
                mine.extend(zip(cosines.tolist(), ids, strict=True))
                mine.sort(reverse=True)
                del mine[2 * NEIGHBOURS :]
            ids.clear()
            rows.clear()

    for vector_id, vector in lease.vectors.items("passages"):
        if chosen is None or vector_id in chosen:
            ids.append(vector_id)
            rows.append(vector)
        if len(ids) == _ROWS:
            look()
    look()
    return [([cosine for cosine, _ in mine[:NEIGHBOURS]], {name: cosine for cosine, name in mine}) for mine in best]
