"""Reads passages for a question: how well each answers, and how well each of its units does."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from kb.errors import ModelError
from kb.models.encoder import FloatMatrix, Prompt, Span, unit_rows, whole_texts
from kb.models.packaged.onnx_bert import Precision
from kb.models.packaged.onnx_encoder import MAX_TOKENS, usable_processors
from kb.models.packaged.onnx_folder import TOKENIZER, open_session
from kb.models.packaged.packed_model import PROMPTS
from kb.models.packaged.quantising import FloatVector
from kb.models.reader.reader_folder import LOWER, UPPER, joined, reader_folder
from kb.models.reader.weights import ReaderWeights, shipped_weights
from kb.models.spans import token_places

# States of a text of 200 tokens take 150 KB as float16: those of a base of some 600 passages are all kept.
KEPT_BYTES = 96_000_000
# What the last questions read, 40 MB: a follow-up is read before it is offered, and again when it is asked.
KEPT_READINGS = 256
_LONGEST_QUESTION = 96  # tokens
UNREAD = -30.0
"""The logit of a unit without a token of its own, or after the last token read."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the reader makes of a passage for a question.

    `relevance` is the logit that it answers, `units` those that each of its units does, shape (units,), all beside
    « nothing answers », whose logit is 0.
    """

    relevance: float
    units: FloatVector


class Reader(Protocol):
    """Reads passages for questions. One instance serves many threads."""

    @property
    def identity(self) -> str:
        """The name of its weights: readers of one identity give the same logits, but for the noise of their format."""
        ...

    def read(self, question: str, texts: Sequence[str], units: Sequence[Sequence[Span]]) -> list[Reading]:
        """What it makes of each text, as it is embedded; units are spans of its characters."""
        ...

    def prepare(self, texts: Sequence[str]) -> None:
        """Reads texts ahead of questions."""
        ...


@dataclass(frozen=True, slots=True)
class _States:
    """The lower half's states of a text (tokens, D), and where each token stands in it."""

    values: npt.NDArray[np.float16]
    places: tuple[Span, ...]


