"""The packaged model on ONNX Runtime, behind the `Encoder` protocol: no torch, a second to load.

A text is a run of its own: nothing is padded, and a vector depends on its text alone, to the bit, where 8-bit inputs
are scaled by the values of the whole run. Each run takes one thread; many texts are runs side by side.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kb.errors import ModelError
from kb.models.encoder import FloatMatrix, Prompt, Span, refuse_long_texts, unit_rows, whole_texts
from kb.models.packaged.onnx_bert import MODEL, Precision
from kb.models.packaged.onnx_folder import TOKENIZER, open_session, packaged_onnx_folder
from kb.models.packaged.packed_model import IDENTITY, PROMPTS
from kb.models.spans import check_spans, span_vectors, token_places

if TYPE_CHECKING:
    from tokenizers import Encoding

MAX_TOKENS = 512


class OnnxEncoder:
    """The packaged model, loaded. Nothing in it changes after the construction: any number of threads may use it."""

    def __init__(self, models_folder: Path, precision: Precision) -> None:
        """Loads the model from `models_folder`, where it is written the first time.

        Raises ModelError when it cannot be written or read.
        """
        from tokenizers import Tokenizer

        folder = packaged_onnx_folder(models_folder, precision)
        try:
            self._session = open_session(folder / MODEL)
            self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
        except Exception as error:  # whatever the two libraries raise
            raise ModelError(
                f"Le modèle d'embedding {folder} ne peut pas être chargé ({type(error).__name__} : {error}). "
                "Supprimez ce dossier pour qu'il soit refait."
            ) from error
        # Not saved in the file: a text that spells a special token does not hold one.
        self._tokenizer.encode_special_tokens = True
        self._dimension = int(self._session.get_outputs()[0].shape[-1])
        # Shared by all callers: as many runs at once as processors, however many threads ask.
        self._pool = ThreadPoolExecutor(usable_processors(), thread_name_prefix="encoder")

    @property
    def identity(self) -> str:
        """The model's name and the version of its weights; the number format is not part of it."""
        return IDENTITY

    @property
    def dimension(self) -> int:
        """The length d of a vector."""
        return self._dimension

    @property
    def max_tokens(self) -> int:
        """How many tokens the model reads, prompt and special tokens included."""
        return MAX_TOKENS

    @property
    def prompts(self) -> Mapping[Prompt, str]:
        """What is put before a text, by kind of text."""
        return {"query": PROMPTS["query"], "passage": PROMPTS["passage"]}

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """The tokens that each text takes as a passage, prompt and special tokens included; nothing is cut."""
        return [len(encoding) for encoding in self._tokenizer.encode_batch_fast(whole_texts(texts, PROMPTS["passage"]))]

    def encode(self, texts: Sequence[str], prompt: Prompt) -> FloatMatrix:
        """Unit vectors, shape (n, d), in the order of `texts`; shape (0, d) for no text.

        Raises TextTooLongError when a text has more than `max_tokens` tokens, prompt and special tokens included.
        """
        encodings = self._tokenizer.encode_batch_fast(whole_texts(texts, PROMPTS[prompt]))
        lengths = [len(encoding) for encoding in encodings]
        refuse_long_texts(texts, lengths, self)
        vectors = np.empty((len(texts), self._dimension), np.float32)

        def run(number: int) -> None:
            (vectors[number],) = self._run(encodings[number], "vector")

        self._run_all(run, lengths)
        return unit_rows(vectors)

    def encode_windows(
        self, texts: Sequence[str], spans_per_text: Sequence[Sequence[Span]], prompt: Prompt
    ) -> tuple[FloatMatrix, list[FloatMatrix]]:
        """The vectors of the texts, as `encode` gives them, and those of spans of encoding, shape (k, d) a text.

        A span is (start, end) in the characters of its text. Its vector is the mean of the states, in the whole text,
        of the tokens that it overlaps; a span without a token has the vector of its text. Raises TextTooLongError.
        """
        check_spans(texts, spans_per_text)
        whole = whole_texts(texts, PROMPTS[prompt])
        encodings = self._tokenizer.encode_batch(whole)  # the fast one knows no places
        lengths = [len(encoding) for encoding in encodings]
        refuse_long_texts(texts, lengths, self)
        vectors = np.empty((len(texts), self._dimension), np.float32)
        windows = [np.empty((0, self._dimension), np.float32)] * len(texts)

        def run(number: int) -> None:
            vectors[number], states = self._run(encodings[number], "vector", "states")
            places = token_places(whole[number], encodings[number].offsets, len(PROMPTS[prompt]))
            windows[number] = span_vectors(spans_per_text[number], places, states, vectors[number])

        self._run_all(run, lengths)
        return unit_rows(vectors), windows

    def _run(self, encoding: Encoding, *outputs: str) -> list[Any]:
        """What the graph gives for one text."""
        return [output[0] for output in self._session.run(outputs, {"ids": np.array([encoding.ids])})]

    def _run_all(self, run: Callable[[int], None], lengths: Sequence[int]) -> None:
        """Calls `run` with the number of each text; the longest go first, so that all threads end together."""
        if len(lengths) == 1:
            run(0)
            return
        for _ in self._pool.map(run, sorted(range(len(lengths)), key=lambda number: -lengths[number])):
            pass


def usable_processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "process_cpu_count"):  # from Python 3.13 on; it knows PYTHON_CPU_COUNT too
        return os.process_cpu_count() or 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
