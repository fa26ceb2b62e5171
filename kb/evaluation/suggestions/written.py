"""Test queries that a language model words, over the same facts: the sentence and its fact are chosen by rule.

The model only asks; it invents neither fact nor document. A question that is not one, gives its fact away, or speaks of
something else than its sentence is left out, and the one made by rule stands.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace

from kb.errors import LanguageModelError
from kb.evaluation.questions import EvaluationQuestion
from kb.evaluation.scoring.matching import holds
from kb.evaluation.suggestions.from_facts import suggest, with_sentences
from kb.models.chat.llm import ChatModel
from kb.text.figures import missing_figures
from kb.text.stems import stems
from kb.types import Document

_SYSTEM = (
    "Tu écris une question courte, en français, telle qu'un agent d'une administration la poserait à un collègue. "
    "La réponse à la question est le fait donné, qui se trouve dans la phrase donnée. La question se comprend seule, "
    "nomme ce dont elle parle, et ne contient pas le fait. Écris seulement la question."
)
_MOST_TOKENS = 60
_LONGEST = 220  # characters
_OWN_WORDS = 0.5  # of the question's stems that the sentence or the title must hold

logger = logging.getLogger(__name__)


def suggest_written(model: ChatModel, documents: Sequence[Document], n: int) -> list[EvaluationQuestion]:
    """At most `n` queries as `suggest` gives them, in the model's words where those pass; all marked unreviewed."""
    sentences = with_sentences(documents)
    titles = {document.id: document.title for document in documents}
    found: list[EvaluationQuestion] = []
    for query in suggest(documents, n):
        sentence = sentences.get(query.question)
        if sentence is None:  # a definition: the rule's wording is how people ask
            found.append(query)
            continue
        title, fact = titles[query.documents[0]], query.expected_facts[0][0]
        worded = _worded(model, title, sentence, fact)
        found.append(replace(query, question=worded) if worded else query)
    return found


def _worded(model: ChatModel, title: str, sentence: str, fact: str) -> str | None:
    prompt = f"Document : {title}\nPhrase : {sentence}\nFait : {fact}\nQuestion :"
    try:
        said = " ".join("".join(model.stream(_SYSTEM, prompt, max_tokens=_MOST_TOKENS)).split())
    except LanguageModelError as error:
        logger.warning("wording a question failed: %s", error)
        return None
    question = said.strip('«»"“” \u00a0\u202f')
    return question if _is_sound(question, f"{title}\n{sentence}", fact) else None


def _is_sound(question: str, source: str, fact: str) -> bool:
    asked = set(stems(question))
    return (
        question.endswith("?")
        and question.count("?") == 1
        and len(question) <= _LONGEST
        and not holds(question, [fact])
        and not missing_figures(question, [source])
        and bool(asked)
        and len(asked & set(stems(source))) >= _OWN_WORDS * len(asked)
    )
