"""Windows of passages: where they stand, how they are kept."""

from __future__ import annotations

import numpy as np
import pytest

from kb.index.windows import MOST, Windows, best_windows, pack, unpack, window_spans
from kb.models.encoder import unit_rows


def _shown(text: str) -> list[str]:
    return [text[start:end] for start, end in window_spans(text)]


def test_windows_are_runs_of_two_units() -> None:
    assert _shown("Un. Deux. Trois.") == ["Un. Deux.", "Deux. Trois."]
    assert _shown("Un. Deux.") == ["Un. Deux."]
    assert _shown("Seule phrase") == ["Seule phrase"]
    assert _shown("Intro :\n\n- un\n- deux") == ["Intro :\n\n- un", "un\n- deux"]


def test_a_text_without_units_is_one_window() -> None:
    assert window_spans("") == [(0, 0)]
    assert len(window_spans("\n\n".join(f"Phrase {number}." for number in range(200)))) == MOST


def test_packing_keeps_spans_and_directions() -> None:
    random = np.random.default_rng(0)
    vectors = unit_rows(random.standard_normal((5, 384)).astype(np.float32))
    windows = Windows(((0, 5), (3, 9), (9, 70_000), (1, 2), (4, 4)), vectors)
    back = unpack(pack(windows))
    assert back.spans == windows.spans
    assert (back.vectors * vectors).sum(axis=1) == pytest.approx(np.ones(5), abs=1e-4)


def test_the_best_window_of_each_passage() -> None:
    random = np.random.default_rng(1)
    question = unit_rows(random.standard_normal((1, 384)).astype(np.float32))[0]
    packed, expected = [], []
    for number in (1, 4, 2):
        vectors = unit_rows(random.standard_normal((number, 384)).astype(np.float32))
        spans = tuple((start, start + 10) for start in range(number))
        packed.append(pack(Windows(spans, vectors)))
        cosines = vectors @ question
        expected.append((float(cosines.max()), spans[int(cosines.argmax())]))
    found = best_windows(question, packed)
    assert [span for _, span in found] == [span for _, span in expected]
    assert [cosine for cosine, _ in found] == pytest.approx([cosine for cosine, _ in expected], abs=2e-3)
    assert best_windows(question, []) == []
