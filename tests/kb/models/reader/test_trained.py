"""What runs is what was trained: the graphs give the logits of the network in torch, from the same weights."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer

from kb.models.packaged.onnx_folder import TOKENIZER, open_session
from kb.models.packaged.packed_model import PROMPTS
from kb.models.reader.passage_reader import PassageReader
from kb.models.reader.reader_folder import LOWER, reader_folder
from kb.models.reader.weights import ReaderWeights, shipped_weights
from training.network import JOINED_AT, Reader, layer_weights

QUESTION = "Pourquoi la piscine est-elle fermée ?"
FIRST = "La piscine municipale est fermée pour travaux jusqu'en mars."
SECOND = "Le vaccin contre la grippe est remboursé."
TEXT = f"{FIRST} {SECOND}"
SPANS = [(0, len(FIRST)), (len(FIRST) + 1, len(TEXT))]


def network(weights: ReaderWeights) -> Reader:
    """The reader in torch with the shipped weights."""
    tensors = {name: torch.tensor(values) for name, values in weights.tensors.items()}
    reader = Reader()
    for number, layer in enumerate(reader.layers):
        layer.load_state_dict(layer_weights(tensors, JOINED_AT + number))
    rest = {name: values for name, values in tensors.items() if not name.startswith("encoder.")}
    assert reader.load_state_dict(rest, strict=False).unexpected_keys == []
    return reader.eval()


def test_logits_are_those_of_the_network_that_was_trained(cache_folder: Path) -> None:
    weights = shipped_weights()
    assert weights.joined_at == JOINED_AT
    folder = reader_folder(cache_folder / "models", weights, "fp32")
    tokenizer, lower = Tokenizer.from_file(str(folder / TOKENIZER)), open_session(folder / LOWER)
    asked, read = tokenizer.encode(PROMPTS["query"] + QUESTION), tokenizer.encode(PROMPTS["passage"] + TEXT)
    halves = [lower.run(["states"], {"ids": np.array([encoding.ids])})[0][0] for encoding in (asked, read)]
    states = torch.tensor(np.concatenate(halves))[None]

    first, length = len(asked.ids), states.shape[1]
    questions = torch.zeros(1, length)
    questions[0, :first] = 1 / first
    means = torch.zeros(1, 3, length)
    means[0, 2, first:] = 1 / len(read.ids)
    for number, (start, end) in enumerate(SPANS):
        shift = len(PROMPTS["passage"])
        # A word's token holds the space before it: two sentences meet at a space.
        inside = [start + shift <= (one + two) / 2 < end + shift and two > shift for one, two in read.offsets]
        means[0, number, first:] = torch.tensor(inside) / sum(inside)
    with torch.no_grad():
        relevance, units, _ = network(weights)(states, torch.zeros(1, 1, 1, length), questions, means)

    (found,) = PassageReader(cache_folder / "models", "fp32").read(QUESTION, [TEXT], [SPANS])
    assert abs(found.relevance - relevance[0].item()) < 0.02
    assert np.abs(found.units - units[0].numpy()).max() < 0.02
