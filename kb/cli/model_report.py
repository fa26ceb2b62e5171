"""What `reperes model` and `reperes status` tell of a language model: its measurement, its profile, and why."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Self

from kb.errors import SettingsError
from kb.models.chat.kept_measurements import kept, place_of, this_processor
from kb.models.chat.known_models import KNOWN
from kb.models.chat.profile import (
    MOST_SECONDS_READING_WHOLE,
    SENTENCES_READ,
    SENTENCES_WRITTEN,
    VARIABLE,
    WHOLE_WRITTEN,
    Choice,
    Measurement,
    choose,
)
from kb.settings import Settings

if TYPE_CHECKING:
    from kb.models.chat.llm import ChatModel

_PROFILES = {"whole": "passages entiers", "sentences": "quelques phrases"}
_ADVICE = {
    "cites": "Il ne cite pas le bon passage : prenez un modèle plus capable.",
    "refuses": "Il répond quand les passages ne disent rien : prenez un modèle plus capable.",
    "french": "Il ne répond pas en français : prenez un modèle qui le parle.",
    "reads_long": (
        "Il ne lit pas en entier un long texte : agrandissez le contexte de son serveur (Ollama : "
        "OLLAMA_CONTEXT_LENGTH, llama.cpp : --ctx-size), ou donnez sa taille dans REPERES_LLM_CONTEXT. S'il n'est "
        "que trop lent : REPERES_LLM_TIMEOUT, ou REPERES_LLM_PROFILE=sentences."
    ),
}


@dataclass(frozen=True, slots=True)
class ModelReport:
    """A measurement with what follows from it. `failures` are the checks that were failed and matter for the profile,
    by name. `judges_itself`: whether the settings have it look at its own answers again, if it judges well."""

    name: str
    local: bool
    address: str | None
    budget: int
    measured: Measurement
    choice: Choice
    failures: tuple[str, ...]
    judges_itself: bool

    @classmethod
    def of(cls, model: ChatModel, measured: Measurement, settings: Settings) -> Self:
        """What follows from a measurement under these settings."""
        choice = choose(settings.llm_profile, measured, local=model.local, budget=model.reading_budget)
        failures = [
            *(["cites"] if not measured.cited else []),
            *(["french"] if not measured.french else []),
            *(["reads_long"] if measured.reads_long is False else []),
            # Over sentences it is not the model that refuses.
            *(["refuses"] if not measured.refuses and choice.profile == "whole" else []),
        ]
        address = None if model.local else place_of(settings.llm_url)
        is_asked = settings.llm_check == "auto" and not model.local and choice.profile == "whole"
        budget = model.reading_budget
        return cls(model.name, model.local, address, budget, measured, choice, tuple(failures), is_asked)


def report_text(report: ModelReport) -> str:
    """A measurement as a French table, what follows from it, and what to do about what was failed."""
    measured, budget = report.measured, report.budget
    whole, sentences = measured.seconds_whole(budget), measured.seconds_of_sentences
    rows = [
        ("Modèle", f"{report.name} ({'sur cette machine' if report.local else report.address})"),
        ("Contexte demandé", f"{measured.context_tokens} jetons, dont {budget} de passages"),
        ("Lecture", f"{_number(measured.read_speed)} jetons par seconde (texte de {measured.read_tokens} jetons)"),
        ("Écriture", f"{_number(measured.written_speed)} jetons par seconde"),
        ("Réponse, passages entiers", f"{_number(whole)} s ({budget} jetons lus, {WHOLE_WRITTEN} écrits)"),
        ("Réponse, quelques phrases", f"{_number(sentences)} s ({SENTENCES_READ} lus, {SENTENCES_WRITTEN} écrits)"),
        ("Cite le bon passage", f"{measured.cited} fois sur {measured.asked}"),
        ("Refuse quand rien ne répond", _yes(measured.refuses)),
        ("Répond en français", _yes(measured.french)),
        ("Lit en entier un long texte", _yes(measured.reads_long)),
        ("Juge bien une phrase", _yes(measured.judges)),
    ]
    width = max(len(name) for name, _ in rows)
    lines = [f"{name:<{width}}  {value}" for name, value in rows]
    lines += ["", _chosen_text(report.choice)]
    lines += [_ADVICE[failure] for failure in report.failures]
    if measured.judges is False and report.judges_itself:
        lines.append(
            "Il ne relit pas ce qu'il a écrit : il prend du faux pour du vrai, ou l'inverse. REPERES_LLM_CHECK nomme "
            "un autre modèle qui relira."
        )
    if report.choice.profile == "whole" and budget / measured.read_speed > MOST_SECONDS_READING_WHOLE:
        lines.append(
            f"Lire {budget} jetons lui prend plus de {_number(MOST_SECONDS_READING_WHOLE)} s : {VARIABLE}=sentences, "
            "ou un plus petit REPERES_LLM_BUDGET, donne des réponses plus rapides, et moins bonnes."
        )
    lines.append(
        f"Pour en décider vous-même : {VARIABLE}=whole (passages entiers) ou sentences (quelques phrases). Une "
        "application ouverte en tient compte à son prochain démarrage."
    )
    return "\n".join(lines)


def report_json(report: ModelReport) -> dict[str, Any]:
    """A measurement and what follows from it, for programs."""
    measured = asdict(report.measured)
    return {
        "model": report.name,
        "local": report.local,
        "address": report.address,
        **{name: measured[name] for name in ("date", "processor", "context_tokens")},
        "reading_budget": report.budget,
        **{name: measured[name] for name in ("read_tokens", "read_speed", "written_speed")},
        "seconds": {
            "whole": round(report.measured.seconds_whole(report.budget), 1),
            "sentences": round(report.measured.seconds_of_sentences, 1),
        },
        **{name: measured[name] for name in ("cited", "asked", "refuses", "french", "reads_long", "judges")},
        **asdict(report.choice),
        "overridden_by": VARIABLE,
        "failures": list(report.failures),
    }


def in_use_text(settings: Settings) -> str:
    """Who words answers by default, what it reads and why, and when it was measured: a line or two."""
    model = _in_use(settings)
    if model is None:
        return "Réponses : phrases des documents, sans modèle de langue."
    if isinstance(model, str):
        return model
    measured = _kept(settings, model)
    line = f"Réponses : {model.name}. {_chosen_text(Choice(model.profile, model.by_default, model.why))}"
    if measured is not None:
        line += (
            f"\nMesuré le {measured.date} : {_number(measured.read_speed)} jetons lus et "
            f"{_number(measured.written_speed)} écrits par seconde."
        )
    return line


def in_use_json(settings: Settings) -> dict[str, Any] | None:
    """The same, for programs; None when no language model is used."""
    model = _in_use(settings)
    if model is None:
        return None
    if isinstance(model, str):
        return {"error": model}
    measured = _kept(settings, model)
    return {
        "model": model.name,
        "local": model.local,
        "profile": model.profile,
        "by_default": model.by_default,
        "why": model.why,
        "measured": asdict(measured) if measured is not None else None,
    }


def known_text() -> str:
    """Small models that are known, as a table."""
    names = max(len(one.name) for one in KNOWN)
    lines = ["Petits modèles connus, non mesurés ici, à installer depuis un fichier GGUF (docs/models.md) :"]
    for one in KNOWN:
        size = f"{_number(one.billions)} Md de paramètres"
        lines.append(f"  {one.name:<{names}}  {size:<21}  {one.licence}  {one.page}")
        if one.remark:
            lines.append(f"  {'':<{names}}  {one.remark}")
    return "\n".join(lines)


def _in_use(settings: Settings) -> ChatModel | str | None:
    """The language model of the settings, or in French why it cannot be used."""
    from kb.models.chat.opening import open_chat_model

    try:
        return open_chat_model(settings)
    except SettingsError as error:
        return str(error)


def _kept(settings: Settings, model: ChatModel) -> Measurement | None:
    return kept(settings, model.subject, this_processor() if model.local else "")


def _chosen_text(choice: Choice) -> str:
    if not choice.by_default:
        return (
            f"Laissé de côté : {choice.why}. Les réponses sont faites des phrases des documents (« --answerer llm » "
            "s'en sert quand même)."
        )
    return f"Il lit : {_PROFILES[choice.profile]} ({choice.why})."


def _yes(value: bool | None) -> str:
    return "pas essayé" if value is None else "oui" if value else "non"


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0").replace(".", ",") if value < 10 else f"{value:.0f}"
