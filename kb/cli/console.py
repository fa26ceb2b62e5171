"""What every command of `reperes` shares: French messages, errors on one line, exit codes, JSON output."""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import click
import click.core
import click.decorators
import click.exceptions
import click.formatting
import click.parser
import click.types

from kb.errors import ReperesError, StoreBusyError

logger = logging.getLogger(__name__)

# Controls but tab and line end, and the marks that reorder what is around them.
_OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")

# click looks its messages up with gettext and brings no French catalogue: these are the ones that users can meet.
_FRENCH = {
    "Usage:": "Utilisation :",
    "Options": "Options",
    "Commands": "Commandes",
    "Positional arguments": "Arguments",
    "Show this message and exit.": "Affiche cette aide.",
    "Error: {message}": "Erreur : {message}",
    "Try '{command} {option}' for help.": "Essayez « {command} {option} » pour de l'aide.",
    "Missing command.": "Il manque une commande.",
    "Missing argument": "Il manque l'argument",
    "Missing option": "Il manque l'option",
    "Missing parameter": "Il manque le paramètre",
    "No such option {name!r}.": "L'option {name} n'existe pas.",
    "No such option: {name}": "L'option {name} n'existe pas.",
    "No such command {name!r}.": "La commande {name} n'existe pas.",
    "Did you mean {possibility}?": "Vouliez-vous dire {possibility} ?",
    "(Did you mean one of: {possibilities}?)": "(vouliez-vous dire : {possibilities} ?)",
    "(Possible options: {possibilities})": "(options possibles : {possibilities})",
    "Invalid value: {message}": "Valeur incorrecte : {message}",
    "Invalid value for {param_hint}: {message}": "Valeur incorrecte pour {param_hint} : {message}",
    "{value!r} is not a valid {number_type}.": "« {value} » n'est pas un nombre valable ({number_type}).",
    "{value} is not in the range {range}.": "{value} n'est pas dans l'intervalle {range}.",
    "Choose from:\n\t{choices}": "Choix possibles :\n\t{choices}",
    "{name} {filename!r} does not exist.": "{name} « {filename} » introuvable.",
    "{name} {filename!r} is a directory.": "{name} « {filename} » est un dossier.",
    "{name} {filename!r} is a file.": "{name} « {filename} » est un fichier.",
    "{name} {filename!r} is not readable.": "{name} « {filename} » ne peut pas être lu.",
    "Could not open file {filename!r}: {message}": "Le fichier « {filename} » ne peut pas être ouvert : {message}",
    "file": "Fichier",
    "directory": "Dossier",
    "path": "Chemin",
    "default: {default}": "par défaut : {default}",
    "required": "obligatoire",
    "Option {name!r} does not take a value.": "L'option {name} ne prend pas de valeur.",
    "Option {name!r} requires an argument.": "L'option {name} demande une valeur.",
    "Option {name!r} requires {nargs} arguments.": "L'option {name} demande {nargs} valeurs.",
    "Got unexpected extra argument ({args})": "Argument en trop : {args}",
    "Got unexpected extra arguments ({args})": "Arguments en trop : {args}",
    "{value!r} is not {choice}.": "« {value} » n'est pas {choice}.",
    "{value!r} is not one of {choices}.": "« {value} » n'est pas dans la liste {choices}.",
    "Aborted!": "Interrompu.",
}


def _translate(message: str) -> str:
    return _FRENCH.get(message, message)


def _translate_plural(one: str, many: str, count: int) -> str:
    return _translate(one if count == 1 else many)


def speak_french() -> None:
    """Makes click's own messages French."""
    for module in (
        click.core, click.decorators, click.exceptions, click.formatting, click.parser, click.termui, click.types
    ):  # fmt: skip
        if hasattr(module, "_"):
            setattr(module, "_", _translate)  # noqa: B010  (a module's attribute that type checkers do not know)
        if hasattr(module, "ngettext"):
            setattr(module, "ngettext", _translate_plural)  # noqa: B010


class UnusableError(ReperesError):
    """What a command was given cannot be worked with, and nothing was done: exit code 2."""


@contextmanager
def usable() -> Iterator[None]:
    """Stands around what a command needs before it begins: what is wrong there ends it with exit code 2."""
    try:
        yield
    except ReperesError as error:
        raise UnusableError(str(error)) from error


class FrenchGroup(click.Group):
    """A group whose commands end with one French line when something fails: exit code 1, or 2 for an UnusableError."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        # `eval --json FILE` writes to a file: nothing of it belongs on standard output.
        ctx.meta["reperes.json"] = "--json" in args and args[0] != "eval"
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        def fail(message: str, code: int = 1, **more: bool) -> NoReturn:
            if ctx.meta["reperes.json"]:
                print_json({"error": message, **more})
            say(f"Erreur : {message}", err=True)
            raise SystemExit(code)

        try:
            return super().invoke(ctx)
        except UnusableError as error:
            fail(str(error), 2)
        except StoreBusyError as error:
            fail(str(error), busy=True)  # for programs that try again
        except ReperesError as error:
            fail(str(error))
        except (KeyboardInterrupt, click.Abort):
            fail("Interrompu.")
        except click.ClickException:
            raise
        except BrokenPipeError:  # `reperes search … | head`
            sys.stderr.close()
            raise SystemExit(1) from None
        except (click.exceptions.Exit, SystemExit):
            raise
        except Exception as error:
            logger.debug("unexpected error", exc_info=True)
            fail(f"Erreur inattendue ({type(error).__name__} : {error}). Relancez avec --verbose pour le détail.")


def say(text: str, *, err: bool = False) -> None:
    """Text on the terminal, which may come from a document: without what a terminal obeys instead of showing it."""
    click.echo(_OBEYED.sub("", text), err=err)


def print_json(value: Any) -> None:
    """One JSON object on standard output."""
    click.echo(json.dumps(value, ensure_ascii=False))
