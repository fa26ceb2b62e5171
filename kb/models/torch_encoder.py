"""An encoder on torch: a sentence-transformers model on the CPU, behind the `Encoder` protocol.

Texts are tokenised once, outside the model's own `encode`: that one cuts long texts without a word, changes the
tokenizer that all threads share, and batches by number of texts, which costs a third of the speed on passages.
torch and sentence-transformers take seconds to import: they are imported when a model is loaded, not before.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from kb.errors import ModelError
from kb.models.encoder import FloatMatrix, Prompt, Span, refuse_long_texts, unit_rows, whole_texts
from kb.models.spans import check_spans, span_vectors, token_places

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

# Measured on 215-token passages: best from 512 to 2048 padded tokens a batch, slower on both sides.
BATCH_TOKENS = 1024


class SentenceEncoder:
    """A loaded model. Nothing in it changes after the construction: any number of threads may use it at once."""

    def __init__(self, model: SentenceTransformer, identity: str, prompts: Mapping[Prompt, str]) -> None:
        """Takes `model` over. Raises ModelError when it is not a text model with a fast tokenizer."""
        # What a text model promises is narrower than what the libraries' types allow.
        transformer: Any = model[0]
        tokenizer: Any = getattr(getattr(transformer, "tokenizer", None), "backend_tokenizer", None)
        dimension = model.get_embedding_dimension()
        if tokenizer is None or dimension is None or model.max_seq_length is None:
            raise ModelError(
                f"Le modèle d'embedding {identity} n'est pas utilisable : il faut un modèle sentence-transformers de "
                "texte, avec un tokenizer rapide (tokenizer.json) et une longueur maximale (max_seq_length)."
            )
        # Nothing may be cut or padded behind our back.
        tokenizer.no_truncation()
        tokenizer.no_padding()
        self._model = model.eval()
        self._tokenizer = tokenizer
        self._pad_id = int(transformer.tokenizer.pad_token_id or 0)
        self._pad_left = transformer.tokenizer.padding_side == "left"
        self._identity = identity
        self._dimension = dimension
        self._max_tokens = int(model.max_seq_length)
        self._prompts = dict(prompts)
        # Where the vector of a text is not the mean of its tokens, theirs are not of its kind.
        self._averages = all(
            type(module).__name__ == "Normalize" or getattr(module, "pooling_mode", "") == "mean"
            for module in list(model)[1:]
        )
        # Some models leave the prompt out of the average that makes the vector: how many tokens that is.
        self._skipped_tokens: dict[Prompt, int] = {}
        if any(getattr(module, "include_prompt", True) is False for module in model):
            closing = set(transformer.tokenizer.all_special_ids)
            for kind, text in self._prompts.items():
                (tokens,) = self._tokenise([""], text)
                self._skipped_tokens[kind] = len(tokens) - (tokens[-1] in closing)

    @property
    def identity(self) -> str:
        """The model's name and the version of its weights; the number format is not part of it."""
        return self._identity

    @property
    def dimension(self) -> int:
        """The length d of a vector."""
        return self._dimension

    @property
    def max_tokens(self) -> int:
        """How many tokens the model reads, prompt and special tokens included."""
        return self._max_tokens

    @property
    def prompts(self) -> Mapping[Prompt, str]:
        """What is put before a text, by kind of text; empty strings for a model without prompts."""
        return dict(self._prompts)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """The tokens that each text takes as a passage, prompt and special tokens included; nothing is cut."""
        return [len(tokens) for tokens in self._tokenise(texts, self._prompts["passage"])]

    def encode(self, texts: Sequence[str], prompt: Prompt) -> FloatMatrix:
        """Unit vectors, shape (n, d), in the order of `texts`; shape (0, d) for no text.

        Raises TextTooLongError when a text has more than `max_tokens` tokens, prompt and special tokens included.
        """
        tokens = self._tokenise(texts, self._prompts[prompt])
        vectors = np.empty((len(texts), self._dimension), np.float32)
        for number, vector, _ in self._run(texts, tokens, prompt):
            vectors[number] = vector
        return unit_rows(vectors)

    def encode_windows(
        self, texts: Sequence[str], spans_per_text: Sequence[Sequence[Span]], prompt: Prompt
    ) -> tuple[FloatMatrix, list[FloatMatrix]]:
        """The vectors of the texts, as `encode` gives them, and those of spans of each, shape (k, d) a text.

        A span is (start, end) in the characters of its text. Its vector is the mean of the states, in the whole text,
        of the tokens that it overlaps, if the model's vectors are means; else that of the span, read alone. A span
        without a token has the vector of its text. Raises TextTooLongError.
        """
        check_spans(texts, spans_per_text)
        if not self._averages:
            vectors = self.encode(texts, prompt)
            alone = [
                text[start:end] if text[start:end].strip() else text
                for text, spans in zip(texts, spans_per_text, strict=True)
                for start, end in spans
            ]
            ends = np.cumsum([len(spans) for spans in spans_per_text], dtype=int)
            return vectors, np.split(self.encode(alone, prompt), ends)[: len(texts)]
        before = self._prompts[prompt]
        whole = whole_texts(texts, before)
        encodings = self._tokenizer.encode_batch(whole)  # the fast one knows no places
        vectors = np.empty((len(texts), self._dimension), np.float32)
        windows = [np.empty((0, self._dimension), np.float32)] * len(texts)
        for number, vector, states in self._run(texts, [encoding.ids for encoding in encodings], prompt):
            vectors[number] = vector
            places = token_places(whole[number], encodings[number].offsets, len(before))
            windows[number] = span_vectors(spans_per_text[number], places, states, vector)
        return unit_rows(vectors), windows

    def _tokenise(self, texts: Sequence[str], prompt: str) -> list[list[int]]:
        return [encoding.ids for encoding in self._tokenizer.encode_batch_fast(whole_texts(texts, prompt))]

    def _run(
        self, texts: Sequence[str], tokens: Sequence[Sequence[int]], prompt: Prompt
    ) -> Iterator[tuple[int, FloatMatrix, FloatMatrix]]:
        """The number of each text, longest first, its vector and the states of its tokens, shape (tokens, d)."""
        lengths = [len(text_tokens) for text_tokens in tokens]
        refuse_long_texts(texts, lengths, self)
        for batch in _batches(lengths):
            vectors, states = self._forward([tokens[number] for number in batch], self._skipped_tokens.get(prompt))
            for number, vector, padded in zip(batch, vectors, states, strict=True):
                yield number, vector, padded[-lengths[number] :] if self._pad_left else padded[: lengths[number]]

    def _forward(self, tokens: Sequence[Sequence[int]], skipped: int | None) -> tuple[FloatMatrix, FloatMatrix]:
        """The model's vectors of one batch, padded to its longest text, and the states of all tokens."""
        import torch

        width = max(map(len, tokens))
        ids = torch.full((len(tokens), width), self._pad_id)
        mask = torch.zeros((len(tokens), width), dtype=torch.long)
        for row, text_tokens in enumerate(tokens):
            place = slice(width - len(text_tokens), width) if self._pad_left else slice(0, len(text_tokens))
            ids[row, place] = torch.tensor(text_tokens)
            mask[row, place] = 1
        features: dict[str, Any] = {"input_ids": ids, "attention_mask": mask}
        if skipped is not None:
            features["prompt_length"] = skipped
        with torch.inference_mode():
            done = self._model(features)
        return done["sentence_embedding"].float().numpy(), done["token_embeddings"].float().numpy()


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """The numbers of all texts, longest first, in batches of at most BATCH_TOKENS tokens once padded (or one text)."""
    order = sorted(range(len(lengths)), key=lambda number: -lengths[number])
    while order:
        size = max(1, BATCH_TOKENS // max(1, lengths[order[0]]))
        yield order[:size]
        order = order[size:]


def load_model(name: str, dtype: str, **options: Any) -> SentenceTransformer:
    """Loads a folder or a hub model, in `fp32` or `bf16`. Raises ModelError, whatever the libraries raise."""
    with _quiet():
        import torch
        from sentence_transformers import SentenceTransformer

        numbers = {"dtype": torch.bfloat16 if dtype == "bf16" else torch.float32}
        try:
            return SentenceTransformer(name, device="cpu", trust_remote_code=False, model_kwargs=numbers, **options)
        except Exception as error:
            raise ModelError(
                f"Le modèle d'embedding {name} ne peut pas être chargé ({type(error).__name__} : {error}). Vérifiez "
                "REPERES_EMBEDDING_MODEL ; si le dossier est incomplet, supprimez-le pour qu'il soit refait."
            ) from error


@contextmanager
def _quiet() -> Iterator[None]:
    """No progress bar and no warning of the libraries on standard error while a model loads."""
    from transformers.utils import logging as transformers_logging

    logging: Any = transformers_logging  # its functions have no types
    verbosity, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.set_verbosity(verbosity)
        if bars:
            logging.enable_progress_bar()
