"""What a language model was measured to do, and what it is therefore given to read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Profile = Literal["whole", "sentences"]
"""What a model is given to read: whole passages, or the few sentences that a small one can follow."""

VARIABLE = "REPERES_LLM_PROFILE"
MOST_SECONDS_READING_WHOLE = 8.0
MOST_SECONDS_OF_SENTENCES = 15.0
WHOLE_WRITTEN = 250  # tokens: a direct answer and five sentences at most
# Tokens: what the prompt of sentences takes at most, and what is written over it at most (kb.answering.writing).
SENTENCES_READ = 380
SENTENCES_WRITTEN = 220


@dataclass(frozen=True, slots=True)
class Measurement:
    """What `reperes model check` found. Speeds are in tokens a second.

    `subject` says which model it is of: the SHA-256 of local weights, or the address and name of a server's;
    `processor` is empty for a server. `read_tokens` is the length of the longest prompt that was timed. `cited` of
    `asked` answerable questions were answered with the number of the right passage. `reads_long` is None where a long
    prompt was not tried, False where it was refused, lost its beginning, or took too long. `judges`: whether it told
    true sentences from false ones, None where it was not asked.
    """

    subject: str
    processor: str
    date: str
    context_tokens: int
    read_tokens: int
    read_speed: float
    written_speed: float
    cited: int
    asked: int
    refuses: bool
    french: bool
    reads_long: bool | None
    judges: bool | None = None

    def seconds(self, read: int, written: int) -> float:
        """How long reading and writing so many tokens takes."""
        return read / self.read_speed + written / self.written_speed

    def seconds_whole(self, budget: int) -> float:
        """Seconds to an answer over `budget` tokens of whole passages."""
        return self.seconds(budget, WHOLE_WRITTEN)

    @property
    def seconds_of_sentences(self) -> float:
        """Seconds to an answer over sentences of evidence."""
        return self.seconds(SENTENCES_READ, SENTENCES_WRITTEN)


@dataclass(frozen=True, slots=True)
class Choice:
    """What a model reads, whether it writes answers that nobody asked it for by name, and why, in French."""

    profile: Profile
    by_default: bool
    why: str


def choose(asked: str, measured: Measurement | None, *, local: bool, budget: int) -> Choice:
    """The profile for a model that is given `budget` tokens of passages: `asked`, or with `auto` what suits it.

    A server is somebody's decision: it gets whole passages however slow it is, but where it was seen not to follow
    citations at all, or not to read long prompts. A local model has to earn them, and even its use.
    """
    if asked != "auto":
        return Choice("whole" if asked == "whole" else "sentences", True, f"choisi par {VARIABLE}={asked}")
    if not local:
        return _of_a_server(measured)
    if measured is None:
        # Nobody knows whether it takes ten seconds to an answer or a minute.
        return Choice("sentences", False, "pas encore mesuré sur cette machine (« reperes model check »)")
    reading = budget / measured.read_speed
    if reading <= MOST_SECONDS_READING_WHOLE and measured.cited and measured.refuses:
        return Choice("whole", True, f"il lit {budget} jetons de passages en {_seconds(reading)}")
    if measured.seconds_of_sentences > MOST_SECONDS_OF_SENTENCES:
        return Choice(
            "sentences",
            False,
            f"trop lent ici : {_seconds(measured.seconds_of_sentences)} pour une réponse, même sur quelques phrases "
            f"(plus de {_seconds(MOST_SECONDS_OF_SENTENCES)})",
        )
    if reading > MOST_SECONDS_READING_WHOLE:
        return Choice(
            "sentences",
            True,
            f"lire {budget} jetons de passages lui prendrait {_seconds(reading)} "
            f"(plus de {_seconds(MOST_SECONDS_READING_WHOLE)})",
        )
    missing = "ne cite pas ses sources" if not measured.cited else "ne refuse pas quand les passages ne disent rien"
    return Choice("sentences", True, f"assez rapide, mais il {missing}")


def _of_a_server(measured: Measurement | None) -> Choice:
    if measured is None:
        return Choice("whole", True, "serveur, pas encore mesuré (« reperes model check »)")
    if not measured.cited:
        return Choice("sentences", True, "ce modèle ne cite pas ses sources")
    if measured.reads_long is False:
        return Choice("sentences", True, "ce serveur ne lit pas en entier un long texte")
    return Choice("whole", True, "serveur qui cite ses sources")


def _seconds(value: float) -> str:
    return f"{value:.1f} s".replace(".0 s", " s").replace(".", ",") if value < 10 else f"{value:.0f} s"
