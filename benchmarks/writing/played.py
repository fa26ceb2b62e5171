"""Models that say what a capable one was recorded to say: the writer of an answer, and whoever looks at it again.

What was said is kept in `written/` by a digest of what it was said to: a prompt in other words, or over other passages,
is another prompt, and what nothing was recorded for is told (`lacking`) instead of being made up.
"""

from __future__ import annotations

import hashlib
import json
import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kb.answering.writing.second_look import SYSTEM
from kb.answering.writing.whole_prompt import ASKED_AGAIN
from kb.models.chat.llm import SERVER_CONTEXT, ChatModel, Usage

VERDICTS = "verdicts.jsonl"
REPAIRS = "repairs.jsonl"
_SENTENCE = re.compile(r"^\((\d{1,2})\) Phrase : ", re.MULTILINE)
_END = "\n\nVerdicts :"


class _Played(ChatModel, ABC):
    """A server's model of which only the server is missing: what it says comes from `answer_to`."""

    def __init__(self) -> None:
        super().__init__("recorded", lambda: "", context_tokens=SERVER_CONTEXT, profile="whole")

    @abstractmethod
    def answer_to(self, user: str) -> str:
        """What it says to a prompt."""

    def _pieces(  # what ChatModel asks a server for; whether it fits the context, `stream` looks before
        self,
        system: str,  # noqa: ARG002 (what was recorded was said to these instructions)
        user: str,
        max_tokens: int,  # noqa: ARG002 (and is that long)
        usage: Usage | None,  # noqa: ARG002 (nobody counts)
    ) -> Iterator[tuple[str, bool]]:
        yield self.answer_to(user), True


@dataclass(frozen=True)
class Prompt:
    """What nothing was recorded for; `kinds` says of which sentences ("base/kind"), for whoever draws a sample."""

    system: str
    user: str
    kinds: tuple[str, ...]

    @property
    def whole(self) -> str:
        """As it is given to whoever answers it."""
        return f"{self.system}\n\n{self.user}"

    @property
    def id(self) -> str:
        """What tells it from others."""
        return digest(self.whole)


@dataclass
class Look:
    """One request for a second look: of each sentence, « oui », « non », "" where the model said neither; None where
    nothing was recorded.
    """

    user: str
    said: list[str | None] = field(default_factory=list)

    @property
    def lacking(self) -> list[int]:
        """The places, from 0, of the sentences that nothing was recorded for."""
        return [place for place, said in enumerate(self.said) if said is None]


class Judge(_Played):
    """Whoever looks again. `looks` are the requests so far."""

    def __init__(self, verdicts: Mapping[str, str]) -> None:
        """`verdicts`: what was said of a sentence, by `sentence_keys`."""
        super().__init__()
        self._verdicts = verdicts
        self.looks: list[Look] = []

    def answer_to(self, user: str) -> str:
        """A line for each sentence that something was recorded for."""
        look = Look(user, [self._verdicts.get(key) for key in sentence_keys(user)])
        self.looks.append(look)
        lines = [f"{number} : {said}" for number, said in enumerate(look.said, start=1) if said]
        return "\n".join(lines) or "Aucun verdict."


class Writer(_Played):
    """Whoever wrote an answer: it says that answer, and what it was recorded to put in the place of what failed.
    `lacking` are the requests for that which nothing was recorded for.
    """

    def __init__(self, answer: str, repairs: Mapping[str, str]) -> None:
        super().__init__()
        self._answer = answer
        self._repairs = repairs
        self.lacking: list[str] = []

    def answer_to(self, user: str) -> str:
        """The answer, or what is recorded for a request to put some of it right."""
        if ASKED_AGAIN not in user:
            return self._answer
        if (said := self._repairs.get(digest(user))) is not None:
            return said
        self.lacking.append(user)
        return "Aucune correction."


def sentence_keys(user: str) -> list[str]:
    """For each sentence of a prompt for a second look, what tells it, its question and its passages from others: a
    verdict is one on these three, whatever other sentences were judged beside it.
    """
    starts = _starts(user)
    question = user[: starts[0].start()] if starts else ""
    ends = [start.start() for start in starts[1:]] + [user.rindex(_END)]
    return [
        digest(f"{SYSTEM}\n{question.strip()}\n{user[start.end() : end].strip()}")
        for start, end in zip(starts, ends, strict=True)
    ]


def _starts(user: str) -> Sequence[re.Match[str]]:
    """Where each sentence begins: a passage may say « (7) Phrase : » too, but not the very next number."""
    starts: list[re.Match[str]] = []
    for match in _SENTENCE.finditer(user):
        if int(match[1]) == len(starts) + 1:
            starts.append(match)
    return starts


def digest(text: str) -> str:
    """Sixteen hexadecimal digits that stand for a text, its white space left aside: readers learn where it belongs."""
    return hashlib.sha256("".join(text.split()).encode()).hexdigest()[:16]


def kept(path: Path) -> dict[str, str]:
    """What was recorded, by its key; nothing where there is no file yet."""
    if not path.exists():
        return {}
    lines = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip())
    return {line["key"]: line["said"] for line in lines}


def keep(path: Path, said: Mapping[str, str]) -> None:
    """Adds to what was recorded, in the order of the keys."""
    both = {**kept(path), **said}
    lines = [json.dumps({"key": key, "said": both[key]}, ensure_ascii=False) for key in sorted(both)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
