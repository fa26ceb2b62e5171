"""A capable model, scripted, behind a real HTTP server: it knows good answers, and writes them over the prompt it gets.

It knows the answer to a question and, for each of its marks, a sentence of the passage that the mark means; it looks up
which number that passage has in the prompt. Enemies change one thing on the way (see `benchmarks.writing.enemies`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from chat_server import Behaviour, ChatServer, Handler, chat_server

_QUESTION = re.compile(r"Question : (.*)\nRéponse :", re.DOTALL)
_PASSAGE = re.compile(r"^\[(\d+)\]", re.MULTILINE)
_MARK = re.compile(r"\[(\d+)\]")
_FAULT = re.compile(r"^\((\d+)\) (.*)\n    Pourquoi", re.MULTILINE)
REFUSAL = "Je ne trouve pas cette information dans les documents."


@dataclass(frozen=True)
class Script:
    """A good answer; `proofs` gives, for each number in it, words of the passage that it means."""

    answer: str
    proofs: Mapping[int, str]


class ScriptedWriter:
    """What the server says: the answer that it knows, renumbered; a sentence that it is told to write again stays as it
    is, or is what `repairs` makes of it. A question that it does not know is refused.
    """

    def __init__(
        self,
        scripts: Mapping[str, Script],
        enemy: Callable[[str], str] = lambda answer: answer,
        repairs: Callable[[str], str] = lambda sentence: sentence,
    ) -> None:
        self._scripts = {_flat(question): script for question, script in scripts.items()}
        self._enemy = enemy
        self._repairs = repairs

    def __call__(self, handler: Handler, _before: int) -> None:
        """Answers one request, word by word."""
        requests = handler.server.requests
        text = self.answer_to(requests[-1]["messages"][-1]["content"])
        handler.say(*re.findall(r"\S+\s*", text))

    def answer_to(self, prompt: str) -> str:
        """What it writes to a prompt."""
        if faults := _FAULT.findall(prompt.rpartition("Réponse :")[2]):
            return "\n".join(f"({number}) {self._repairs(sentence)}" for number, sentence in faults)
        asked = _QUESTION.search(prompt)
        script = self._scripts.get(_flat(asked[1])) if asked else None
        if script is None:
            return REFUSAL
        numbers = {number: _number_of(words, prompt) for number, words in script.proofs.items()}
        return self._enemy(_MARK.sub(lambda mark: _renumbered(int(mark[1]), numbers), script.answer))


def _renumbered(number: int, numbers: Mapping[int, int | None]) -> str:
    found = numbers.get(number, number)
    return "" if found is None else f"[{found}]"


def _number_of(words: str, prompt: str) -> int | None:
    """The number of the passage of a prompt that holds `words`; None when none does."""
    passages = prompt.partition("\nQuestion : ")[0]
    starts = [(match.start(), int(match[1])) for match in _PASSAGE.finditer(passages)]
    ends = [start for start, _ in starts[1:]] + [len(passages)]
    wanted = _flat(words)
    for (start, number), end in zip(starts, ends, strict=True):
        if wanted in _flat(passages[start:end]):
            return number
    return None


def _flat(text: str) -> str:
    return " ".join(text.split())


@contextmanager
def scripted_writer(
    scripts: Mapping[str, Script],
    enemy: Callable[[str], str] = lambda answer: answer,
    repairs: Callable[[str], str] = lambda sentence: sentence,
) -> Iterator[ChatServer]:
    """The writer behind a server, while the block runs."""
    with chat_server(ScriptedWriter(scripts, enemy, repairs)) as server:
        yield server


def number_of(words: str, prompt: str) -> int:
    """The number of the passage of a prompt that holds `words`."""
    before = prompt[: prompt.index(words)]
    return int(before.rsplit("\n[", 1)[1].split("]", 1)[0])


def writing(*texts: str) -> Behaviour:
    """Says one text at each request; « {words} » in one becomes the number of the passage that holds the words."""

    def behave(handler: Handler, before: int) -> None:
        text = texts[min(before, len(texts) - 1)]
        prompt = handler.server.requests[-1]["messages"][-1]["content"]
        while "{" in text:
            words = text[text.index("{") + 1 : text.index("}")]
            text = text.replace("{" + words + "}", f"[{number_of(words, prompt)}]", 1)
        handler.say(*(piece + " " for piece in text.split(" ")))

    return behave
