"""Which library and number format: every pair of settings, on every kind of processor."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.errors import SettingsError
from kb.models import backend
from kb.models.backend import Backend, chosen_backend, processor_flags, signed_products_are_exact
from kb.settings import PACKAGED_MODEL, Settings

PLAIN = {"avx2", "avx512f", "avx512_bf16"}
VNNI = PLAIN | {"avx512_vnni"}
SMALL_VNNI = {"avx2", "avx_vnni"}
AMX = VNNI | {"amx_bf16", "amx_int8"}
OTHER = "some/folder"


@pytest.mark.parametrize(
    ("model", "wanted", "dtype", "flags", "expected"),
    [
        (PACKAGED_MODEL, "auto", "auto", set(), Backend("onnx", "int8")),
        (PACKAGED_MODEL, "auto", "auto", PLAIN, Backend("onnx", "int8")),
        (PACKAGED_MODEL, "auto", "auto", VNNI, Backend("onnx", "int8")),
        (PACKAGED_MODEL, "auto", "auto", SMALL_VNNI, Backend("onnx", "int8")),
        (PACKAGED_MODEL, "auto", "auto", AMX, Backend("onnx", "int8")),
        (PACKAGED_MODEL, "auto", "fp32", AMX, Backend("onnx", "fp32")),
        (PACKAGED_MODEL, "auto", "int8", PLAIN, Backend("onnx", "int8")),
        (PACKAGED_MODEL, "auto", "bf16", VNNI, Backend("torch", "bf16")),
        (PACKAGED_MODEL, "onnx", "auto", AMX, Backend("onnx", "int8")),
        (PACKAGED_MODEL, "onnx", "auto", PLAIN, Backend("onnx", "int8")),
        (PACKAGED_MODEL, "torch", "auto", VNNI, Backend("torch", "fp32")),
        (PACKAGED_MODEL, "torch", "auto", AMX, Backend("torch", "bf16")),
        (PACKAGED_MODEL, "torch", "fp32", AMX, Backend("torch", "fp32")),
        (OTHER, "auto", "auto", VNNI, Backend("torch", "fp32")),
        (OTHER, "auto", "auto", AMX, Backend("torch", "bf16")),
        (OTHER, "auto", "fp32", AMX, Backend("torch", "fp32")),
        (OTHER, "torch", "bf16", PLAIN, Backend("torch", "bf16")),
    ],
)
def test_the_settings_decide_and_else_the_processor(
    model: str, wanted: str, dtype: str, flags: set[str], expected: Backend
) -> None:
    settings = Settings(embedding_model=model, embedding_backend=wanted, embedding_dtype=dtype)
    assert chosen_backend(settings, flags) == expected


@pytest.mark.parametrize(
    ("model", "wanted", "dtype", "says"),
    [
        (
            OTHER,
            "onnx",
            "auto",
            r"^REPERES_EMBEDDING_BACKEND=onnx : seul le modèle fourni .* Choisissez auto ou torch\.$",
        ),
        (OTHER, "auto", "int8", r"^REPERES_EMBEDDING_DTYPE=int8 : .* que pour le modèle fourni .* Choisissez auto, "),
        (PACKAGED_MODEL, "torch", "int8", r"^REPERES_EMBEDDING_DTYPE=int8 : .* ou REPERES_EMBEDDING_BACKEND=onnx"),
        (PACKAGED_MODEL, "onnx", "bf16", r"^REPERES_EMBEDDING_DTYPE=bf16 : .* ou REPERES_EMBEDDING_BACKEND=torch\.$"),
    ],
)
def test_what_does_not_go_together_is_refused(model: str, wanted: str, dtype: str, says: str) -> None:
    settings = Settings(embedding_model=model, embedding_backend=wanted, embedding_dtype=dtype)
    with pytest.raises(SettingsError, match=says):
        chosen_backend(settings, AMX)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (
            "processor\t: 0\nflags\t\t: fpu avx2 avx512_vnni\n\nprocessor\t: 1\nflags\t\t: fpu\n",
            {"fpu", "avx2", "avx512_vnni"},
        ),
        ("processor\t: 0\nFeatures\t: fp asimd asimddp\n", set()),
        ("", set()),
    ],
)
def test_flags_are_those_of_the_first_processor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str, expected: set[str]
) -> None:
    (tmp_path / "cpuinfo").write_text(content, encoding="utf-8")
    monkeypatch.setattr(backend, "CPUINFO", tmp_path / "cpuinfo")
    assert processor_flags() == expected


def test_a_system_without_the_file_has_no_flags(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backend, "CPUINFO", tmp_path / "absent")
    assert processor_flags() == set()
    assert chosen_backend(Settings()) == Backend("onnx", "int8")
    assert not signed_products_are_exact(machine="x86_64")


@pytest.mark.parametrize(
    ("machine", "flags", "exact"),
    [
        ("x86_64", PLAIN, False),
        ("AMD64", VNNI, True),
        ("x86_64", SMALL_VNNI, True),
        ("x86_64", set(), False),
        ("aarch64", set(), True),
        ("arm64", set(), True),
    ],
)
def test_sums_of_signed_products_overflow_on_x86_without_instructions_for_them(
    machine: str, flags: set[str], exact: bool
) -> None:
    assert signed_products_are_exact(flags, machine) == exact
