"""A chat model that `reperes model check` measures: it does what it is told to, at the speeds that a clock of the test
shows, so that no test depends on how fast a machine is."""

from __future__ import annotations

import json
import re
from collections import deque
from dataclasses import dataclass, field

from chat_server import Handler

REFUSAL = "Les documents ne permettent pas de répondre."


class PlannedClock:
    """Moves on by what is planned, one step a look; stands still where nothing is."""

    def __init__(self) -> None:
        self.now = 0.0
        self.plan: deque[float] = deque()

    def __call__(self) -> float:
        """The seconds so far."""
        if self.plan:
            self.now += self.plan.popleft()
        return self.now


@dataclass
class MeasuredModel:
    """Answers the prompts of a check. Speeds are in tokens a second; `keeps` is how many characters of a prompt it
    reads, the last ones."""

    clock: PlannedClock = field(default_factory=PlannedClock)
    read_speed: float = 1_000.0
    written_speed: float = 50.0
    cites: bool = True
    refuses: bool = True
    french: bool = True
    counts: bool = True
    judges: bool = True
    keeps: int = 1_000_000
    most: int = 1_000_000
    read: list[int] = field(default_factory=list)

    def __call__(self, handler: Handler, before: int) -> None:
        """Answers a request."""
        request = handler.server.requests[before]
        counting = "stream_options" in request
        system, user = (message["content"] for message in request["messages"])
        if (counting and not self.counts) or len(user) > self.most:
            handler.status(400, '{"error": {"message": "non"}}')
            return
        pieces = re.findall(r"\S+\s*", self._answer(user[-self.keeps :]))
        read = len(system + user) // 3
        self.read.append(read)
        self.clock.plan.extend([read / self.read_speed, (len(pieces) - 1) / self.written_speed])
        handler.begin()
        for piece in pieces:
            handler.piece(piece)
        handler.piece(None, "stop")
        if counting:
            usage = {"prompt_tokens": read, "completion_tokens": len(pieces), "total_tokens": read + len(pieces)}
            chunk = {"id": "c", "object": "chat.completion.chunk", "created": 0, "model": "m", "choices": []}
            handler.event(json.dumps({**chunk, "usage": usage}))
        handler.event("[DONE]")
        handler.close_connection = True

    def _answer(self, user: str) -> str:
        if user.endswith("Verdicts :"):
            false = {2, 4, 5} if self.judges else {2, 4}
            return "\n".join(f"{number} : {'non' if number in false else 'oui'}" for number in range(1, 7))
        if "Question :" not in user:
            seen = re.search(r"^Référence : (\S+)", user)
            told = "Ce registre rend compte de la vie d'une maison, des travaux et des veillées de chaque mois."
            return f"Référence {seen[1] if seen else 'inconnue'}. {told if self.french else 'This is the register.'}"
        question = user.rpartition("Question :")[2]
        for asked, fact, french, english in (
            ("empruntés", "vingt et un jours", "Elle les garde vingt et un jours", "It is 21 days"),
            ("prêtés", "5 260 jeux", "Elle en a prêté 5\u202f260 dans l'année", "It was 5,260 of them"),
        ):
            if asked in question:
                passage = next(line for line in user.splitlines() if fact in line)
                number = re.match(r"\[(\d+)\]", passage)
                assert number is not None
                return f"{french if self.french else english} [{number[1] if self.cites else 9}]."
        return REFUSAL if self.refuses else "Elle gagne 2 000 euros par mois [2]."
