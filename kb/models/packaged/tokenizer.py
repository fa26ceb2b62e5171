"""The tokenizer of the packaged model, as the `tokenizers` library reads it."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from kb.models.packaged.packed_model import PackedModel

if TYPE_CHECKING:
    from tokenizers import Tokenizer


def build_tokenizer(packed: PackedModel) -> Tokenizer:
    """A fast tokenizer that gives the token ids of the package's own."""
    from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

    special = {name: packed.pieces[number][0] for name, number in packed.special.items()}
    known = {ord(character) for text, _ in packed.pieces for character in text}
    # The library's regular expressions take 10,000 ranges at most: a range ends where the next code point is unknown.
    starts = sorted(code for code in known if code - 1 not in known)
    ends = sorted(code for code in known if code + 1 not in known)
    unknown = "[^" + "".join(f"\\x{{{a:x}}}-\\x{{{b:x}}}" for a, b in zip(starts, ends, strict=True)) + "]"
    tokenizer = Tokenizer(models.Unigram(list(packed.pieces), packed.special["unk"], byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Precompiled(charsmap(packed.normalisation)), normalizers.Replace(Regex(" {2,}"), " ")]
    )
    # The library merges a run of unknown characters into one token, the package's tokenizer does not: isolate them.
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Metaspace("▁", prepend_scheme="always"), pre_tokenizers.Split(Regex(unknown), "isolated")]
    )
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{special['bos']} $A {special['eos']}",
        special_tokens=[(special[name], packed.special[name]) for name in ("bos", "eos")],
    )
    tokenizer.decoder = decoders.Metaspace("▁", prepend_scheme="always")
    tokenizer.add_special_tokens(list(special.values()))
    tokenizer.encode_special_tokens = True
    return tokenizer


def charsmap(normalisation: Mapping[int, str]) -> bytes:
    """SentencePiece's precompiled map of `normalisation`: a double array over UTF-8 bytes, then the replacements.

    A unit of the array (Darts-clone) holds its label in 8 bits, "has a leaf" in bit 8, and from bit 10 the XOR
    distance to its children; a leaf has bit 31 and the offset of its replacement. Code points are prefix-free in
    UTF-8, so that each inner node can have 256 slots of its own: 1 MB at most, and no packing to search for.
    """
    keys = {chr(code_point).encode(): text for code_point, text in normalisation.items()}
    inner = sorted({key[:depth] for key in keys for depth in range(len(key))})
    children = {prefix: 256 * number for number, prefix in enumerate(inner)}
    first_leaf = 256 * len(inner)
    units = np.zeros(first_leaf + -(-len(keys) // 256) * 256, "<u4")
    for prefix in inner[1:]:
        slot = children[prefix[:-1]] ^ prefix[-1]
        units[slot] = prefix[-1] | (slot ^ children[prefix]) << 10
    replacements = bytearray()
    for leaf, (key, text) in enumerate(keys.items(), first_leaf):
        slot = children[key[:-1]] ^ key[-1]
        units[slot] = key[-1] | 1 << 8 | (slot ^ leaf) << 10
        units[leaf] = 1 << 31 | len(replacements)
        replacements += text.encode() + b"\0"
    return struct.pack("<I", units.nbytes) + units.tobytes() + bytes(replacements)
