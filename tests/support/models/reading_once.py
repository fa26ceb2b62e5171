"""The real reader, asked once for each question and text however many evaluations ask, since it takes a second a
question: what it makes of a text hangs on the question, the text and its units alone (tests/kb/models/reader).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest

from kb.models.encoder import Span
from kb.models.reader.passage_reader import PassageReader, Reading

_KNOWN: dict[tuple[Any, ...], Reading] = {}


@contextmanager
def reading_once() -> Iterator[None]:
    """While the block runs, and from one block to the next."""
    read = PassageReader.read

    def read_once(
        reader: PassageReader, question: str, texts: Sequence[str], units: Sequence[Sequence[Span]]
    ) -> list[Reading]:
        keys = [(reader, question, text, tuple(spans)) for text, spans in zip(texts, units, strict=True)]
        new = [number for number, key in enumerate(keys) if key not in _KNOWN]
        found = read(reader, question, [texts[number] for number in new], [units[number] for number in new])
        _KNOWN.update((keys[number], reading) for number, reading in zip(new, found, strict=True))
        return [_KNOWN[key] for key in keys]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PassageReader, "read", read_once)
        yield
