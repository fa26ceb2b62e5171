"""README and docs/ against the code: what they take from elsewhere is up to date, what they name exists."""

from __future__ import annotations

import ast
import importlib.util
import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import click
import pytest

from app import reperes
from docs import document
from kb.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
PAGES = {path: path.read_text(encoding="utf-8") for path in document.documents()}
VARIABLES = {setting.metadata["variable"] for setting in fields(Settings)}


def _found(pattern: str, least: int, text: str | None = None) -> list[tuple[Path, re.Match[str]]]:
    """Where a pattern stands in the pages (or in `text`); fails when it is found fewer than `least` times."""
    pages = PAGES if text is None else {README: text}
    found = [(path, match) for path, page in pages.items() for match in re.finditer(pattern, page, re.MULTILINE)]
    assert len(found) >= least, f"{pattern} is found {len(found)} times, at least {least} were expected"
    return found


def test_a_pattern_that_matches_nothing_fails() -> None:
    with pytest.raises(AssertionError, match="found 0 times"):
        _found(r"^ {4}make (\w+)", 1, "no command")


def test_what_comes_from_the_settings_and_the_results_is_up_to_date() -> None:
    """`make docs` would change nothing, and every part that it makes stands somewhere."""
    stale = [path.name for path, page in PAGES.items() if document.filled(page) != page]
    assert stale == [], "run `make docs`"
    parts = {(path.name, match[1]) for path, match in _found(r"<!-- made by make docs: (\w+) -->", 10)}
    assert {part for _, part in parts} == set(document.PARTS)
    assert {("README.md", "quality"), ("README.md", "answers"), ("configuration.md", "settings")} <= parts
    assert all(variable in PAGES[ROOT / "docs/configuration.md"] for variable in VARIABLES)


def test_a_part_that_differs_is_seen() -> None:
    text = "a\n<!-- made by make docs: settings -->\nAs it was.\n<!-- end -->\nb"
    filled = document.filled(text)
    assert "As it was." not in filled
    assert "REPERES_STORE" in filled
    assert document.filled(filled) == filled
    assert filled.startswith("a\n")
    assert filled.endswith("\nb")


def test_readme_is_short_and_begins_with_the_example_that_is_tested() -> None:
    assert len(PAGES[README].splitlines()) <= 130
    (example, *_) = _found(r'^ {4}reperes ask "(.+)"$', 2)
    assert example[0] == README
    asked = (ROOT / "tests/test_end_to_end.py").read_text(encoding="utf-8")
    assert f'QUESTION = "{example[1][1]}"' in asked


def test_no_other_variable_is_told_of() -> None:
    named = {match[0] for _, match in _found(r"REPERES_[A-Z_]*[A-Z]", 50)}
    assert named <= VARIABLES | {"REPERES_BENCH_DATA"}  # of benchmarks/ alone


def test_every_variable_named_anywhere_is_a_setting() -> None:
    files = [ROOT / "Makefile", ROOT / "app.py", *(ROOT / "corpus").glob("*.md")]
    files += [*(ROOT / "kb").rglob("*.py"), *(ROOT / "ingest").rglob("*.py")]
    named = {
        (path.relative_to(ROOT).as_posix(), name)
        for path in files
        for name in re.findall(r"\bREPERES_[A-Z][A-Z_]*[A-Z]\b", path.read_text(encoding="utf-8"))
    }
    assert len(named) >= len(VARIABLES)
    assert not {(path, name) for path, name in named if name not in VARIABLES}


def test_every_command_shown_exists() -> None:
    shown = [(match[1], match[2]) for _, match in _found(r"^ {4}(?:\S.*&& )?reperes (\w+)([^#\n]*)", 30)]
    assert {name for name, _ in shown} >= {"ask", "search", "ingest", "eval", "status"}
    for name, arguments in shown:
        command = reperes.commands[name]
        if isinstance(command, click.Group):
            command = command.commands[arguments.split()[0]]
        options = {option for parameter in command.params for option in parameter.opts}
        assert set(re.findall(r"(?<!\S)--?[a-z][a-z-]*", arguments)) <= options, name


def test_every_module_that_is_run_exists() -> None:
    for _, match in _found(r"python -m ([\w.]+)", 1):
        assert importlib.util.find_spec(match[1]), match[0]


def _anchors(path: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_links_lead_somewhere() -> None:
    for path, match in _found(r"\]\(([^)#:\s]+)(?:#([^)]+))?\)", 30):
        target = path.parent / match[1]
        assert target.is_file(), f"{path.name}: {match[1]}"
        assert match[2] is None or match[2] in _anchors(target), f"{path.name}: {match[0]}"


def test_every_page_is_linked_from_readme() -> None:
    linked = {match[1] for path, match in _found(r"\]\((docs/\w[\w-]*\.md)", 10) if path == README}
    assert linked == {path.relative_to(ROOT).as_posix() for path in PAGES if path != README}


def test_every_place_named_in_the_tree_exists() -> None:
    for path, match in _found(r"`((?:benchmarks|corpus|docs|ingest|kb|tests)/[\w./-]*)`", 8):
        assert (ROOT / match[1]).exists(), f"{path.name}: {match[1]}"


def test_targets_of_make_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for _, match in _found(r"^ {4}make (\w+)|`make (\w+)", 15):
        target = match[1] or match[2]
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def _docstring(place: Path) -> str:
    return ast.get_docstring(ast.parse((place / "__init__.py").read_text(encoding="utf-8"))) or ""


def _steps() -> Iterator[tuple[str, list[str]]]:
    for _, match in _found(r"^\| (an? .+|another .+) \| (`\w+`(?: → `\w+`)+) \|$", 10):
        yield match[1], re.findall(r"\w+", match[2])


def test_the_docstrings_of_folders_lead_to_every_change_of_the_guide() -> None:
    """docs/develop.md: on each way, the docstring of a folder names the folder or module that comes next."""
    for change, (first, *others) in _steps():
        place = ROOT / first
        for name in others:
            assert re.search(rf"`{name}`", _docstring(place)), f"{change}: {place.name} does not tell of {name}"
            place /= name
        assert place.is_dir() or place.with_suffix(".py").is_file(), change


def test_every_command_explains_itself() -> None:
    assert len(reperes.commands) >= 10
    assert [name for name, command in reperes.commands.items() if not command.help] == []
    assert [
        f"{name} {parameter.opts}"
        for name, command in reperes.commands.items()
        for parameter in command.params
        if isinstance(parameter, click.Option) and not parameter.help
    ] == []
