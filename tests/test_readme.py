"""The README against the code: its settings are those of kb/settings.py, its commands and files exist."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import click
import pytest

from app import reperes
from kb.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def _rows() -> list[tuple[str, str, str]]:
    """The rows of the table of settings: variable, default, meaning."""
    lines = [line for line in README.splitlines() if line.startswith("| `REPERES_")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [(row[0].strip("`"), row[1], row[2]) for row in cells]


def test_the_table_lists_every_setting_once_as_it_is() -> None:
    assert _rows() == [
        (each.metadata["variable"], each.metadata["shown"], each.metadata["meaning"]) for each in fields(Settings)
    ]


def test_no_other_variable_is_told_of() -> None:
    known = {each.metadata["variable"] for each in fields(Settings)} | {"REPERES_BENCH_DATA"}  # of benchmarks/ alone
    assert set(re.findall(r"REPERES_[A-Z_]+", README)) <= known


def test_every_variable_named_anywhere_is_a_setting() -> None:
    known = {each.metadata["variable"] for each in fields(Settings)}
    files = [ROOT / "Makefile", ROOT / "app.py", *(ROOT / "corpus").glob("*.md")]
    files += [*(ROOT / "kb").rglob("*.py"), *(ROOT / "ingest").rglob("*.py")]
    named = {
        (path.relative_to(ROOT).as_posix(), name)
        for path in files
        for name in re.findall(r"\bREPERES_[A-Z][A-Z_]*[A-Z]\b", path.read_text(encoding="utf-8"))
    }
    assert len(named) >= len(known)
    assert not {(path, name) for path, name in named if name not in known}


def test_every_command_shown_exists() -> None:
    shown = re.findall(r"^ {4}reperes (\w+)([^#\n]*)", README, re.MULTILINE)
    assert {name for name, _ in shown} >= {"ask", "search", "ingest", "eval", "status"}
    for name, arguments in shown:
        command = reperes.commands[name]
        if isinstance(command, click.Group):
            command = command.commands[arguments.split()[0]]
        options = {each for parameter in command.params for each in parameter.opts}
        assert set(re.findall(r"(?<!\S)--?[a-z][a-z-]*", arguments)) <= options, name


@pytest.mark.parametrize("target", re.findall(r"\]\(([^)#:]+)\)", README))
def test_links_lead_somewhere(target: str) -> None:
    assert (ROOT / target).is_file()


@pytest.mark.parametrize("target", re.findall(r"^ {4}make (\w+)", README, re.MULTILINE))
def test_targets_of_make_exist(target: str) -> None:
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("command", reperes.commands.values(), ids=str)
def test_every_command_explains_itself(command: click.Command) -> None:
    assert command.help
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, f"{command.name} {parameter.opts}"
