"""The encoder on tiny models made here: how texts are counted, padded, averaged, refused; which model is loaded."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from logging.handlers import BufferingHandler
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules import Normalize, Transformer
from sentence_transformers.sentence_transformer.modules import Pooling, StaticEmbedding
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast
from transformers.utils import logging

from kb.errors import ModelError, TextTooLongError
from kb.models.encoder import Prompt
from kb.models.sentence_encoder import load_encoder
from kb.settings import Settings

ROOT = Path(__file__).parents[3]
COMMIT = "0123456789abcdef0123456789abcdef01234567"
WORDS = "query : passage le la de quartier logement renouvellement urbain subvention ville rue école".split()
TEXTS = [
    "le quartier",
    "",
    "la subvention de la ville",
    "renouvellement urbain de la rue de la ville",
    "école",
    "le logement de la rue",
    "inconnu",
]
MakeModel = Callable[..., Path]


@pytest.fixture(scope="module")
def make_model(tmp_path_factory: pytest.TempPathFactory) -> MakeModel:
    """Saves a random two-layer BERT that reads 16 tokens; the same weights every time."""

    def make(
        name: str = "petit",
        prompts: dict[str, str] | None = None,
        pooling: str = "mean",
        include_prompt: bool = True,
        padding: str = "right",
        normalised: bool = True,
    ) -> Path:
        vocabulary = {word: number for number, word in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", *WORDS])}
        tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
        tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
        tokenizer.post_processor = processors.TemplateProcessing(
            single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
        )
        special = {"pad_token": "[PAD]", "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]"}
        torch.manual_seed(7)
        sizes: dict[str, Any] = {
            "hidden_size": 32,
            "num_hidden_layers": 2,
            "num_attention_heads": 2,
            "intermediate_size": 64,
        }
        bert = BertModel(BertConfig(vocab_size=len(vocabulary), max_position_embeddings=16, **sizes))
        folder = tmp_path_factory.mktemp("models")
        bert.save_pretrained(folder / "bert")
        PreTrainedTokenizerFast(
            tokenizer_object=tokenizer, model_max_length=16, padding_side=padding, **special
        ).save_pretrained(folder / "bert")
        modules: list[Any] = [Transformer(str(folder / "bert")), Pooling(32, pooling, include_prompt=include_prompt)]
        model = SentenceTransformer(modules=[*modules, Normalize()] if normalised else modules, prompts=prompts)
        model.save(str(folder / name), create_model_card=False)
        return folder / name

    return make


@pytest.fixture(scope="module")
def folder(make_model: MakeModel) -> Path:
    return make_model(prompts={"query": "query : ", "passage": "passage : "})


def settings_for(folder: Path | str, **options: Any) -> Settings:
    return Settings(embedding_model=str(folder), **{"embedding_dtype": "fp32", **options})


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"normalised": False},
        {"pooling": "cls"},
        {"include_prompt": False},
        {"pooling": "lasttoken", "padding": "left"},
    ],
    ids=str,
)
@pytest.mark.parametrize("prompt", ["query", "passage"])
def test_vectors_are_those_of_the_model_in_the_order_of_the_texts(
    make_model: MakeModel, options: dict[str, Any], prompt: Prompt
) -> None:
    folder = make_model(prompts={"query": "query : ", "passage": "passage : "}, **options)
    reference = SentenceTransformer(str(folder), device="cpu")
    expected = reference.encode(TEXTS, prompt_name=prompt, normalize_embeddings=True)
    vectors = load_encoder(settings_for(folder)).encode(TEXTS, prompt)
    np.testing.assert_allclose(vectors, expected, atol=1e-5)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1] * len(TEXTS), abs=1e-6)


@pytest.mark.parametrize("padding", ["right", "left"])
def test_windows_are_means_of_the_tokens_in_the_whole_text(make_model: MakeModel, padding: str) -> None:
    folder = make_model(prompts={"query": "query : ", "passage": "passage : "}, padding=padding)
    texts = ["le quartier de la ville", "école", ""]
    reference = SentenceTransformer(str(folder), device="cpu")
    states = reference.encode(texts, prompt_name="passage", output_value="token_embeddings")
    first = np.asarray(states[0])[-6:]  # le quartier de la ville [SEP]
    expected = [first[1], first[:5].mean(axis=0), first[3:5].mean(axis=0)]
    encoder = load_encoder(settings_for(folder))
    vectors, windows = encoder.encode_windows(texts, [[(4, 6), (0, 23), (15, 23)], [], [(0, 0)]], "passage")
    np.testing.assert_allclose(vectors, encoder.encode(texts, "passage"), atol=1e-6)
    assert [rows.shape for rows in windows] == [(3, 32), (0, 32), (1, 32)]
    np.testing.assert_allclose(windows[0], [vector / np.linalg.norm(vector) for vector in expected], atol=1e-5)
    np.testing.assert_allclose(windows[2], vectors[2:], atol=1e-6)


def test_windows_are_read_alone_where_a_vector_is_no_mean(make_model: MakeModel) -> None:
    encoder = load_encoder(settings_for(make_model(pooling="cls")))
    texts = ["le quartier de la ville", "école", "la  rue"]
    vectors, windows = encoder.encode_windows(texts, [[(3, 11), (0, 23)], [], [(2, 4)]], "passage")
    np.testing.assert_allclose(vectors, encoder.encode(texts, "passage"), atol=1e-6)
    assert [len(rows) for rows in windows] == [2, 0, 1]
    np.testing.assert_allclose(windows[0], encoder.encode(["quartier", texts[0]], "passage"), atol=1e-5)
    np.testing.assert_allclose(windows[2], vectors[2:], atol=1e-5)


def test_many_batches_keep_the_order(folder: Path) -> None:
    encoder = load_encoder(settings_for(folder))
    texts = TEXTS * 60  # about 3000 tokens: several batches
    np.testing.assert_allclose(
        encoder.encode(texts, "query"), np.tile(encoder.encode(TEXTS, "query"), (60, 1)), atol=1e-5
    )


def test_no_text_gives_no_vector(folder: Path) -> None:
    vectors = load_encoder(settings_for(folder)).encode([], "passage")
    assert vectors.shape == (0, 32)
    assert vectors.dtype == np.float32


def test_tokens_count_the_prompt_and_the_special_ones(folder: Path) -> None:
    # [CLS] passage : … [SEP]
    assert load_encoder(settings_for(folder)).count_tokens(["", "le quartier", "le " * 40]) == [4, 6, 44]


def test_a_text_of_the_limit_is_read_and_one_more_token_is_refused(folder: Path) -> None:
    encoder = load_encoder(settings_for(folder))
    assert encoder.max_tokens == 16
    assert encoder.encode(["ville " * 12], "passage").shape == (1, 32)
    with pytest.raises(TextTooLongError, match=r"« ville rue ville .*… » compte 17 tokens .* lit 16 au plus"):
        encoder.encode(["le quartier", "ville\nrue  " + "ville " * 11], "passage")


def test_a_tokenizer_saved_with_cutting_and_padding_does_neither(folder: Path, tmp_path: Path) -> None:
    """Many models of the hub are saved so."""
    copied = shutil.copytree(folder, tmp_path / "coupé")
    tokenizer = Tokenizer.from_file(str(copied / "tokenizer.json"))
    tokenizer.enable_truncation(8)
    tokenizer.enable_padding(length=8, pad_token="[PAD]")
    tokenizer.save(str(copied / "tokenizer.json"))
    encoder = load_encoder(settings_for(copied))
    assert encoder.count_tokens(["", "le " * 40]) == [4, 44]
    np.testing.assert_array_equal(
        encoder.encode(TEXTS, "passage"), load_encoder(settings_for(folder)).encode(TEXTS, "passage")
    )


def test_half_of_a_surrogate_pair_is_read_as_an_unknown_character(folder: Path) -> None:
    encoder = load_encoder(settings_for(folder))
    np.testing.assert_array_equal(encoder.encode(["ville \ud83d"], "query"), encoder.encode(["ville ?"], "query"))


def test_many_threads_get_the_vectors_of_one(folder: Path) -> None:
    encoder = load_encoder(settings_for(folder))
    expected = [encoder.encode([text], "query") for text in TEXTS]

    def encode(number: int) -> float:
        wanted = number % len(TEXTS)
        encoder.count_tokens(TEXTS)
        return float(np.abs(encoder.encode([TEXTS[wanted]], "query") - expected[wanted]).max())

    with ThreadPoolExecutor(8) as pool:
        assert max(pool.map(encode, range(200))) < 1e-5


@pytest.mark.parametrize(
    ("name", "saved", "expected"),
    [
        ("petit", {"query": "Q ", "passage": "P "}, ("Q ", "P ")),
        ("petit", {"query": "Q ", "document": "D "}, ("Q ", "D ")),
        ("petit", {"query": "Q "}, ("Q ", "")),
        ("petit-e5-base", {"query": "Q ", "document": ""}, ("Q ", "")),
        ("petit-e5-base", None, ("query: ", "passage: ")),
        ("petit", None, ("", "")),
        ("9be5e5c4", None, ("", "")),
    ],
)
def test_prompts_come_from_the_model_or_from_its_family(
    make_model: MakeModel, name: str, saved: dict[str, str] | None, expected: tuple[str, str]
) -> None:
    encoder = load_encoder(settings_for(make_model(name, saved)))
    assert encoder.prompts == {"query": expected[0], "passage": expected[1]}


def test_a_folder_is_identified_by_its_content(folder: Path, tmp_path: Path) -> None:
    identity = load_encoder(settings_for(folder)).identity
    moved = shutil.copytree(folder, tmp_path / "ailleurs" / folder.name)
    (moved / "README.md").write_text("notes", encoding="utf-8")
    (moved / ".cache").mkdir()
    (moved / ".cache" / "download.json").write_text("{}", encoding="utf-8")
    assert load_encoder(settings_for(moved)).identity == identity
    assert identity.startswith("petit@")

    weights = moved / "model.safetensors"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    assert load_encoder(settings_for(moved)).identity not in {identity, "petit@"}


def test_a_hub_model_is_read_from_the_cache_by_its_commit(folder: Path, tmp_path: Path) -> None:
    snapshot = tmp_path / "models" / "models--equipe--petit" / "snapshots" / COMMIT
    shutil.copytree(folder, snapshot)
    encoder = load_encoder(settings_for("equipe/petit", embedding_revision=COMMIT, cache=tmp_path))
    assert encoder.identity == f"equipe/petit@{COMMIT}"
    expected = load_encoder(settings_for(folder)).encode(TEXTS, "query")
    np.testing.assert_array_equal(encoder.encode(TEXTS, "query"), expected)


@pytest.mark.parametrize("revision", ["", "main", "v1.0", "0123456"])
def test_a_hub_model_without_a_commit_is_refused(revision: str) -> None:
    with pytest.raises(ModelError, match="REPERES_EMBEDDING_REVISION") as raised:
        load_encoder(settings_for("intfloat/multilingual-e5-base", embedding_revision=revision))
    assert "intfloat/multilingual-e5-base" in str(raised.value)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"ce dossier n'existe pas") as raised:
        load_encoder(settings_for(tmp_path / "absent", embedding_revision=COMMIT))
    assert str(tmp_path / "absent") in str(raised.value)


def test_a_broken_folder_is_named(folder: Path, tmp_path: Path) -> None:
    broken = shutil.copytree(folder, tmp_path / "abîmé")
    (broken / "model.safetensors").write_bytes(b"half")
    with pytest.raises(ModelError, match=r"abîmé ne peut pas être chargé"):
        load_encoder(settings_for(broken))


def test_a_model_that_does_not_tokenise_like_a_transformer_is_refused(tmp_path: Path) -> None:
    tokenizer = Tokenizer(models.WordLevel({"[UNK]": 0, "ville": 1}, unk_token="[UNK]"))
    static = SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_dim=8)])
    static.save(str(tmp_path / "statique"), create_model_card=False)
    with pytest.raises(ModelError, match=r"statique@\w+ n'est pas utilisable"):
        load_encoder(settings_for(tmp_path / "statique"))


def test_code_inside_a_folder_is_never_run(folder: Path, tmp_path: Path) -> None:
    trapped = shutil.copytree(folder, tmp_path / "piège")
    (trapped / "trap.py").write_text(
        f"import pathlib\npathlib.Path({str(tmp_path / 'ran')!r}).touch()\nclass Trap: pass\n", encoding="utf-8"
    )
    modules = json.loads((trapped / "modules.json").read_text(encoding="utf-8"))
    modules[1]["type"] = "trap.Trap"
    (trapped / "modules.json").write_text(json.dumps(modules), encoding="utf-8")
    with pytest.raises(ModelError, match="piège ne peut pas être chargé"):
        load_encoder(settings_for(trapped))
    assert not (tmp_path / "ran").exists()


def test_half_precision_gives_unit_vectors_near_the_others(folder: Path) -> None:
    full = load_encoder(settings_for(folder)).encode(TEXTS, "query")
    half = load_encoder(settings_for(folder, embedding_dtype="bf16")).encode(TEXTS, "query")
    assert half.dtype == np.float32
    assert np.linalg.norm(half, axis=1) == pytest.approx([1] * len(TEXTS), abs=1e-6)
    assert 0 < np.abs(half - full).max() < 0.05


def test_loading_says_nothing(folder: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Not even about a weight that is missing, which the library reports at length."""
    from safetensors.numpy import load_file, save_file

    partial = shutil.copytree(folder, tmp_path / "partiel")
    weights = load_file(partial / "model.safetensors")
    weights.pop("pooler.dense.weight")
    save_file(weights, partial / "model.safetensors", metadata={"format": "pt"})
    before = logging.get_verbosity(), logging.is_progress_bar_enabled()
    # The library's own handler holds the standard error of the time of its import, which pytest has replaced since.
    said = BufferingHandler(1000)
    logging.add_handler(said)
    try:
        load_encoder(settings_for(partial)).encode(TEXTS, "query")
    finally:
        logging.remove_handler(said)
    assert [record.getMessage() for record in said.buffer] == []
    assert capfd.readouterr() == ("", "")
    assert (logging.get_verbosity(), logging.is_progress_bar_enabled()) == before


def test_importing_the_module_does_not_import_the_libraries() -> None:
    code = (
        "import sys, kb.models.sentence_encoder as _; print(sorted({'onnx', 'onnxruntime', 'torch', 'transformers', "
        "'sentence_transformers', 'tokenizers'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True).stdout == b"[]\n"
