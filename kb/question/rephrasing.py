"""A follow-up said by a language model as a question of its own, where the rules of French are in doubt.

Only a model behind an endpoint is asked: the small local one repeats the question before in six cases of seven, and
takes a second that the first source would wait for. What it gives is checked; in doubt the rules' form stands.
"""

from __future__ import annotations

import textwrap
import threading
from collections.abc import Sequence

from kb.errors import LanguageModelError
from kb.models.chat.llm import ChatModel
from kb.question.intent import names
from kb.text.figures import missing_figures
from kb.text.folding import fold, visible
from kb.text.stems import stems, words
from kb.types import Message

_SYSTEM = (
    "Tu reformules la dernière question d'une conversation pour qu'elle se comprenne seule. Remplace les pronoms et ce "
    "qui est sous-entendu par ce dont on parlait. Garde tous les autres mots. N'ajoute rien, ne réponds pas : écris "
    "seulement la question, en français."
)
_MOST_TOKENS = 80
_LONGEST_SECONDS = 4.0
_MOST_CHARACTERS = 300
_TURNS = 4
_ROLES = {"user": "Question : ", "assistant": "Réponse : "}


def rephrased(model: ChatModel | None, question: str, understood: str, history: Sequence[Message]) -> str:
    """`question` as `model` says it by itself; `understood`, the rules' form, when they are sure or it is not faithful.

    Faithful is one question, of one line, that keeps every word of `question` that says something, and takes its other
    names and figures from the conversation. A model that fails or takes more than four seconds changes nothing.
    """
    in_doubt = understood != question and understood.endswith(question.strip())
    if model is None or model.local or not in_doubt:
        return understood
    recent = [message for message in history if message.content.strip()][-_TURNS:]
    turns = [f"{_ROLES.get(message.role, '')}{_line(message.content)}" for message in recent]
    prompt = "\n".join([*turns, f"Dernière question : {_line(question)}", "Question reformulée :"])
    given = _said_in_time(model, prompt).strip('«»"“” \u00a0\u202f\n')
    said = [*(_line(message.content) for message in recent), question]
    return given if _is_faithful(given, question, said) else understood


def _line(text: str) -> str:
    return textwrap.shorten(visible(text), _MOST_CHARACTERS, placeholder="…")


def _said_in_time(model: ChatModel, prompt: str) -> str:
    """What the model says, empty when it fails or is late: the sources wait for neither retries nor silence."""
    pieces: list[str] = []
    over = threading.Event()

    def read() -> None:
        stream = model.stream(_SYSTEM, prompt, max_tokens=_MOST_TOKENS)
        try:
            for piece in stream:
                if over.is_set():
                    return
                pieces.append(piece)
        except LanguageModelError:
            pieces.clear()

    reader = threading.Thread(target=read, name="rephrasing", daemon=True)
    reader.start()
    reader.join(_LONGEST_SECONDS)
    late = reader.is_alive()
    over.set()
    return "" if late else "".join(pieces)


def _is_faithful(given: str, question: str, said: Sequence[str]) -> bool:
    if not given or len(given) > _MOST_CHARACTERS or "\n" in given or not given.endswith("?"):
        return False
    if any(fold(given) == fold(line) for line in said):
        return False
    kept, there = set(stems(given)), set(words(" ".join(said)))
    return (
        set(stems(question)) <= kept
        and kept <= set(stems(" ".join(said)))
        and all(set(words(name)) <= there for name in names(given))
        and not missing_figures(given, said)
    )
