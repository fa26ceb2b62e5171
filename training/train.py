"""`python -m training.train DATA CHECKPOINT --minutes 30 --total 80`: trains the reader, in one sitting or several.

The learning rate and the mixture of the data follow the minutes trained so far, over all sittings, of `--total`. A
checkpoint is written every few minutes and taken up again where there is one; a seed makes the draws repeatable.
"""

from __future__ import annotations

import argparse
import math
import random
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from kb.models.encoder import Prompt
from kb.models.packaged.packed_model import bert_tensors, packaged_weights, read_packed
from kb.models.reader.weights import read_weights
from training.network import HIDDEN, JOINED_AT, Reader, reader_of
from training.states import LowerHalf, States
from training.texts import Group, Pool, read_pool

# Shares of the kinds of groups in a step, at the beginning and at the end: general French first, our questions last.
MIXTURE = {
    "piaf": (0.46, 0.05), "piaf-near-miss": (0.04, 0.01), "public": (0.10, 0.04),
    "sheet": (0.18, 0.34), "sheet-near-miss": (0.06, 0.10), "article": (0.02, 0.03), "article-near-miss": (0.01, 0.01),
    "page": (0.02, 0.13), "page-near-miss": (0.01, 0.05), "table": (0.02, 0.10), "table-near-miss": (0.01, 0.04),
    "claims": (0.06, 0.02), "nothing": (0.01, 0.04),
}  # fmt: skip
GROUPS_A_STEP, TEXTS_A_GROUP, CLAIMS_A_GROUP = 10, 4, 8
BATCHES_A_STEP = 4
NEAR, FAR = 3, 16  # of the passages mined, those drawn from: the hardest
BODY_RATE, HEAD_RATE, WARM_STEPS = 1.0e-4, 5e-4, 100
KEPT_EVERY = 240  # seconds
UNSEEN = -1e4  # the logit of a unit after the last token read


class Mill:
    """Draws groups, and joins the states of their texts."""

    def __init__(self, pool: Pool, lower: LowerHalf, seed: int) -> None:
        self._pool = pool
        self._lower = lower
        self._chance = random.Random(seed)
        self._kept: dict[tuple[Prompt, str], States] = {}
        self._by_kind: dict[str, list[Group]] = defaultdict(list)
        for group in pool.groups:
            self._by_kind[group.kind].append(group)
        self._waiting: dict[str, list[Group]] = {kind: [] for kind in self._by_kind}

    def draw(self, progress: float) -> list[Group]:
        """The groups of a step."""
        kinds = [kind for kind in MIXTURE if self._by_kind.get(kind)]
        weights = [MIXTURE[kind][0] * (1 - progress) + MIXTURE[kind][1] * progress for kind in kinds]
        drawn = []
        for kind in self._chance.choices(kinds, weights, k=GROUPS_A_STEP):
            if not self._waiting[kind]:
                self._waiting[kind] = self._chance.sample(self._by_kind[kind], len(self._by_kind[kind]))
            drawn.append(self._waiting[kind].pop())
        return drawn

    def texts_of(self, group: Group) -> list[tuple[int, frozenset[int] | None]]:
        """Passages of a group: one or two that answer (with the units that do), and others (None)."""
        answers = self._chance.sample(group.answers, min(len(group.answers), self._chance.choice((1, 1, 2))))
        chosen: list[tuple[int, frozenset[int] | None]] = [(number, units) for number, units in answers]
        near = self._chance.sample(group.near[: 2 * NEAR], min(len(group.near), NEAR if not answers else NEAR - 1))
        far = self._chance.sample(group.far[:FAR], min(len(group.far), FAR))
        chosen += [(number, None) for number in [*near, *far]]
        return chosen[:TEXTS_A_GROUP]

    def claims_of(self, group: Group) -> list[tuple[str, str, bool]]:
        """Sentences of a group, each with the text beside it and whether that proves it."""
        return self._chance.sample(group.claims, min(len(group.claims), CLAIMS_A_GROUP))

    def states(self, texts: Sequence[str], prompt: Prompt) -> list[States]:
        """As `LowerHalf.read`, each text once."""
        missing = [text for text in dict.fromkeys(texts) if (prompt, text) not in self._kept]
        for text, found in zip(missing, self._lower.read(missing, prompt), strict=True):
            self._kept[(prompt, text)] = found
        return [self._kept[(prompt, text)] for text in texts]


