"""Questions that have nothing to do with each other, by which the cosines of an encoder are read.

The cosines of one encoder lie between 0.8 and 1, those of another between 0 and 1. What is the same for all: two
questions that have nothing in common have about the median cosine of these, and the same question twice has 1.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from kb.models.encoder import FloatMatrix

Vectors = Callable[[Sequence[str]], FloatMatrix]
"""The unit vectors of questions, a row each."""

UNRELATED = (
    "Combien coûte une carte d'identité ?",
    "Qui peut demander l'aide ?",
    "Quel est le délai pour déposer un dossier ?",
    "Où trouver le formulaire de demande ?",
    "Comment contester une décision ?",
    "Quel budget pour le programme en 2025 ?",
    "Combien de jours de télétravail par semaine ?",
    "Quelle est l'adresse du siège ?",
    "Qui dirige l'agence ?",
    "Quand a lieu le prochain comité ?",
    "Faut-il une convention pour verser la subvention ?",
    "Peut-on cumuler les deux aides ?",
    "Quelles pièces joindre au dossier ?",
    "Quel est le taux de la prime ?",
    "Comment se faire rembourser ses frais de déplacement ?",
    "Combien d'agents travaillent à l'agence ?",
    "Qui signe les marchés publics ?",
    "Quels sont les horaires d'ouverture ?",
    "Combien de temps garder les factures ?",
    "Comment recycler du verre ?",
)

SHARE = 0.52
"""How far between the two a pair of questions that ask the same thing begins.

With the packaged model the median is 0.856. Of 124,201 pairs of users' questions about different sheets of a public
service (500 of those of bench/sheets), one in ten thousand reaches 0.931, which is 0.52 of the way; so did 19 of
20 pairs that we wrote of two ways of asking one thing (the twentieth had 0.929).
"""


def alike_from(vectors: Vectors) -> float:
    """The cosine from which two questions are alike for an encoder."""
    held = vectors(UNRELATED)
    cosines = (held @ held.T)[np.triu_indices(len(UNRELATED), 1)]
    median = float(np.median(cosines))
    return median + SHARE * (1.0 - median)
