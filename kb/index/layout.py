"""What a store's folder holds, and whether it fits the encoder."""

from __future__ import annotations

from pathlib import Path

from kb.errors import FingerprintError
from kb.models.encoder import Encoder

CATALOG_FILE = "catalog.sqlite"
VECTORS_FOLDER = "vectors"
WORDS_FOLDER = "words"
LOCK_FILE = "writer.lock"


def check_encoder(store: Path, known: str, encoder: Encoder) -> None:
    """Raises FingerprintError when the vectors of `store` were made by another encoder than `encoder`."""
    if known != encoder.identity:
        raise FingerprintError(
            f"{store} : la base a été constituée avec le modèle {known}, les réglages demandent {encoder.identity}. "
            "Revenez au premier (REPERES_EMBEDDING_MODEL), ou supprimez ce dossier puis lancez « reperes ingest »."
        )
