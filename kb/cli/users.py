"""The command for accounts and API tokens: `reperes user`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from kb.cli.options import STORE
from kb.errors import ReperesError
from kb.settings import Settings

if TYPE_CHECKING:
    from kb.records.accounts import Accounts, Role

_ROLE = click.Choice(["reader", "editor"])
_GROUPS = click.option(
    "--group",
    "groups",
    multiple=True,
    metavar="GROUPE",
    help="Groupe, pour les sources réservées ; à répéter pour plusieurs.",
)


@click.group("user", short_help="Comptes et jetons : add, groups, token, list, remove, import.")
def user() -> None:
    """Gère les comptes (REPERES_AUTH=accounts) et les jetons de l'interface pour programmes."""


@user.command("add", short_help="Ajoute un compte, ou change son mot de passe.")
@click.argument("name", metavar="NOM")
@click.option("--role", type=_ROLE, default="reader", show_default=True, help="reader : lire ; editor : modifier.")
@_GROUPS
@STORE
def add(name: str, role: str, groups: tuple[str, ...], store: Path | None) -> None:
    """Demande le mot de passe deux fois ; sans terminal, il est lu sur l'entrée standard.

    Sans --group, un compte qui existe garde ses groupes.
    """
    with _accounts(store) as accounts:
        if sys.stdin.isatty():
            password = click.prompt("Mot de passe", hide_input=True, confirmation_prompt="Le même, à nouveau", type=str)
        else:
            password = sys.stdin.readline().rstrip("\n")
        accounts.add(name, cast("Role", role), password, groups or None)
        click.echo(f"Compte « {name} » ({role}) enregistré dans {accounts.name}.")


@user.command("token", short_help="Crée un jeton pour l'interface HTTP.")
@click.argument("name", metavar="NOM")
@click.option("--role", type=_ROLE, default="reader", show_default=True, help="reader : lire ; editor : modifier.")
@_GROUPS
@STORE
def token(name: str, role: str, groups: tuple[str, ...], store: Path | None) -> None:
    """Écrit le jeton : il n'est montré qu'une fois, et n'est gardé nulle part. Sans --group, il ne lit aucune source
    réservée.
    """
    with _accounts(store) as accounts:
        click.echo(accounts.add_token(name, cast("Role", role), groups))


@user.command("groups", short_help="Change les groupes d'un compte.")
@click.argument("name", metavar="NOM")
@click.argument("groups", metavar="[GROUPE]…", nargs=-1)
@STORE
def set_groups(name: str, groups: tuple[str, ...], store: Path | None) -> None:
    """Met le compte dans ces groupes et dans aucun autre, dès maintenant. Ses jetons gardent les leurs."""
    with _accounts(store) as accounts:
        if not accounts.set_groups(name, groups):
            raise ReperesError(f"Il n'y a pas de compte « {name} ».")
    click.echo(f"Compte « {name} » : {', '.join(sorted(set(groups))) or 'aucun groupe'}.")


@user.command("list", short_help="Montre les comptes et les jetons.")
@STORE
def show(store: Path | None) -> None:
    """Écrit une ligne pour chacun : nom, rôle, compte ou jeton, groupes."""
    with _accounts(store) as accounts:
        for person, is_token in accounts.people():
            groups = "\t" + ", ".join(sorted(person.groups)) if person.groups else ""
            click.echo(f"{person.name}\t{person.role}\t{'jeton' if is_token else 'compte'}{groups}")


@user.command("remove", short_help="Retire un compte, et ses jetons.")
@click.argument("name", metavar="NOM")
@STORE
def remove(name: str, store: Path | None) -> None:
    """Le compte ne peut plus rien dès maintenant, même si une page est ouverte."""
    with _accounts(store) as accounts:
        if not accounts.remove(name):
            raise ReperesError(f"Il n'y a pas de compte « {name} ».")
    click.echo(f"Compte « {name} » retiré.")


@user.command("import", short_help="Reprend les comptes d'un fichier.")
@click.argument("file", metavar="FICHIER", type=click.Path(path_type=Path))
@STORE
def take_over(file: Path, store: Path | None) -> None:
    """Reprend les comptes et les jetons d'un fichier de comptes, mots de passe compris ; un nom déjà connu reste comme
    il est.
    """
    from kb.records.shared.accounts import accounts_in

    with _accounts(store) as accounts:
        number = accounts.take_from(accounts_in(file))
        click.echo(f"Repris dans {accounts.name} : {number} compte(s) ou jeton(s).")


@contextmanager
def _accounts(store: Path | None) -> Iterator[Accounts]:
    from kb.records.shared.accounts import accounts_of

    with closing(accounts_of(Settings.load(store=store))) as accounts:
        yield accounts


COMMANDS = (user,)
