"""Measurements of models that a test makes up, and weights that are only there by name."""

from __future__ import annotations

import json

from kb.models.chat.gguf import CARD, FOLDER
from kb.models.chat.kept_measurements import subject_of_weights
from kb.models.chat.profile import Measurement
from kb.settings import Settings

FAST = Measurement(
    subject="sha256:aa",
    processor="essai",
    date="2026-11-29",
    context_tokens=4096,
    read_tokens=2457,
    read_speed=1000.0,
    written_speed=50.0,
    cited=2,
    asked=2,
    refuses=True,
    french=True,
    reads_long=True,
)
STEADY = Measurement("sha256:aa", "essai", "2026-11-29", 4096, 738, 87.8, 30.0, 1, 2, True, True, None)
SLOW = Measurement("sha256:aa", "essai", "2026-11-29", 4096, 500, 20.0, 9.5, 1, 2, True, True, None)


def install_weights(settings: Settings, name: str = "petit") -> str:
    """A model that is installed and does not start; its name in measurements."""
    folder = settings.cache / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "faux.gguf").write_bytes(b"pas des poids")
    card = {"name": name, "file": "faux.gguf", "sha256": "f" * 64, "source": "faux.gguf", "bytes": 13}
    (folder / CARD).write_text(json.dumps(card), encoding="utf-8")
    return subject_of_weights("f" * 64)
