"""What a reader should know about an answer, in plain French: its dates, its contradictions, what was left out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from kb.answering.chronology import changes, old_or_undated
from kb.types import Evidence, Hit, Question

RECOGNISED = "texte reconnu par OCR, à vérifier"
"""What every citation says whose words were read by optical character recognition."""
UNSURE = (
    "Réponse peu sûre : les documents ne disent peut-être pas ce qui est demandé. Vérifiez-la avant de vous en servir."
)
"""What an answer says that would be none if answers had to be surer (`high`)."""


def warnings_for(evidence: Sequence[Evidence], question: Question, read: Sequence[Hit], today: date) -> list[str]:
    """The warnings of an answer made of `evidence`, chosen in the passages `read`."""
    documents = list({unit.document.id: unit.document for unit in evidence}.values())
    found = [*changes(evidence, question), *old_or_undated(documents, today)]
    if question.wants_list:
        looked_at = len({hit.document.id for hit in read})
        found.append(
            f"Réponse rassemblée à partir de {looked_at} document{'s' if looked_at > 1 else ''} : "
            "la liste peut être incomplète."
        )
    return found


def removed_warning(sentence: str, reason: str) -> str:
    """Why a sentence that the language model wrote is not shown."""
    return f"Phrase retirée, non prouvée ({reason}) : « {sentence} »"
