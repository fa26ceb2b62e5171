"""The commands `reperes model install`, `reperes model check` and `reperes model list`."""

from __future__ import annotations

import os
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

import click

from kb.cli.console import FrenchGroup, UnusableError, print_json, say, usable
from kb.errors import LanguageModelError, ReperesError
from kb.settings import Settings

if TYPE_CHECKING:
    from kb.cli.model_report import ModelReport
    from kb.models.chat.llm import ChatModel

_NO_MODEL = (
    "Aucun modèle de langue n'est configuré. Installez-en un (« reperes model install »), ou donnez l'adresse d'un "
    "serveur (REPERES_LLM_URL, REPERES_LLM_MODEL)."
)
_NOT_MEASURED = (
    "Il n'est pas encore mesuré ici : jusqu'à « reperes model check », il ne rédige que si on le demande "
    "(« --answerer llm »)."
)
_BUSY = 0.5  # of the processors
_NO_LLAMA = "Pour utiliser le modèle installé, installez aussi llama.cpp : pip install 'reperes[llm]'."


@click.group("model", cls=FrenchGroup, short_help="Installe, mesure ou montre le modèle de langue.")
def model() -> None:
    """Le modèle de langue : facultatif, il rédige les réponses à partir de ce qui est trouvé."""


@model.command("install", short_help="Installe un modèle de langue local, et le mesure.")
@click.argument("source", required=False, default="")
@click.option("--no-check", is_flag=True, help="Ne mesure pas ce que le modèle sait faire ici (environ une minute).")
def install(source: str, no_check: bool) -> None:
    """Installe le modèle de SOURCE : un fichier .gguf, ou organisation/modele@revision:fichier.gguf.

    Sans SOURCE : Qwen2.5-Coder-1.5B-Instruct (1,1 Go, Apache-2.0), pris dans le dépôt de paquets Python. Le modèle est
    ensuite mesuré sur cette machine, comme par « reperes model check ».
    """
    from tqdm import tqdm

    from kb.models.chat.gguf import runs_here
    from kb.models.chat.gguf_install import install as install_model

    settings = Settings.load()
    with tqdm(total=1, unit="o", unit_scale=True, desc="Modèle", leave=False, disable=None) as bar:

        def show(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        found = install_model(source, settings, show)
    say(f"Modèle installé : {found.name} ({found.path.stat().st_size / 1e9:.1f} Go)")
    if not runs_here():
        say(_NO_LLAMA, err=True)
    elif not no_check:
        _check_installed(settings)
    else:
        say(_NOT_MEASURED)


@model.command("check", short_help="Mesure ce que le modèle de langue sait faire, et dit ce qu'il lira.")
@click.option("--json", "as_json", is_flag=True, help="Écrit un objet JSON sur la sortie standard.")
def check(as_json: bool) -> None:
    """Mesure le modèle de langue en usage : vitesse de lecture et d'écriture, citations, refus, français.

    Quelques questions en français lui sont posées, sur des textes inventés ; aucun document de la base n'est envoyé. Le
    résultat est gardé dans le dossier de cache, et décide de ce que le modèle lit pour répondre. Code de sortie : 1
    quand le modèle ne répond pas ou échoue à une épreuve, 2 quand aucun modèle n'est configuré.
    """
    from kb.cli.model_report import report_json, report_text

    settings = replace(Settings.load(), answerer="auto")
    with usable():
        chat_model = _opened(settings)
    report = _checked(chat_model, settings)
    if as_json:
        print_json(report_json(report))
    else:
        say(report_text(report))
    if report.failures:
        raise SystemExit(1)


@model.command("list", short_help="Montre les modèles de langue : celui qui sert, et d'autres.")
@click.option("--json", "as_json", is_flag=True, help="Écrit un objet JSON sur la sortie standard.")
def list_models(as_json: bool) -> None:
    """Montre le modèle de langue qui rédige les réponses, ce qu'il lit et pourquoi, et de petits modèles connus."""
    from kb.cli.model_report import in_use_json, in_use_text, known_text
    from kb.models.chat.gguf import installed, runs_here
    from kb.models.chat.known_models import KNOWN

    settings = Settings.load()
    found = installed(settings)
    if as_json:
        local = found and {"name": found.name, "sha256": found.sha256, "source": found.source, "licence": found.licence}
        endpoint = {"url": settings.llm_url, "model": settings.llm_model} if settings.llm_url else None
        known = [asdict(one) for one in KNOWN]
        told = {"endpoint": endpoint, "local": local, "runs": runs_here(), "in_use": in_use_json(settings)}
        print_json(told | {"known": known})
        return
    if settings.llm_url:
        say(f"Serveur : {settings.llm_url} ({settings.llm_model or 'modèle non donné'})")
    if found is None:
        say("Aucun modèle local. Pour en installer un : reperes model install")
    else:
        say(f"Modèle local : {found.name} ({found.licence or 'licence inconnue'}), de {found.source}")
        if not runs_here():
            say("llama.cpp manque : pip install 'reperes[llm]'.")
    say(in_use_text(settings))
    say("")
    say(known_text())


def _opened(settings: Settings) -> ChatModel:
    """The model of the settings. Raises UnusableError when there is none."""
    from kb.models.chat.gguf import installed
    from kb.models.chat.opening import open_chat_model

    # Where even a short text takes minutes to be read, that is what is to be found out.
    patient = settings if settings.llm_url else replace(settings, llm_timeout=max(settings.llm_timeout, 300))
    found = open_chat_model(patient)
    if found is None:
        raise UnusableError(_NO_MODEL if installed(settings) is None else _NO_LLAMA)
    return found


def _checked(chat_model: ChatModel, settings: Settings) -> ModelReport:
    """Measures a model, closes it, and keeps what was found. Raises ReperesError, saying what to do."""
    from kb.cli.model_report import ModelReport
    from kb.models.chat.check import measure
    from kb.models.chat.kept_measurements import keep, this_processor

    if chat_model.local and (load := _load()) > _BUSY:
        say(
            f"Cette machine est occupée ({load:.0%} de ses processeurs) : la mesure sera pire qu'au calme. Refaites-la "
            "plus tard (« reperes model check »).",
            err=True,
        )
    say(f"Mesure de {chat_model.name}, une minute environ…", err=True)
    try:
        measured = measure(chat_model, this_processor() if chat_model.local else "")
    except LanguageModelError as error:
        advice = (
            "Relancez la mesure quand la machine est moins occupée, ou réinstallez-le (« reperes model install »)"
            if chat_model.local
            else "Vérifiez que le serveur tourne, puis REPERES_LLM_URL, REPERES_LLM_MODEL et REPERES_LLM_KEY ; un "
            "modèle qui « réfléchit » avant d'écrire doit être servi sans ce mode"
        )
        raise ReperesError(f"{chat_model.name} : {error}. {advice}.") from None
    finally:
        chat_model.close()
    keep(settings, measured)
    return ModelReport.of(chat_model, measured, settings)


def _load() -> float:
    """How much others have kept the processors busy over the last minute: 1 for all of them; 0 where nobody tells."""
    return os.getloadavg()[0] / (os.cpu_count() or 1) if hasattr(os, "getloadavg") else 0.0


def _check_installed(settings: Settings) -> None:
    """Measures the local model after its installation, once: what goes wrong is told, and leaves it installed."""
    from kb.cli.model_report import report_text
    from kb.models.chat.kept_measurements import kept, this_processor

    local = replace(settings, answerer="auto", llm_url="")
    chat_model = _opened(local)
    if kept(settings, chat_model.subject, this_processor()) is not None:
        chat_model.close()
        return
    try:
        say(report_text(_checked(chat_model, local)))
    except ReperesError as error:
        say(f"Le modèle n'a pas pu être mesuré. {error} {_NOT_MEASURED}", err=True)


COMMANDS = (model,)
