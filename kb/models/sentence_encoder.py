"""Which encoder: the one that the settings ask for, loaded with what suits it.

The packaged model runs on ONNX Runtime, or on torch where that is asked for or faster (see kb.models.backend); any
other model is a sentence-transformers folder, or one of the hub at a commit, and runs on torch. The libraries take up
to seconds to import: only those of the encoder chosen are, when it is loaded.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING

from kb.errors import ModelError
from kb.models.backend import chosen_backend
from kb.models.encoder import Prompt
from kb.models.packaged.e5 import packaged_e5_folder
from kb.models.packaged.onnx_encoder import OnnxEncoder
from kb.models.packaged.packed_model import IDENTITY
from kb.models.torch_encoder import SentenceEncoder, load_model
from kb.settings import PACKAGED_MODEL, Settings

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_HUB_NAME = re.compile(r"[\w.-]+(/[\w.-]+)?")
_COMMIT = re.compile(r"[0-9a-f]{40}")
# The letters alone: a folder named after a hash holds « e5 » by chance.
_E5 = re.compile(r"(?<![a-z0-9])e5(?![a-z0-9])", re.IGNORECASE)
_MODEL_FILES = {".safetensors", ".bin", ".json", ".txt", ".model"}


def load_encoder(settings: Settings) -> OnnxEncoder | SentenceEncoder:
    """The encoder that `settings` asks for; the packaged one is written into the cache the first time.

    Raises SettingsError when the settings do not go together, ModelError when the model cannot be found, prepared or
    loaded.
    """
    backend = chosen_backend(settings)
    name, dtype = settings.embedding_model, backend.dtype
    models_folder = settings.cache / "models"
    if name == PACKAGED_MODEL and backend.name == "onnx":
        return OnnxEncoder(models_folder, "int8" if dtype == "int8" else "fp32")
    if name == PACKAGED_MODEL:
        folder = packaged_e5_folder(models_folder)
        model = load_model(str(folder), dtype, local_files_only=True)
        return SentenceEncoder(model, IDENTITY, _prompts(model, IDENTITY))
    if (folder := Path(name).expanduser()).is_dir():
        model = load_model(str(folder), dtype, local_files_only=True)
        return SentenceEncoder(model, folder_identity(folder), _prompts(model, str(folder.resolve())))
    revision = settings.embedding_revision
    if not _HUB_NAME.fullmatch(name):
        raise ModelError(f"REPERES_EMBEDDING_MODEL={name} : ce dossier n'existe pas. Corrigez le chemin.")
    if not _COMMIT.fullmatch(revision):
        raise ModelError(
            f"REPERES_EMBEDDING_MODEL={name} n'est pas un dossier ; pour un modèle du hub Hugging Face, indiquez dans "
            f"REPERES_EMBEDDING_REVISION son commit (40 caractères hexadécimaux, au lieu de « {revision} »), afin que "
            "l'index reste lié à une version précise du modèle."
        )
    try:
        # A commit never changes: what is on the disk already needs no network.
        model = load_model(name, dtype, local_files_only=True, revision=revision, cache_folder=str(models_folder))
    except ModelError:
        model = load_model(name, dtype, local_files_only=False, revision=revision, cache_folder=str(models_folder))
    return SentenceEncoder(model, f"{name}@{revision}", _prompts(model, name))


def folder_identity(folder: Path) -> str:
    """The folder's name and a hash of its weights, configuration and tokenizer; the place of the folder is no part.

    Raises ModelError when a file cannot be read.
    """
    overall = hashlib.sha256()
    try:
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder)
            # Download tools keep their own records in hidden folders.
            if path.suffix in _MODEL_FILES and not any(part.startswith(".") for part in name.parts) and path.is_file():
                with path.open("rb") as file:
                    content = hashlib.file_digest(file, "sha256").hexdigest()
                overall.update(f"{name.as_posix()}\0{content}\n".encode())
    except OSError as error:
        raise ModelError(f"Le dossier de modèle {folder} est illisible : {error.strerror or error}.") from error
    return f"{folder.resolve().name}@{overall.hexdigest()[:12]}"


def _prompts(model: SentenceTransformer, name: str) -> dict[Prompt, str]:
    """The prompts that the model's configuration holds, else those of the E5 family by its name, else none."""
    query = model.prompts.get("query") or ""
    passage = model.prompts.get("passage") or model.prompts.get("document") or ""
    if not query and not passage and _E5.search(name):
        return {"query": "query: ", "passage": "passage: "}
    return {"query": query, "passage": passage}
