"""Where PyTorch is taken from: the user's pip comes first, the CPU index only where it helps and answers."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

import torch_index

ROOT = Path(__file__).resolve().parents[1]


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        """Nothing: what is asked is no concern of a reader of the tests."""


@pytest.fixture
def index(tmp_path: Path) -> Iterator[str]:
    """An index of packages on this machine that has one torch, a CPU build."""
    folder = tmp_path / "index" / "torch"
    folder.mkdir(parents=True)
    name = "torch-99.0+cpu-py3-none-any.whl"
    with zipfile.ZipFile(folder / name, "w") as wheel:
        wheel.writestr("torch-99.0+cpu.dist-info/METADATA", "Metadata-Version: 2.1\nName: torch\nVersion: 99.0+cpu\n")
    (folder / "index.html").write_text(f'<a href="{name}">{name}</a>', encoding="utf-8")

    def handler(*args: object) -> _Quiet:
        return _Quiet(*args, directory=str(tmp_path / "index"))  # type: ignore[arg-type]  # as http.server calls it

    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def bare_pip(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A pip that nobody configured."""
    for variable in ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "PIP_NO_INDEX"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    return monkeypatch


def test_an_index_that_answers_is_told_from_one_that_does_not(index: str, bare_pip: pytest.MonkeyPatch) -> None:
    assert torch_index.answers(index)
    assert not torch_index.answers(f"{index}/nothing-here")
    assert not torch_index.answers("http://127.0.0.1:9", seconds=1)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("PIP_INDEX_URL", "https://mirror.example/simple"),
        ("PIP_EXTRA_INDEX_URL", "https://mirror.example/simple"),
        ("PIP_FIND_LINKS", "wheels"),
        ("PIP_NO_INDEX", "1"),
    ],
)
def test_pip_as_the_user_configured_it_is_seen(variable: str, value: str, bare_pip: pytest.MonkeyPatch) -> None:
    assert not torch_index.is_configured()
    bare_pip.setenv(variable, value)
    assert torch_index.is_configured()
    bare_pip.setenv(variable, "")
    assert not torch_index.is_configured()


@pytest.mark.parametrize("key", ["index-url", "extra-index-url", "find-links"])
def test_its_files_count_too(key: str, tmp_path: Path, bare_pip: pytest.MonkeyPatch) -> None:
    (tmp_path / "pip.conf").write_text(f"[global]\n{key} = https://mirror.example\n", encoding="utf-8")
    bare_pip.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))
    assert torch_index.is_configured()


def test_a_cuda_build_is_told_by_what_it_asks_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def pip(code: int, requires: list[str]) -> None:
        report = json.dumps({"install": [{"metadata": {"name": "torch", "requires_dist": requires}}]})
        done = subprocess.CompletedProcess([], code, stdout=report if code == 0 else "")
        monkeypatch.setattr(subprocess, "run", lambda *args, **options: done)

    pip(0, ["filelock", "nvidia-cublas==13.1; platform_system == 'Linux'"])
    assert torch_index.takes_cuda("torch")
    pip(0, ["filelock", "sympy>=1.13"])
    assert not torch_index.takes_cuda("torch")
    pip(1, [])
    assert not torch_index.takes_cuda("torch")


@pytest.mark.parametrize(
    ("case", "printed", "code"),
    [
        ({}, f"--extra-index-url {torch_index.CPU_INDEX}\n", 0),
        ({"is_configured": True}, "", 0),
        ({"has_gpu": True}, "", 0),
        ({"is_installed": True}, "", 0),
        ({"answers": False}, "", 0),
        ({"answers": False, "takes_cuda": True}, "", 0),
        ({"answers": False, "takes_cuda": True, "agreed": False}, "", 1),
        ({"is_configured": True, "takes_cuda": True, "agreed": False}, "", 1),
    ],
)
def test_what_is_added(
    case: dict[str, bool],
    printed: str,
    code: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    usual = {"is_configured": False, "has_gpu": False, "is_installed": False, "answers": True, "agreed": True}
    for name, value in ({**usual, "takes_cuda": False} | case).items():
        monkeypatch.setattr(torch_index, name, lambda *args, value=value: value)
    monkeypatch.setattr(sys, "platform", "linux")
    assert torch_index.main() == code
    assert capsys.readouterr().out == printed


def test_nothing_is_added_on_other_systems(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert torch_index.main() == 0
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(("answer", "goes_on"), [("oui\n", True), ("\n", False), ("", False)])
def test_a_person_is_asked_and_a_program_is_told(
    answer: str, goes_on: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    typed = io.StringIO(answer)
    monkeypatch.setattr(sys, "stdin", typed)
    assert torch_index.agreed(), "without a terminal, as pip is configured"
    assert "CUDA" in capsys.readouterr().err
    monkeypatch.setattr(typed, "isatty", lambda: True)
    assert torch_index.agreed() is goes_on


def test_the_torch_that_is_installed_fits_what_the_project_asks_for() -> None:
    requirement = torch_index.wanted(ROOT / "pyproject.toml")
    assert requirement.startswith("torch~=")
    assert torch_index.is_installed(requirement)
    assert not torch_index.is_installed("torch~=1.0.0")


def test_an_nvidia_driver_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not torch_index.has_gpu(tmp_path)
    (tmp_path / "driver/nvidia/gpus").mkdir(parents=True)
    assert torch_index.has_gpu(tmp_path)
