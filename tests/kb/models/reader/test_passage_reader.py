"""The reader on ONNX Runtime: logits that hang on question and text alone, limits, memory, threads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest

from french_texts import LONG_PROSE, TEXTS
from kb.errors import ModelError
from kb.models.encoder import Span
from kb.models.packaged.onnx_bert import Precision
from kb.models.packaged.onnx_folder import open_session
from kb.models.reader import passage_reader, reader_folder
from kb.models.reader.passage_reader import UNREAD, PassageReader, Reader, Reading
from kb.models.reader.weights import shipped_weights
from kb.text.sentences import sentence_spans

POOL = "Pourquoi la piscine est-elle fermée ?"
VACCINE = "Le vaccin contre la grippe est-il remboursé ?"
QUESTIONS = [POOL, VACCINE, "Quelle part des heures est réservée à l'insertion ?"]
ABOUT_POOL = "La piscine municipale est fermée pour travaux jusqu'en mars."
ABOUT_VACCINE = "Le vaccin contre la grippe est remboursé par l'assurance maladie."
ALL = [*TEXTS, f"{ABOUT_POOL} {ABOUT_VACCINE}"]
UNITS = [list(sentence_spans(text)) for text in ALL]


def logits(readings: Sequence[Reading]) -> np.ndarray:
    """All of them, in a row."""
    return np.concatenate([[reading.relevance, *reading.units] for reading in readings])


def test_it_bears_the_name_of_its_weights(reader: Reader) -> None:
    assert reader.identity == shipped_weights().identity


def test_what_answers_is_above_what_does_not(reader: Reader) -> None:
    both = f"{ABOUT_POOL} {ABOUT_VACCINE}"
    spans = [(0, len(ABOUT_POOL)), (len(ABOUT_POOL) + 1, len(both))]
    for question, best in ((POOL, 0), (VACCINE, 1)):
        together, *apart = reader.read(question, [both, ABOUT_POOL, ABOUT_VACCINE], [spans, [], []])
        assert together.units.argmax() == best
        assert max(apart, key=lambda reading: reading.relevance) is apart[best]


def test_a_unit_has_a_logit_and_a_text_without_units_has_none(reader: Reader) -> None:
    found = reader.read(POOL, ALL, UNITS)
    assert [reading.units.shape for reading in found] == [(len(spans),) for spans in UNITS]
    assert np.isfinite(logits(found)).all()
    assert reader.read(POOL, ["oui"], [[]])[0].units.shape == (0,)
    assert reader.read(POOL, [], []) == []


def test_in_8_bits_the_logits_are_near_those_of_float32(reader: Reader, cache_folder: Path) -> None:
    exact = PassageReader(cache_folder / "models", "fp32")
    for question in QUESTIONS:
        apart = np.abs(logits(reader.read(question, ALL, UNITS)) - logits(exact.read(question, ALL, UNITS)))
        assert apart.max() < 0.5


def test_weights_that_are_stored_unsigned_give_the_same_logits(
    reader: Reader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a processor that must not add products of signed numbers."""
    monkeypatch.setattr(reader_folder, "signed_products_are_exact", lambda: False)
    unsigned = PassageReader(tmp_path, "int8")
    (folder,) = (path for path in tmp_path.iterdir() if path.is_dir())
    assert "-int8-unsigned-" in folder.name
    apart = np.abs(logits(reader.read(POOL, ALL, UNITS)) - logits(unsigned.read(POOL, ALL, UNITS)))
    assert apart.max() < 0.5


def test_a_reading_hangs_on_its_question_and_text_alone(cache_folder: Path) -> None:
    together = PassageReader(cache_folder / "models", "int8")
    apart = PassageReader(cache_folder / "models", "int8")
    found = together.read(POOL, ALL, UNITS)
    backwards = apart.read(POOL, ALL[::-1], UNITS[::-1])[::-1]
    np.testing.assert_array_equal(logits(backwards), logits(found))
    alone = [apart.read(POOL, [text], [spans])[0] for text, spans in zip(ALL, UNITS, strict=True)]
    np.testing.assert_array_equal(logits(alone), logits(found))
    twice = apart.read(POOL, [ALL[0], ALL[-1], ALL[0]], [UNITS[0], UNITS[-1], UNITS[0]])
    np.testing.assert_array_equal(logits(twice), logits([found[0], found[-1], found[0]]))