class PassageReader:
    """The shipped reader on ONNX Runtime."""

    def __init__(self, models_folder: Path, precision: Precision, weights: ReaderWeights | None = None) -> None:
        """Loads the reader from `models_folder`, where it is written the first time. Raises ModelError."""
        from tokenizers import Tokenizer

        self._weights = weights or shipped_weights()
        folder = reader_folder(models_folder, self._weights, precision)
        try:
            self._lower, self._upper = open_session(folder / LOWER), open_session(folder / UPPER)
            self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
        except Exception as error:  # whatever the two libraries raise
            raise ModelError(
                f"Le modèle de lecture {folder} ne peut pas être chargé ({type(error).__name__} : {error}). "
                "Supprimez ce dossier pour qu'il soit refait."
            ) from error
        self._tokenizer.encode_special_tokens = True
        self._pool = ThreadPoolExecutor(usable_processors(), thread_name_prefix="reader")
        self._states: OrderedDict[tuple[Prompt, str], _States] = OrderedDict()
        self._bytes = 0
        self._readings: OrderedDict[tuple[str, str], tuple[npt.NDArray[np.float16], int]] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def identity(self) -> str:
        """The name of the weights."""
        return self._weights.identity

    def read(self, question: str, texts: Sequence[str], units: Sequence[Sequence[Span]]) -> list[Reading]:
        """What the reader makes of each text for `question`; `units` (start, end) are spans of its characters.

        Texts are read up to the encoder's length, questions up to 96 tokens. Raises ValueError unless each text has
        its spans, be it none.
        """
        if len(texts) != len(units):
            raise ValueError(f"{len(texts)} texts, units of {len(units)}")
        asked = self._states_of([question], "query")[0]
        states = self._states_of(texts, "passage")

        def reading(number: int) -> Reading:
            return self._reading(question, asked, texts[number], states[number], units[number])

        return list(self._pool.map(reading, range(len(texts))))

    def prepare(self, texts: Sequence[str]) -> None:
        """Has the lower half read texts that questions will find, as far as they are kept."""
        self._states_of(texts, "passage")

    def _reading(self, question: str, asked: _States, text: str, states: _States, units: Sequence[Span]) -> Reading:
        key = (question, text)
        with self._lock:
            kept = self._readings.get(key)
        if kept is None:
            first = min(len(asked.values), _LONGEST_QUESTION)
            passage = states.values[: MAX_TOKENS - first]
            given = joined(asked.values[:first], passage)
            kept = (self._upper.run(["read"], given)[0][0].astype(np.float16), first)
            with self._lock:
                self._readings[key] = kept
                while len(self._readings) > KEPT_READINGS:
                    self._readings.popitem(last=False)
        read, first = kept[0].astype(np.float32), kept[1]
        return self._judged(read[:first].mean(axis=0), read[first:], states.places, units)

    def _judged(
        self, question: FloatVector, passage: FloatMatrix, places: Sequence[Span], units: Sequence[Span]
    ) -> Reading:
        """The logits of the two heads, from the mean states of the question, of the passage and of each unit."""
        relevance = float(self._head("relevance", question, passage.mean(axis=0)[None])[0])
        starts, ends = np.array(places[: len(passage)]).T
        logits = np.full(len(units), UNREAD, np.float32)
        inside = [(starts < end) & (ends > start) for start, end in units]
        there = [number for number, tokens in enumerate(inside) if tokens.any()]
        if there:
            means = np.stack([passage[inside[number]].mean(axis=0) for number in there])
            of_passage = float(self._weights.tensors["of_passage"]) * relevance
            logits[there] = self._head("unit", question, means) + of_passage
        return Reading(relevance, logits)

    def _head(self, name: str, question: FloatVector, others: FloatMatrix) -> FloatVector:
        """As `training.network.Head`, for vectors `others` (n, D): logits (n,)."""
        tensors = self._weights.tensors
        asked = unit_rows(np.broadcast_to(question, others.shape))
        others = unit_rows(others)
        scale, shift = tensors[f"{name}.cosine"]
        root = np.sqrt(np.float32(others.shape[1]))
        joined_vectors = np.concatenate([asked, others, asked * others * root], axis=1) * root
        hidden = _gelu(joined_vectors @ tensors[f"{name}.hidden.weight"].T + tensors[f"{name}.hidden.bias"])
        learnt = hidden @ tensors[f"{name}.last.weight"][0] + tensors[f"{name}.last.bias"][0]
        return np.asarray(scale * (asked * others).sum(axis=1) + shift + learnt, np.float32)

    def _states_of(self, texts: Sequence[str], prompt: Prompt) -> list[_States]:
        """The lower half's states of texts; only those not kept are computed."""
        with self._lock:
            found = {text: self._states[(prompt, text)] for text in texts if (prompt, text) in self._states}
            for text in found:
                self._states.move_to_end((prompt, text))
        missing = [text for text in dict.fromkeys(texts) if text not in found]
        if missing:
            whole = whole_texts(missing, PROMPTS[prompt])
            encodings = self._tokenizer.encode_batch(whole)

            def run(number: int) -> _States:
                ids = encodings[number].ids[:MAX_TOKENS]
                places = token_places(whole[number], encodings[number].offsets, len(PROMPTS[prompt]))
                (states,) = self._lower.run(["states"], {"ids": np.array([ids])})
                return _States(states[0].astype(np.float16), tuple(places[: len(ids)]))

            for text, states in zip(missing, self._pool.map(run, range(len(missing))), strict=True):
                found[text] = states
                self._keep((prompt, text), states)
        return [found[text] for text in texts]

    def _keep(self, key: tuple[Prompt, str], states: _States) -> None:
        with self._lock:
            if key in self._states:
                return
            self._states[key] = states
            self._bytes += states.values.nbytes
            while self._bytes > KEPT_BYTES:
                _, oldest = self._states.popitem(last=False)
                self._bytes -= oldest.values.nbytes


def _gelu(values: FloatMatrix) -> FloatMatrix:
    """x Φ(x) (Hendrycks and Gimpel, 2016); the error function to 1.5e-7 (Abramowitz and Stegun, 1964, 7.1.26)."""
    size = np.abs(values) / np.sqrt(2.0)
    part = 1 / (1 + 0.3275911 * size)
    tail = np.zeros_like(part)
    for factor in (1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592):
        tail = part * (factor + tail)
    error = np.copysign(1 - tail * np.exp(-size * size), values)
    return np.asarray(0.5 * values * (1 + error), np.float32)
