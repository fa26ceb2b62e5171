"""What the untouched lower half of the encoder makes of a text: computed once, kept as float16.

As in PreTTR (MacAvaney et al., « Efficient Document Re-Ranking for Transformers by Precomputing Term
Representations », SIGIR 2020), a question and a passage go through the lower layers each by itself, and only the upper
ones see both: what is read of a passage serves every question.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import torch
from torch.nn import functional

from kb.models.encoder import Prompt, whole_texts
from kb.models.packaged.packed_model import PROMPTS, PackedModel, bert_tensors
from kb.models.packaged.tokenizer import build_tokenizer
from kb.models.spans import token_places
from training.network import Layer, layer_weights

MOST_TOKENS = 320
States = tuple[npt.NDArray[np.float16], list[tuple[int, int]]]
"""What the lower half makes of a text (tokens, 384), and where each token stands in it."""


class LowerHalf:
    """The first `layers` layers of the packaged model; in bfloat16 where `half`."""

    def __init__(self, packed: PackedModel, layers: int, *, half: bool = False) -> None:
        self._half = half
        tensors = {name: torch.tensor(value) for name, value in bert_tensors(packed).items()}
        self._words = tensors["embeddings.word_embeddings.weight"].half()
        kind = tensors["embeddings.token_type_embeddings.weight"][0]
        self._places = tensors["embeddings.position_embeddings.weight"] + kind
        self._norm = [tensors[f"embeddings.LayerNorm.{part}"] for part in ("weight", "bias")]
        self._layers = torch.nn.ModuleList(Layer() for _ in range(layers))
        for number, layer in enumerate(self._layers):
            layer.load_state_dict(layer_weights(tensors, number))
        self._tokenizer = build_tokenizer(packed)

    def read(self, texts: Sequence[str], prompt: Prompt) -> list[States]:
        """For each text its states (tokens, 384) and where each token stands in it; cut after 320 tokens."""
        whole = whole_texts(texts, PROMPTS[prompt])
        encodings = self._tokenizer.encode_batch(whole)
        ids = [encoding.ids[:MOST_TOKENS] for encoding in encodings]
        found: dict[int, States] = {}
        order = sorted(range(len(texts)), key=lambda number: len(ids[number]))
        for start in range(0, len(order), 24):
            some = order[start : start + 24]
            longest = max(len(ids[number]) for number in some)
            batch = torch.zeros(len(some), longest, dtype=torch.long)
            mask = torch.full((len(some), 1, 1, longest), -1e4)
            for row, number in enumerate(some):
                batch[row, : len(ids[number])] = torch.tensor(ids[number])
                mask[row, ..., : len(ids[number])] = 0
            states = self._run(batch, mask)
            for row, number in enumerate(some):
                places = token_places(whole[number], encodings[number].offsets, len(PROMPTS[prompt]))
                length = len(ids[number])
                found[number] = (states[row, :length].numpy().astype(np.float16), places[:length])
        return [found[number] for number in range(len(texts))]

    @torch.inference_mode()
    def _run(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=self._half):
            states = functional.layer_norm(
                self._words[ids].float() + self._places[: ids.shape[1]], (384,), self._norm[0], self._norm[1], 1e-12
            )
            for layer in self._layers:
                states = layer(states, mask)
        return states.float()