def test_what_was_prepared_is_read_as_what_was_not(cache_folder: Path, reader: Reader) -> None:
    prepared = PassageReader(cache_folder / "models", "int8")
    prepared.prepare(ALL)
    np.testing.assert_array_equal(logits(prepared.read(POOL, ALL, UNITS)), logits(reader.read(POOL, ALL, UNITS)))


def test_a_unit_is_the_tokens_that_it_overlaps(reader: Reader) -> None:
    text = "Le financement  est accordé à l’école."
    start, end = text.index("financement"), text.index("financement") + len("financement")
    spans = [(start, end), (start, end + 2), (start + 2, start + 3), (end, end + 1), (len(text), len(text) + 5), (0, 0)]
    (found,) = reader.read(POOL, [text], [spans])
    word, and_space, part, space, beyond, empty = found.units
    # The space before the next word is not that word. A matrix product rounds by the place of its rows.
    assert [and_space, part] == pytest.approx([word, word], abs=1e-4)
    assert word != UNREAD
    assert space == beyond == empty == UNREAD


def sentences(count: int) -> tuple[str, list[Span]]:
    """A text of so many sentences of some ten tokens, and where they stand."""
    text = " ".join(f"La ville numéro {number} compte {number + 2} quartiers." for number in range(count))
    return text, list(sentence_spans(text))


def read_of(question: str, reader: Reader) -> int:
    """How many units of a text that is too long are read for a question."""
    text, spans = sentences(100)
    (found,) = reader.read(question, [text], [spans])
    unread = found.units == UNREAD
    assert not unread[0]
    assert unread[-1]
    assert (np.diff(unread.astype(int)) >= 0).all()  # read up to a place, and no further
    return int((~unread).sum())


def test_a_long_text_is_read_as_far_as_512_tokens_go_with_the_question(reader: Reader) -> None:
    assert read_of(POOL + " Et la bibliothèque ?" * 5, reader) < read_of(POOL, reader)


def test_what_comes_after_does_not_count(reader: Reader) -> None:
    text, spans = sentences(100)
    one, other = reader.read(POOL, [f"{text} {ABOUT_POOL}", f"{text} {ABOUT_VACCINE}"], [spans, spans])
    np.testing.assert_array_equal(logits([one]), logits([other]))


def test_a_long_question_takes_no_more_than_96_tokens(reader: Reader) -> None:
    long, longer = ("Quelle est la part de chaque financeur du programme ? " * times for times in (12, 60))
    assert read_of(long, reader) == read_of(longer, reader) < read_of(POOL, reader)
    (found,) = reader.read(longer, [LONG_PROSE], [list(sentence_spans(LONG_PROSE))])
    assert np.isfinite(logits([found])).all()


def test_half_of_a_surrogate_pair_is_read_as_an_unknown_character(reader: Reader) -> None:
    one, other = reader.read("ville \ud83d", ["ville \ud83d", "ville ?"], [[(0, 5)], [(0, 5)]])
    assert logits([one]).tolist() == logits([other]).tolist()


def test_units_are_given_for_every_text(reader: Reader) -> None:
    with pytest.raises(ValueError, match="2 texts, units of 1"):
        reader.read(POOL, ["un", "deux"], [[(0, 2)]])


def test_many_threads_get_the_readings_of_one(cache_folder: Path, reader: Reader) -> None:
    shared = PassageReader(cache_folder / "models", "int8")
    texts = [text for text in ALL if len(text) < 150]
    expected = {question: reader.read(question, texts, [[(0, len(text))] for text in texts]) for question in QUESTIONS}

    def read(number: int) -> bool:
        question = QUESTIONS[number % len(QUESTIONS)]
        chosen = [number % len(texts), (number * 7 + 3) % len(texts)][: 1 + number % 2]
        found = shared.read(question, [texts[one] for one in chosen], [[(0, len(texts[one]))] for one in chosen])
        return np.array_equal(logits(found), logits([expected[question][one] for one in chosen]))

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(read, range(100)))


