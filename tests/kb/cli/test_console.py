"""What every command shares: French messages, one line an error, exit codes, JSON on standard output."""

from __future__ import annotations

import json

import click
import pytest
from click.testing import CliRunner, Result

from kb.cli.console import FrenchGroup, print_json, speak_french
from kb.errors import ReperesError


@click.group(cls=FrenchGroup)
def group() -> None:
    """Un groupe."""


@group.command()
@click.option("--json", "as_json", is_flag=True)
@click.option("-n", type=click.IntRange(1, 5), default=1)
@click.argument("what")
def work(as_json: bool, n: int, what: str) -> None:
    """Travaille."""
    errors = {"known": ReperesError("Le fichier a.md est vide."), "bug": KeyError("x"), "stop": KeyboardInterrupt()}
    if what in errors:
        raise errors[what]
    print_json({"fait": "été"})


def run(*arguments: str) -> Result:
    speak_french()
    return CliRunner().invoke(group, arguments)


def test_json_is_one_object_and_accents_are_kept() -> None:
    result = run("work", "well", "--json")
    assert (result.exit_code, result.stdout) == (0, '{"fait": "été"}\n')


@pytest.mark.parametrize(
    ("what", "told"),
    [("known", "Le fichier a.md est vide."), ("bug", "Erreur inattendue (KeyError : 'x')"), ("stop", "Interrompu.")],
)
def test_what_fails_is_one_french_line_and_exit_code_1(what: str, told: str) -> None:
    result = run("work", what)
    assert result.exit_code == 1
    assert result.stderr.startswith(f"Erreur : {told}")
    assert result.stderr.count("\n") == 1
    assert result.stdout == ""
    assert told in json.loads(run("work", what, "--json").stdout)["error"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("nothing",), "La commande nothing n'existe pas."),
        (("work",), "Il manque l'argument"),
        (("work", "x", "--nope"), "L'option --nope n'existe pas."),
        (("work", "x", "-n", "9"), "9 n'est pas dans l'intervalle 1<=x<=5."),
        (("work", "x", "-n", "un"), "n'est pas un nombre valable"),
        (("work", "x", "y"), "Argument en trop : y"),
        (("work", "x", "-n"), "demande une valeur"),
    ],
)
def test_wrong_use_is_told_in_french_with_exit_code_2(arguments: tuple[str, ...], told: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert told in result.stderr.replace("\u00a0", " ")


def test_help_is_french() -> None:
    shown = run("work", "--help").stdout
    assert "Affiche cette aide." in shown
    assert "Show this message" not in shown
