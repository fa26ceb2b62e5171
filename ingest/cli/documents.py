"""The commands about documents: erased, looked at, corrected, their values merged."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from ingest.cli.terminal import encoder_of, end
from kb.cli.console import print_json, say
from kb.cli.options import JSON, STORE
from kb.errors import DocumentError
from kb.records.corrections import FIELDS
from kb.rights.rights import Rights
from kb.settings import Settings


@click.command("forget", short_help="Efface un document pour de bon.")
@click.argument("documents", nargs=-1, required=True, metavar="DOCUMENT…")
@click.option("--undo", is_flag=True, help="Lève l'interdiction de revenir ; la prochaine mise à jour les relira.")
@STORE
@JSON
def forget(documents: tuple[str, ...], undo: bool, store: Path | None, as_json: bool) -> None:
    """Efface des documents du catalogue, des mots, des vecteurs, des rapports et de ce qui est gardé des réponses
    (conversations, avis, évaluations), jusque sur le disque.

    Ils ne reviennent pas, même si leur source les contient encore ; le fichier ou la page d'origine n'est pas touché,
    sauf s'il a été ajouté dans l'application. Interrompu, relancez la même commande : elle termine.
    """
    settings = Settings.load(store=store)
    from ingest import erasing
    from kb.index.opening import open_store

    if not undo:
        erasing.forget(settings, list(dict.fromkeys(documents)))
        unreached = open_store(settings).unreached
        if as_json:
            print_json({"forgotten": list(documents), "unreached": unreached})
            return
        say(f"Effacé pour de bon : {', '.join(documents)}")
        if unreached:
            say(unreached)
        return
    found = erasing.allow(settings, documents)
    told = f"Peut revenir : {', '.join(found)}" if found else "Aucun de ces documents n'avait été effacé."
    print_json({"allowed": list(found)}) if as_json else say(told)


@click.command("preview", short_help="Montre ce qui serait compris de fichiers ou de pages, sans rien écrire.")
@click.argument("what", metavar="FICHIER|ADRESSE…", nargs=-1, required=True)
@JSON
def preview(what: tuple[str, ...], as_json: bool) -> None:
    """Lit des fichiers ou des pages comme le ferait une mise à jour, et montre titre, date, texte et passages.

    De plusieurs, le JSON a une liste, « previews » ; ce qui ne peut pas être lu y dit pourquoi, sous « error ».
    """
    settings = Settings.load()
    from ingest.preview import preview as preview_of

    encoder = encoder_of(settings)
    if len(what) == 1:
        _show(preview_of(what[0], settings, encoder).to_json(), as_json)
        return
    found: list[Mapping[str, Any]] = []
    for one in what:
        try:
            found.append(preview_of(one, settings, encoder).to_json())
        except DocumentError as error:
            found.append({"error": str(error)})
    if as_json:
        print_json({"previews": found})
        return
    for one, shown in zip(what, found, strict=True):
        say(f"{one} :")
        say(f"Échec : {shown['error']}") if "error" in shown else _show(shown, as_json=False)


def _show(found: Mapping[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(found)
        return
    for name, value in (*FIELDS.items(), ("passages", "passages")):
        held = found[name]
        say(f"{value} : {', '.join(held) if isinstance(held, list) else held or '—'}")
    say(f"\n{found['text']}")


@click.command("correct", short_help="Corrige ce qu'un document dit de lui-même : titre, date, rubrique…")
@click.argument("document", metavar="DOCUMENT")
@click.option("--field", "fields", multiple=True, metavar="CHAMP=VALEUR", help="Par exemple : --field date=2025-03")
@click.option("--reset", is_flag=True, help="Reprend ce que dit le document.")
@STORE
@JSON
def correct(document: str, fields: tuple[str, ...], reset: bool, store: Path | None, as_json: bool) -> None:
    """Corrige un document pour de bon : ce qui est corrigé le reste quand le document est relu."""
    settings = Settings.load(store=store)
    given = dict(_field(text) for text in fields)
    if reset == bool(given):
        raise click.UsageError("Donnez au moins un --field CHAMP=VALEUR, ou --reset.")
    from ingest import correction

    end(correction.correct(document, None if reset else given, settings, encoder_of(settings)), as_json)


@click.command("merge", short_help="Fusionne des valeurs : type, rubrique, programmes ou partenaires.")
@click.argument("field", metavar="CHAMP")
@click.argument("values", nargs=-1, required=True, metavar="VALEUR…")
@click.option("--into", required=True, metavar="VALEUR", help="La valeur à garder.")
@click.option(
    "--except-source",
    "hidden",
    multiple=True,
    metavar="SOURCE",
    help="Une source dont les documents restent comme ils sont ; « * » à la fin : toutes celles qui commencent ainsi.",
)
@STORE
@JSON
def merge(
    field: str, values: tuple[str, ...], into: str, hidden: tuple[str, ...], store: Path | None, as_json: bool
) -> None:
    """Corrige pour de bon les documents qui disent la même chose de plusieurs façons (« Rapports », « rapport »)."""
    settings = Settings.load(store=store)
    from ingest import correction

    rights = Rights.without(hidden)
    end(correction.merge(_named(field), values, into, settings, encoder_of(settings), rights=rights), as_json)


def _field(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise click.UsageError(f"--field {text} : écrivez CHAMP=VALEUR.")
    return _named(name), value


def _named(field: str) -> str:
    """A field by its own name, from what it is called in French."""
    name = field.strip()
    return next((key for key, label in FIELDS.items() if label == name), name)
