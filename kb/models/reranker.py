"""An optional second look at the passages found: a model that reads the question and a passage together.

Any sentence-transformers CrossEncoder: slower by far than the search itself on a small CPU, hence off by default.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from kb.errors import ModelError
from kb.settings import Settings

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

_COMMIT = re.compile(r"[0-9a-f]{40}")


class Reranker(Protocol):
    """Tells how well texts answer a question. One instance serves many threads."""

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """One score a text, higher for better; only their order means something."""
        ...


def load_reranker(settings: Settings) -> Reranker | None:
    """The reranker that `settings` asks for; None, the default, for none.

    Raises ModelError when the model cannot be loaded.
    """
    name, revision = settings.reranker, settings.reranker_revision
    if not name:
        return None
    is_folder = Path(name).expanduser().is_dir()
    if not is_folder and not _COMMIT.fullmatch(revision):
        raise ModelError(
            f"REPERES_RERANKER={name} n'est pas un dossier ; pour un modèle du hub Hugging Face, indiquez son commit "
            f"(40 caractères hexadécimaux, au lieu de « {revision} ») dans REPERES_RERANKER_REVISION."
        )
    from sentence_transformers import CrossEncoder

    try:
        model = CrossEncoder(
            str(Path(name).expanduser()) if is_folder else name,
            revision=None if is_folder else revision,
            cache_folder=str(settings.cache / "models"),
            local_files_only=is_folder,
            trust_remote_code=False,
            device="cpu",
        )
    except Exception as error:  # whatever the libraries raise
        raise ModelError(
            f"REPERES_RERANKER={name} : le modèle ne peut pas être chargé ({type(error).__name__} : {error})."
        ) from error
    return CrossEncoderReranker(model)


class CrossEncoderReranker:
    """A sentence-transformers CrossEncoder as a `Reranker`; a passage longer than it reads is cut at the end."""

    def __init__(self, model: CrossEncoder) -> None:
        self._model = model

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """One score a text, higher for better. Raises ModelError when the model gives several a pair."""
        if not texts:
            return []
        scores = self._model.predict([(question, text) for text in texts], show_progress_bar=False)
        if scores.ndim != 1:
            raise ModelError("REPERES_RERANKER : ce modèle donne plusieurs notes par passage, il en faut une seule.")
        return [float(score) for score in scores]
