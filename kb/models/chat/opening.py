"""Settings -> the model that writes, and the one that reads again. Nothing is started here."""

from __future__ import annotations

from kb.errors import SettingsError
from kb.models.chat.kept_measurements import kept, subject_of_server, subject_of_weights, this_processor
from kb.models.chat.llm import LOCAL_CONTEXT, SERVER_CONTEXT, ChatModel, reading_budget
from kb.models.chat.profile import Choice, choose
from kb.settings import Settings


def open_chat_model(settings: Settings) -> ChatModel | None:
    """The endpoint of the settings, else the local model when it is installed, else None. Nothing is started yet.

    None too when the settings ask for extractive answers. Raises SettingsError when an endpoint has no model's name.
    """
    if settings.answerer == "extractive":
        return None
    return _open_endpoint(settings) if settings.llm_url else open_local_model(settings)


def _open_endpoint(settings: Settings) -> ChatModel:
    if not settings.llm_model:
        raise SettingsError(
            f"REPERES_LLM_URL={settings.llm_url} : il manque le nom du modèle. Donnez-le dans REPERES_LLM_MODEL."
        )
    base = settings.llm_url.rstrip("/")
    context = settings.llm_context or SERVER_CONTEXT
    subject = subject_of_server(base, settings.llm_model)
    choice = _choice(settings, subject, context, local=False)
    return ChatModel(
        settings.llm_model,
        lambda: base,
        key=settings.llm_key,
        context_tokens=context,
        profile=choice.profile,
        by_default=choice.by_default,
        why=choice.why,
        subject=subject,
        most_read=settings.llm_budget,
        timeout=settings.llm_timeout,
    )


def open_local_model(settings: Settings) -> ChatModel | None:
    """The local model, None when none is installed or llama.cpp is missing. Nothing is started yet."""
    from kb.models.chat.gguf import LocalServer, installed, runs_here

    found = installed(settings)
    if found is None or not runs_here():
        return None
    context = settings.llm_context or LOCAL_CONTEXT
    subject = subject_of_weights(found.sha256)
    choice = _choice(settings, subject, context, local=True)
    server = LocalServer(found.path, context)
    return ChatModel(
        found.name,
        server.address,
        context_tokens=context,
        profile=choice.profile,
        by_default=choice.by_default,
        why=choice.why,
        subject=subject,
        most_read=settings.llm_budget,
        timeout=settings.llm_timeout,
        local=True,
        close=server.close,
    )


def open_checker(settings: Settings, model: ChatModel | None) -> ChatModel | None:
    """The model that looks at written answers a second time: `model` itself, or another one of its server; None where
    the settings ask for none, and with `auto` for a small model, or one that was seen to judge wrongly.
    """
    if model is None or settings.llm_check == "no":
        return None
    if settings.llm_check == "auto":
        measured = None if model.local else kept(settings, model.subject, "")
        judges = measured is None or measured.judges is not False
        return model if judges and not model.local and model.profile == "whole" else None
    return model if settings.llm_check == "yes" else model.named(settings.llm_check)


def _choice(settings: Settings, subject: str, context: int, *, local: bool) -> Choice:
    measured = kept(settings, subject, this_processor() if local else "")
    return choose(settings.llm_profile, measured, local=local, budget=reading_budget(settings.llm_budget, context))