class Counted:
    """A session that counts its runs."""

    def __init__(self, session: Any) -> None:
        self.session = session
        self.runs = 0

    def run(self, outputs: Sequence[str], given: Mapping[str, Any]) -> Any:
        """As the session below, counted."""
        self.runs += 1
        return self.session.run(outputs, given)


@pytest.fixture
def counted(cache_folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[PassageReader, Counted, Counted]:
    """A reader that has read nothing, and its two halves."""
    sessions: list[Counted] = []

    def open_counted(graph: Path) -> Counted:
        sessions.append(Counted(open_session(graph)))
        return sessions[-1]

    monkeypatch.setattr(passage_reader, "open_session", open_counted)
    found = PassageReader(cache_folder / "models", "int8")
    lower, upper = sessions
    return found, lower, upper


FEW = TEXTS[:3]
NONE: list[list[Span]] = [[], [], []]


def test_texts_are_read_once_by_themselves_and_once_with_each_question(
    counted: tuple[PassageReader, Counted, Counted],
) -> None:
    found, lower, upper = counted
    found.prepare([*FEW, FEW[0]])
    assert (lower.runs, upper.runs) == (3, 0)
    found.read(POOL, FEW, NONE)
    assert (lower.runs, upper.runs) == (4, 3)  # the question
    found.read(POOL, FEW, [[(0, 5)]] * 3)
    assert (lower.runs, upper.runs) == (4, 3)  # other units of it
    found.read(VACCINE, FEW, NONE)
    assert (lower.runs, upper.runs) == (5, 6)


def test_what_is_kept_of_texts_is_bounded(
    counted: tuple[PassageReader, Counted, Counted], monkeypatch: pytest.MonkeyPatch
) -> None:
    found, lower, _ = counted
    monkeypatch.setattr(passage_reader, "KEPT_BYTES", 384 * 2 * 60)  # 60 tokens
    found.prepare(TEXTS[:4])
    before = lower.runs
    found.prepare([TEXTS[3]])
    assert lower.runs == before  # the last one is kept
    found.prepare([TEXTS[0]])
    assert lower.runs == before + 1  # the first is not
    monkeypatch.setattr(passage_reader, "KEPT_BYTES", 0)
    with_none = found.read(POOL, FEW, NONE)
    assert np.isfinite(logits(with_none)).all()


def test_readings_that_are_kept_are_bounded(
    counted: tuple[PassageReader, Counted, Counted], monkeypatch: pytest.MonkeyPatch
) -> None:
    found, _, upper = counted
    monkeypatch.setattr(passage_reader, "KEPT_READINGS", 2)
    for text in [*FEW, *FEW]:  # one by one: read together, they are kept in any order
        found.read(POOL, [text], [[]])
    assert upper.runs == 6  # each takes the place of the one that is asked for next
    found.read(POOL, FEW[2:], [[]])
    assert upper.runs == 6


def test_a_broken_folder_is_named(tmp_path: Path, cache_folder: Path, reader: Reader) -> None:
    made = reader_folder.reader_folder(cache_folder / "models", shipped_weights(), "int8")
    broken = tmp_path / made.name
    broken.mkdir()
    (broken / "lower.onnx").write_bytes(b"half")
    with pytest.raises(
        ModelError, match=r"modèle de lecture .* ne peut pas être chargé .* Supprimez ce dossier"
    ) as raised:
        PassageReader(tmp_path, "int8")
    assert str(broken) in str(raised.value)


def test_other_weights_or_another_format_have_another_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader_folder, "prepared_folder", lambda folder, write, megabytes: folder)
    weights = shipped_weights()
    folders = [
        reader_folder.reader_folder(Path("modèles"), replace(weights, identity=identity), precision)
        for identity in ("un-lecteur@1", "un-lecteur@2")
        for precision in get_args(Precision)
    ]
    assert len(set(folders)) == 4
    assert {folder.parent for folder in folders} == {Path("modèles")}
