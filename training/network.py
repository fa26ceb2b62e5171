"""The half of the encoder that reads a question and a passage together, with its heads."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import nn
from torch.nn import functional

HIDDEN, HEADS, WIDE = 384, 12, 1536
JOINED_AT = 6
TOKEN_HIDDEN = 64
LAYERS = 12
EPSILON = 1e-12


class Layer(nn.Module):
    """A layer of BERT (post-norm), its three projections of attention as one."""

    def __init__(self) -> None:
        super().__init__()
        self.qkv = nn.Linear(HIDDEN, 3 * HIDDEN)
        self.att = nn.Linear(HIDDEN, HIDDEN)
        self.att_norm = nn.LayerNorm(HIDDEN, EPSILON)
        self.wide = nn.Linear(HIDDEN, WIDE)
        self.out = nn.Linear(WIDE, HIDDEN)
        self.out_norm = nn.LayerNorm(HIDDEN, EPSILON)

    def forward(self, states: torch.Tensor, bias: torch.Tensor) -> torch.Tensor:
        """`states` (B, S, 384); `bias` (B, 1, S or 1, S), added to the attention: 0, or far below for padding."""
        batch, length, _ = states.shape
        width = HIDDEN // HEADS
        three = self.qkv(states).view(batch, length, 3, HEADS, width).permute(2, 0, 3, 1, 4)
        query, key, value = three.reshape(3, batch * HEADS, length, width)
        # By hand: on a CPU, torch's own attention takes three times as long there and back (heads of 32 are small).
        weights = torch.bmm(query * width**-0.5, key.transpose(1, 2)).view(batch, HEADS, length, length)
        weights = (weights + bias.to(weights.dtype)).softmax(-1).view(batch * HEADS, length, length)
        mixed = torch.bmm(weights, value).view(batch, HEADS, length, width).transpose(1, 2)
        mixed = mixed.reshape(batch, length, HIDDEN)
        states = self.att_norm(states + self.att(mixed))
        result: torch.Tensor = self.out_norm(states + self.out(functional.gelu(self.wide(states))))
        return result


class Head(nn.Module):
    """How well two vectors go together: their cosine, as the encoder was made to give it, and what is learnt beside."""

    def __init__(self) -> None:
        super().__init__()
        self.cosine = nn.Parameter(torch.tensor([20.0, -17.0]))  # e5's cosines lie between 0.7 and 1
        self.hidden = nn.Linear(3 * HIDDEN, HIDDEN)
        self.last = nn.Linear(HIDDEN, 1)
        nn.init.zeros_(self.last.weight)
        nn.init.zeros_(self.last.bias)

    def forward(self, question: torch.Tensor, other: torch.Tensor) -> torch.Tensor:
        """Logits, shape (…), of vectors (…, 384)."""
        question, other = (functional.normalize(vectors, dim=-1) for vectors in (question, other))
        cosine = (question * other).sum(-1)
        joined = torch.cat([question, other, question * other * HIDDEN**0.5], -1) * HIDDEN**0.5
        learnt = self.last(functional.gelu(self.hidden(joined))).squeeze(-1)
        logits: torch.Tensor = self.cosine[0] * cosine + self.cosine[1] + learnt
        return logits


class TokenHead(nn.Module):
    """Whether each word of a sentence is borne out: one that is not is enough for the whole not to be.

    The logit is a soft minimum over the tokens, -log(mean(exp(-z))): a mean hides the one figure or name that is wrong.
    """

    def __init__(self) -> None:
        super().__init__()
        self.hidden = nn.Linear(HIDDEN, TOKEN_HIDDEN)
        self.last = nn.Linear(TOKEN_HIDDEN, 1)
        nn.init.zeros_(self.last.weight)
        nn.init.zeros_(self.last.bias)

    def forward(self, states: torch.Tensor, shares: torch.Tensor) -> torch.Tensor:
        """Logits (B,) of `states` (B, S, 384); `shares` (B, S) are those of the sentence's tokens in a mean, else 0."""
        of_tokens = self.last(functional.gelu(self.hidden(states))).squeeze(-1)
        logits: torch.Tensor = -torch.logsumexp(-of_tokens + torch.log(shares.clamp(min=1e-30)), -1)
        return logits


class Reader(nn.Module):
    """The upper layers, and what they are asked: does the passage answer, which of its units, is a sentence proven."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS - JOINED_AT))
        # Added to the attention from a token of one text to one of the other. Before any training, -2 lets as much
        # through as helps: over 40 questions 0.75 of the passages and 0.65-0.76 of the units that answer come first,
        # 0.35-0.59 and 0.50-0.65 at 0, 0.65-0.82 and 0.55-0.59 without any (29 November 2026).
        self.across = nn.Parameter(torch.full((LAYERS - JOINED_AT,), -2.0))
        self.relevance, self.unit, self.proof = Head(), Head(), Head()
        self.word = TokenHead()
        self.of_passage = nn.Parameter(torch.tensor(0.3))  # how much the passage's logit counts for its units

    def forward(
        self, states: torch.Tensor, mask: torch.Tensor, questions: torch.Tensor, means: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Logits of the passages (B,), of their units (B, U), and of what is said being proven by the passage (B,).

        `states` (B, S, 384) are those of the question, then those of the passage; `mask` (B, 1, 1, S) is far below 0
        for padding; `questions` (B, S) averages over the tokens of the question, `means` (B, U + 1, S) over those of
        each unit and, last, over those of the passage.
        """
        asked = questions > 0
        different = (asked.unsqueeze(2) != asked.unsqueeze(1)).unsqueeze(1).to(states.dtype)  # (B, 1, S, S)
        for layer, across in zip(self.layers, self.across, strict=True):
            states = layer(states, mask + different * across)
        states = states.float()
        with torch.autocast("cpu", enabled=False):
            question = torch.bmm(questions.unsqueeze(1), states)  # (B, 1, 384)
            parts = torch.bmm(means, states)
            units, passage = parts[:, :-1], parts[:, -1]
            relevance = self.relevance(question[:, 0], passage)
            proof = self.proof(question[:, 0], passage) + self.word(states, questions)
            of_units = self.unit(question.expand_as(units), units) + self.of_passage * relevance.unsqueeze(1)
        return relevance, of_units, proof


def layer_weights(tensors: Mapping[str, torch.Tensor], number: int) -> dict[str, torch.Tensor]:
    """The weights of a `Layer` from those of transformers' BertModel."""
    path = f"encoder.layer.{number}"
    names = {
        "att": f"{path}.attention.output.dense",
        "att_norm": f"{path}.attention.output.LayerNorm",
        "wide": f"{path}.intermediate.dense",
        "out": f"{path}.output.dense",
        "out_norm": f"{path}.output.LayerNorm",
    }
    found = {f"{own}.{part}": tensors[f"{name}.{part}"] for own, name in names.items() for part in ("weight", "bias")}
    for part in ("weight", "bias"):
        three = [tensors[f"{path}.attention.self.{name}.{part}"] for name in ("query", "key", "value")]
        found[f"qkv.{part}"] = torch.cat(three)
    return found


def reader_of(tensors: Mapping[str, torch.Tensor]) -> Reader:
    """A reader with the upper layers of `tensors`, and, where these are a trained reader's, the rest of it too."""
    reader = Reader()
    for number, layer in enumerate(reader.layers):
        layer.load_state_dict(layer_weights(tensors, JOINED_AT + number))
    rest = {name: tensors[name] for name in reader.state_dict() if name in tensors}
    reader.load_state_dict(rest, strict=False)
    return reader