def joined(
    pairs: Sequence[tuple[States, States, Sequence[tuple[int, int]]]],
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    """(question, passage, units) as the inputs of `Reader`, and which units have a token (B, U)."""
    longest = max(len(question[0]) + len(passage[0]) for question, passage, _ in pairs)
    most = max(1, *(len(units) for _, _, units in pairs))
    states = torch.zeros(len(pairs), longest, HIDDEN)
    mask = torch.full((len(pairs), 1, 1, longest), -1e4)
    questions = torch.zeros(len(pairs), longest)
    means = torch.zeros(len(pairs), most + 1, longest)
    there = torch.zeros(len(pairs), most, dtype=torch.bool)
    for row, (question, passage, units) in enumerate(pairs):
        first, length = len(question[0]), len(question[0]) + len(passage[0])
        states[row, :first] = torch.from_numpy(question[0].astype(np.float32))
        states[row, first:length] = torch.from_numpy(passage[0].astype(np.float32))
        mask[row, ..., :length] = 0
        questions[row, :first] = 1 / first
        means[row, most, first:length] = 1 / (length - first)
        starts, ends = np.array(passage[1]).T
        for number, (start, end) in enumerate(units):
            inside = np.flatnonzero((starts < end) & (ends > start))
            if len(inside):
                means[row, number, first + inside] = 1 / len(inside)
                there[row, number] = True
    return states, mask, questions, means, there


def loss_of(
    groups: Sequence[Sequence[frozenset[int] | None]],
    relevance: Sequence[torch.Tensor],
    units: Sequence[torch.Tensor],
) -> torch.Tensor:
    """The loss of a step, over groups of passages with the units of each that answer (None: the passage does not).

    Listwise over all units of a group and one option more, « nothing answers », of logit 0; the same over its
    passages; and, for units and passages each by itself, cross-entropy, which keeps the scale of the logits.
    """
    losses = []
    at = 0
    for group in groups:
        own = range(at, at + len(group))
        at += len(group)
        nothing = torch.zeros(1)
        answering = [number for number, labels in zip(own, group, strict=True) if labels is not None]
        passages = torch.cat([nothing, *(relevance[number].view(1) for number in own)])
        right = torch.stack([relevance[number] for number in answering]) if answering else nothing
        losses.append(torch.logsumexp(passages, 0) - torch.logsumexp(right, 0))
        wanted = torch.tensor([float(labels is not None) for labels in group])
        losses.append(0.5 * functional.binary_cross_entropy_with_logits(passages[1:], wanted))
        every = torch.cat([nothing, *(units[number] for number in own)])
        targets: list[torch.Tensor] = []
        for number, labels in zip(own, group, strict=True):
            if labels is None:
                if len(units[number]):
                    zeros = torch.zeros(len(units[number]))
                    losses.append(0.3 / len(group) * functional.binary_cross_entropy_with_logits(units[number], zeros))
            elif kept := [label for label in sorted(labels) if units[number][label] > UNSEEN]:
                targets += [units[number][label].view(1) for label in kept]
                marks = torch.zeros(len(units[number]))
                marks[kept] = 1.0
                losses.append(0.5 * functional.binary_cross_entropy_with_logits(units[number], marks))
            else:
                targets.append(units[number])  # one of them, not known which (or after the last token read)
        losses.append(torch.logsumexp(every, 0) - torch.logsumexp(torch.cat(targets) if targets else nothing, 0))
    return torch.stack(losses).sum() / len(groups)


def step_loss(reader: Reader, mill: Mill, pool: Pool, groups: Sequence[Group], *, half: bool = False) -> torch.Tensor:
    """The loss over some groups; their texts go through the reader in batches by length, in bfloat16 where `half`."""
    claims = [group for group in groups if group.claims]
    groups = [group for group in groups if not group.claims]
    chosen = [mill.texts_of(group) for group in groups]
    texts = [
        (group.question, pool.texts[number].text, pool.texts[number].units)
        for group, some in zip(groups, chosen, strict=True)
        for number, _ in some
    ]
    asked = len(texts)
    said = [claim for group in claims for claim in mill.claims_of(group)]
    texts += [(claim, shown, ()) for shown, claim, _ in said]
    questions = mill.states([question for question, _, _ in texts], "query")
    passages = mill.states([text for _, text, _ in texts], "passage")
    order = sorted(range(len(texts)), key=lambda row: len(questions[row][0]) + len(passages[row][0]))
    relevance: list[torch.Tensor] = [torch.empty(0)] * len(texts)
    units: list[torch.Tensor] = [torch.empty(0)] * len(texts)
    proof: list[torch.Tensor] = [torch.empty(0)] * len(texts)
    part = math.ceil(len(order) / BATCHES_A_STEP)
    for rows in (order[start : start + part] for start in range(0, len(order), part)):
        pairs = [(questions[row], passages[row], texts[row][2]) for row in rows]
        states, mask, averages, means, there = joined(pairs)
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=half):
            of_passages, of_units, proofs = reader(states, mask, averages, means)
        for place, row in enumerate(rows):
            relevance[row], proof[row] = of_passages[place].float(), proofs[place].float()
            units[row] = (
                of_units[place][: len(pairs[place][2])]
                .float()
                .masked_fill(~there[place][: len(pairs[place][2])], UNSEEN)
            )
    loss = torch.zeros(())
    if chosen:
        share = len(groups) / (len(groups) + len(claims))
        loss = share * loss_of([[labels for _, labels in some] for some in chosen], relevance, units)
    if said:
        truths = torch.tensor([float(true) for _, _, true in said])
        wrong = functional.binary_cross_entropy_with_logits(torch.stack(proof[asked:]), truths)
        loss = loss + 2.0 * wrong * len(claims) / (len(groups) + len(claims))
    return loss


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--minutes", type=float, default=30.0, help="of this sitting")
    parser.add_argument("--total", type=float, default=80.0, help="minutes of all sittings: what the schedule spans")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--bf16", action="store_true", help="half as precise: faster with AMX, slower without")
    parser.add_argument("--init", type=Path, help="weights that were exported before: begins with these")
    parser.add_argument("--before", type=float, default=0.0, help="minutes that were trained into these weights")
    parser.add_argument("--with-bench", action="store_true", help="also the questions over the sheets of bench/sheets")
    asked = parser.parse_args()
    if asked.threads:
        torch.set_num_threads(asked.threads)
    packed = read_packed(packaged_weights())
    tensors = {name: torch.tensor(value) for name, value in bert_tensors(packed).items()}
    torch.manual_seed(asked.seed)
    if asked.init is not None:
        tensors = {name: torch.tensor(value) for name, value in read_weights(asked.init).tensors.items()}
    reader = reader_of(tensors)
    body = [weight for name, weight in reader.named_parameters() if name.startswith("layers")]
    heads = [weight for name, weight in reader.named_parameters() if not name.startswith("layers")]
    optimiser = torch.optim.AdamW([{"params": body}, {"params": heads}], weight_decay=0.01)
    before, steps = asked.before, 0
    if asked.checkpoint.exists():
        kept = torch.load(asked.checkpoint)
        reader.load_state_dict(kept["reader"])
        optimiser.load_state_dict(kept["optimiser"])
        before, steps = kept["minutes"], kept["steps"]
    pool = read_pool(asked.data, with_bench=asked.with_bench, seed=asked.seed)
    counts = {kind: sum(group.kind == kind for group in pool.groups) for kind in MIXTURE}
    print(f"{len(pool.texts)} passages, groups {counts}", flush=True)
    mill = Mill(pool, LowerHalf(packed, JOINED_AT, half=asked.bf16), asked.seed + steps)
    began = kept_at = time.monotonic()
    losses: list[float] = []
    while (spent := (time.monotonic() - began) / 60) < asked.minutes and before + spent < asked.total:
        progress = (before + spent) / asked.total
        scale = min(1.0, (steps + 1) / WARM_STEPS) * max(0.03, 1 - progress)
        for part, rate in zip(optimiser.param_groups, (BODY_RATE, HEAD_RATE), strict=True):
            part["lr"] = rate * scale
        loss = step_loss(reader, mill, pool, mill.draw(progress), half=asked.bf16)
        optimiser.zero_grad()
        torch.autograd.backward(loss)
        nn.utils.clip_grad_norm_(reader.parameters(), 1.0)
        optimiser.step()
        steps += 1
        losses.append(loss.item())
        if steps % 50 == 0:
            print(f"step {steps}, minute {before + spent:.1f}, loss {np.mean(losses[-50:]):.3f}", flush=True)
        if time.monotonic() - kept_at > KEPT_EVERY:
            _keep(asked.checkpoint, reader, optimiser, before + spent, steps)
            kept_at = time.monotonic()
    _keep(asked.checkpoint, reader, optimiser, before + (time.monotonic() - began) / 60, steps)


def _keep(path: Path, reader: Reader, optimiser: torch.optim.Optimizer, minutes: float, steps: int) -> None:
    state = {"reader": reader.state_dict(), "optimiser": optimiser.state_dict(), "minutes": minutes, "steps": steps}
    beside = path.with_suffix(".part")
    torch.save(state, beside)
    beside.replace(path)


if __name__ == "__main__":
    main()
