"""The windows of a passage: its runs of two neighbouring sentences, items or rows, each with a vector of its own.

A window's vector is the mean of the token states that the encoder computed for the whole passage (« late chunking »,
Günther et al., 2024, arXiv 2409.04701): it costs no second encoding, and knows the title and the sentences around.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kb.models.encoder import FloatMatrix, unit_rows
from kb.text.blocks import parse_blocks, unit_spans
from kb.text.sentences import Span

UNITS = 2  # neighbouring units in a window
MOST = 24  # windows of one passage: more stand only in tables of very short rows


@dataclass(frozen=True, slots=True)
class Windows:
    """Windows of one passage: `spans` are offsets in the passage's text, `vectors` unit vectors of shape (n, d)."""

    spans: tuple[Span, ...]
    vectors: FloatMatrix


def window_spans(text: str) -> list[Span]:
    """The windows of a passage's text, in order; one when it has no more than two units."""
    units = [span for block in parse_blocks(text) for span in unit_spans(text, block)]
    if not units:
        return [(0, len(text))]
    last = max(0, len(units) - UNITS)
    spans = [(units[first][0], units[min(first + UNITS, len(units)) - 1][1]) for first in range(last + 1)]
    return spans[:MOST]


def pack(windows: Windows) -> bytes:
    """The windows as bytes: their number, their spans, then each vector as its scale and d whole numbers of 8 bits.

    A unit vector of 384 dimensions keeps its direction to a cosine of 0.9999, in a quarter of the room.
    """
    scales = np.maximum(np.abs(windows.vectors).max(axis=1, keepdims=True), np.finfo(np.float32).tiny) / 127
    codes = np.rint(windows.vectors / scales).astype(np.int8)
    head = np.array([len(windows.spans), *np.ravel(windows.spans)], dtype="<u4")
    return b"".join((head.tobytes(), scales.astype("<f4").tobytes(), codes.tobytes()))


def unpack(data: bytes) -> Windows:
    """What `pack` made bytes of."""
    number = int(np.frombuffer(data, "<u4", 1)[0])
    spans = np.frombuffer(data, "<u4", 2 * number, 4).reshape(number, 2)
    start = 4 + 8 * number
    scales = np.frombuffer(data, "<f4", number, start)[:, None]
    codes = np.frombuffer(data, np.int8, offset=start + 4 * number).reshape(number, -1)
    return Windows(tuple((int(a), int(b)) for a, b in spans), unit_rows(codes * scales))


def best_windows(question: FloatMatrix, packed: Sequence[bytes]) -> list[tuple[float, Span]]:
    """For each packed passage, the cosine of its best window with the unit vector `question`, shape (d,), and its span.

    All passages in one product: unpacking one by one takes longer than the search itself.
    """
    numbers = [int.from_bytes(data[:4], "little") for data in packed]
    if not numbers:
        return []
    codes, scales = [], []
    for data, number in zip(packed, numbers, strict=True):
        start = 4 + 8 * number
        scales.append(np.frombuffer(data, "<f4", number, start))
        codes.append(np.frombuffer(data, np.int8, offset=start + 4 * number))
    matrix = np.concatenate(codes).reshape(-1, len(question)).astype(np.float32)
    cosines = (matrix @ question) * np.concatenate(scales)
    found: list[tuple[float, Span]] = []
    first = 0
    for data, number in zip(packed, numbers, strict=True):
        best = int(cosines[first : first + number].argmax())
        start, end = np.frombuffer(data, "<u4", 2, 4 + 8 * best)
        found.append((float(cosines[first + best]), (int(start), int(end))))
        first += number
    return found
