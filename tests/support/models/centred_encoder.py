"""An encoder whose cosines have another scale: the vectors of another one, less a mean, made of unit length again."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kb.models.encoder import Encoder, EncoderOver, FloatMatrix, Prompt, Span, unit_rows

# Whose mean is taken off: what texts of any kind have in common.
ABOUT_ANYTHING = (
    "Le marché a lieu le samedi matin sur la place.",
    "La bibliothèque prête des livres et des disques.",
    "Le train part à huit heures de la gare centrale.",
    "Un médecin reçoit sans rendez-vous chaque lundi.",
    "Les impôts se paient en ligne avant la fin du mois de mai.",
    "Le stade accueille trois clubs de la ville.",
    "Quelle est la durée de validité du passeport ?",
    "Combien de communes compte le département ?",
)


class CentredEncoder(EncoderOver):
    """The encoder below with mean-centred vectors: near 0 for texts that have nothing in common, where e5 gives 0.8."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._mean = np.concatenate([encoder.encode(ABOUT_ANYTHING, prompt) for prompt in ("query", "passage")]).mean(0)

    def _below(self) -> Encoder:
        return self._encoder

    @property
    def identity(self) -> str:
        """A model of its own: its vectors are not those of the encoder below."""
        return f"centred-{self._encoder.identity}"

    def encode(self, texts: Sequence[str], prompt: Prompt) -> FloatMatrix:
        """As the encoder below, centred."""
        return unit_rows(self._encoder.encode(texts, prompt) - self._mean)

    def encode_windows(
        self, texts: Sequence[str], spans_per_text: Sequence[Sequence[Span]], prompt: Prompt
    ) -> tuple[FloatMatrix, list[FloatMatrix]]:
        """As the encoder below, centred."""
        vectors, windows = self._encoder.encode_windows(texts, spans_per_text, prompt)
        return unit_rows(vectors - self._mean), [unit_rows(rows - self._mean) for rows in windows]
