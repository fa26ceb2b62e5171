"""The commands `reperes model install` and `reperes model list`."""

from __future__ import annotations

import click

from kb.cli.console import FrenchGroup, print_json
from kb.settings import Settings


@click.group("model", cls=FrenchGroup, short_help="Installe ou montre le modèle de langue local.")
def model() -> None:
    """Le modèle de langue local : facultatif, il rédige les réponses à partir des phrases trouvées."""


@model.command("install", short_help="Installe un modèle de langue local.")
@click.argument("source", required=False, default="")
def install(source: str) -> None:
    """Installe le modèle de SOURCE : un fichier .gguf, ou organisation/modele@revision:fichier.gguf.

    Sans SOURCE : Qwen2.5-Coder-1.5B-Instruct (1,1 Go, Apache-2.0), pris dans le dépôt de paquets Python.
    """
    from tqdm import tqdm

    from kb.models.chat.gguf import runs_here
    from kb.models.chat.gguf_install import install as install_model

    with tqdm(total=1, unit="o", unit_scale=True, desc="Modèle", leave=False, disable=None) as bar:

        def show(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        found = install_model(source, Settings.load(), show)
    click.echo(f"Modèle installé : {found.name} ({found.path.stat().st_size / 1e9:.1f} Go)")
    if not runs_here():
        click.echo("Pour l'utiliser, installez aussi llama.cpp : pip install 'reperes[llm]'.", err=True)


@model.command("list", short_help="Montre le modèle de langue installé.")
@click.option("--json", "as_json", is_flag=True, help="Écrit un objet JSON sur la sortie standard.")
def list_models(as_json: bool) -> None:
    """Montre le modèle de langue qui rédige les réponses."""
    from kb.models.chat.gguf import installed, runs_here

    settings = Settings.load()
    found = installed(settings)
    if as_json:
        local = found and {"name": found.name, "sha256": found.sha256, "source": found.source, "licence": found.licence}
        endpoint = {"url": settings.llm_url, "model": settings.llm_model} if settings.llm_url else None
        print_json({"endpoint": endpoint, "local": local, "runs": runs_here()})
        return
    if settings.llm_url:
        click.echo(f"Serveur : {settings.llm_url} ({settings.llm_model or 'modèle non donné'})")
    if found is None:
        click.echo("Aucun modèle local. Pour en installer un : reperes model install")
    else:
        click.echo(f"Modèle local : {found.name} ({found.licence or 'licence inconnue'}), de {found.source}")
        if not runs_here():
            click.echo("llama.cpp manque : pip install 'reperes[llm]'.")


COMMANDS = (model,)
