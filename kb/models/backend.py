"""What computes the vectors, and in which number format: what the settings ask for, or what suits the processor.

The packaged model runs in 8 bits everywhere, so that machines differ as little as may be: of 1,896 questions one in
four was answered with other sentences in float32 (28 November 2026, bench/sheets; see benchmarks/formats.py and
benchmarks/processors). On ONNX
Runtime it takes half the time of float32 where the processor has instructions for it (VNNI), and is not slower
elsewhere. bfloat16 on torch, for other models, pays only where the processor has a unit for matrices of it (AMX), and
is slower than float32 where it has mere instructions (avx512_bf16).
"""

from __future__ import annotations

import platform
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from kb.errors import SettingsError
from kb.settings import PACKAGED_MODEL, Settings

CPUINFO = Path("/proc/cpuinfo")
_VNNI = {"avx512_vnni", "avx_vnni"}


@dataclass(frozen=True, slots=True)
class Backend:
    """A library and the number format in which it computes: `int8` on onnx only, `bf16` on torch only."""

    name: Literal["onnx", "torch"]
    dtype: Literal["fp32", "bf16", "int8"]


def chosen_backend(settings: Settings, flags: AbstractSet[str] | None = None) -> Backend:
    """The backend for the model and the settings, on a processor of `flags` (by default, this one).

    Raises SettingsError when the settings ask for what does not go together.
    """
    flags = processor_flags() if flags is None else flags
    wanted, dtype = settings.embedding_backend, settings.embedding_dtype
    packaged = settings.embedding_model == PACKAGED_MODEL
    if wanted == "onnx" and not packaged:
        raise SettingsError(
            "REPERES_EMBEDDING_BACKEND=onnx : seul le modèle fourni (REPERES_EMBEDDING_MODEL=packaged) est prévu pour "
            "ONNX Runtime. Choisissez auto ou torch."
        )
    if dtype == "int8":
        if wanted == "torch" or not packaged:
            raise SettingsError(
                "REPERES_EMBEDDING_DTYPE=int8 : ce format n'existe que pour le modèle fourni "
                "(REPERES_EMBEDDING_MODEL=packaged) sur ONNX Runtime. Choisissez auto, fp32 ou bf16, ou "
                "REPERES_EMBEDDING_BACKEND=onnx avec ce modèle."
            )
        return Backend("onnx", "int8")
    if dtype == "bf16":
        if wanted == "onnx":
            raise SettingsError(
                "REPERES_EMBEDDING_DTYPE=bf16 : ce format n'existe pas avec REPERES_EMBEDDING_BACKEND=onnx. Choisissez "
                "auto, int8 ou fp32, ou REPERES_EMBEDDING_BACKEND=torch."
            )
        return Backend("torch", "bf16")
    if packaged and wanted != "torch":
        return Backend("onnx", "int8" if dtype == "auto" else "fp32")
    return Backend("torch", "bf16" if dtype == "auto" and "amx_bf16" in flags else "fp32")


def signed_products_are_exact(flags: AbstractSet[str] | None = None, machine: str | None = None) -> bool:
    """Whether sums of 8-bit products with signed weights never overflow on a processor of `flags` and architecture
    `machine` (by default, this one): false for x86 without VNNI, and where its flags are not known.
    """
    flags = processor_flags() if flags is None else flags
    machine = platform.machine() if machine is None else machine
    return machine.lower() not in {"x86_64", "amd64", "i686", "i386", "x86"} or bool(flags & _VNNI)


def processor_flags() -> frozenset[str]:
    """What Linux says that the processor can do, in its words; nothing where it does not say so."""
    try:
        lines = CPUINFO.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return frozenset()
    return frozenset(next((line.partition(":")[2].split() for line in lines if line.startswith("flags")), []))
