"""`python -m training.export CHECKPOINT DATA`: the trained half as 8-bit weights, into the package."""

from __future__ import annotations

import argparse
import hashlib
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import torch

from kb.models.packaged.packed_model import IDENTITY
from kb.models.reader.weights import FILE, SCALES, quantised
from training.network import HIDDEN, JOINED_AT, LAYERS
from training.texts import QUESTIONS


def main() -> None:
    """The command."""
    from safetensors.numpy import save

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("data", type=Path, help="the folder of data that it was trained on")
    parser.add_argument("--to", type=Path, default=FILE)
    asked = parser.parse_args()
    kept = torch.load(asked.checkpoint)
    stored: dict[str, np.ndarray] = {}
    for name, values in _named(kept["reader"]).items():
        if values.ndim == 2 and len(values) > 1:
            stored[name], stored[name + SCALES] = quantised(values)
        else:
            stored[name] = values.astype(np.float32)
    overall = hashlib.sha256(b"".join(stored[name].tobytes() for name in sorted(stored))).hexdigest()[:12]
    data = {
        f"data.{path.name}": hashlib.sha256(path.read_bytes()).hexdigest()[:12]
        for path in [*sorted(asked.data.glob("*.jsonl")), *sorted(QUESTIONS.glob("*.jsonl"))]
    }
    about = {
        "identity": f"repères-reader@{overall}",
        "base": IDENTITY,
        "joined_at": str(JOINED_AT),
        "trained": datetime.now(UTC).date().isoformat(),
        "steps": str(kept["steps"]),
        "minutes": f"{kept['minutes']:.0f}",
        **data,
    }
    asked.to.write_bytes(save(stored, metadata=about))
    print(f"{asked.to}: {asked.to.stat().st_size / 1e6:.1f} MB, {about['identity']}")


def _named(state: dict[str, torch.Tensor]) -> dict[str, np.ndarray]:
    """The tensors under the names of transformers' BertModel, as `kb.models.reader` reads them."""
    found = {name: value.numpy() for name, value in state.items() if not name.startswith("layers.")}
    for number in range(LAYERS - JOINED_AT):
        own, path = f"layers.{number}", f"encoder.layer.{JOINED_AT + number}"
        for part in ("weight", "bias"):
            three = state[f"{own}.qkv.{part}"].numpy()
            for place, name in enumerate(("query", "key", "value")):
                found[f"{path}.attention.self.{name}.{part}"] = three[place * HIDDEN : (place + 1) * HIDDEN]
            for short, full in (
                ("att", "attention.output.dense"),
                ("att_norm", "attention.output.LayerNorm"),
                ("wide", "intermediate.dense"),
                ("out", "output.dense"),
                ("out_norm", "output.LayerNorm"),
            ):
                found[f"{path}.{full}.{part}"] = state[f"{own}.{short}.{part}"].numpy()
    return found


if __name__ == "__main__":
    main()
