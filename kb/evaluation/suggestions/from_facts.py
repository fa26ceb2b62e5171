"""Test queries proposed from documents, for a person to accept or correct: figures, definitions, dates.

A sentence with a figure becomes a question about that figure, said as people say it (« la région finance quel
pourcentage des allocations ? »); an acronym that is spelled out becomes a question about its meaning. A proposed query
is marked `reviewed: false`, and counts in no evaluation until somebody has taken the mark away.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from kb.evaluation.questions import EvaluationQuestion
from kb.evaluation.scoring.matching import holds
from kb.text.acronyms import mentions
from kb.text.figures import Figure, figures
from kb.text.sentences import sentence_spans
from kb.types import Document

_SHORTEST, _LONGEST = 6, 32  # words of a sentence that makes a question
# A sentence that leans on the one before it says nothing alone.
_LEANING = re.compile(
    r"(?:ils?|elles?|ce|cet|cette|ces|cela|celui|celle|ceux|celles|leurs?|son|sa|ses|mais|or|donc|ainsi|enfin|puis|"
    r"toutefois|cependant|dont|qui|que|il s'agit|dans ce cadre|parmi|de plus|en outre)\b",
    re.IGNORECASE,
)
# Before a figure: a pronoun of another sentence, an article that the question could not keep.
_UNASKABLE = re.compile(
    r"\b(?:ils?|elles?|celui|celle)\b|(?:\b(?:les|ces|des|aux|leurs|ses|nos|jusqu)|[-’'])\s*$", re.IGNORECASE
)
_MARKUP = re.compile(r"[|#>*_`\[\]]")
_DATE_LEAD = re.compile(r"\b(?:le|en|depuis|du|au|à|d'ici)(?: le| à)? $", re.IGNORECASE)


def suggest(documents: Sequence[Document], n: int) -> list[EvaluationQuestion]:
    """At most `n` queries, each document in turn giving one, until none has more."""
    sources = [_of_document(document) for document in documents]
    found: list[EvaluationQuestion] = []
    seen: set[str] = set()
    while sources and len(found) < n:
        for source in list(sources):
            question = next((query for query in source if query.question not in seen), None)
            if question is None:
                sources.remove(source)
            elif len(found) < n:
                seen.add(question.question)
                found.append(question)
    return found


def with_sentences(documents: Sequence[Document]) -> dict[str, str]:
    """For each question that is made from a sentence, that sentence."""
    return {
        question[0]: sentence
        for document in documents
        for sentence in _sentences(document)
        if (question := _of_sentence(sentence)) is not None
    }


def _of_document(document: Document) -> Iterator[EvaluationQuestion]:
    name = re.sub(r"[^\w-]+", "-", document.id).strip("-")
    for number, (question, fact, kind) in enumerate(_questions(document), start=1):
        yield EvaluationQuestion(
            id=f"proposition-{name}-{number}",
            question=question,
            documents=(document.id,),
            expected_facts=((fact,),),
            kind=kind,
            reviewed=False,
        )


def _questions(document: Document) -> Iterator[tuple[str, str, str]]:
    """Question, fact and kind."""
    for mention in mentions(document.text):
        if mention.sure:
            meaning = re.sub(r"^(?:l['’]|(?:le|la|les|un|une|des) )", "", mention.expansion, flags=re.IGNORECASE)
            yield f"Que veut dire {mention.acronym} ?", meaning, "definition"
    for sentence in _sentences(document):
        if (question := _of_sentence(sentence)) is not None:
            yield question


def _sentences(document: Document) -> Iterator[str]:
    for line in document.text.split("\n"):
        if line.strip() and not _MARKUP.search(line):
            for start, end in sentence_spans(line):
                yield re.sub(r"^(?:[-•–]|\d{1,3}[.)])\s+", "", line[start:end].strip())


def _of_sentence(sentence: str) -> tuple[str, str, str] | None:
    count = len(sentence.split())
    if not _SHORTEST <= count <= _LONGEST or not sentence.endswith(".") or _LEANING.match(sentence):
        return None
    if re.search(r"[«»():;]|\bne\b|\bn['’]", sentence):
        return None  # quotes and asides make questions that nobody would ask; denials make wrong ones
    found = [figure for figure in figures(sentence) if figure.unit != "ordinal"]
    asked = [figure for figure in found if figure.unit not in {"date", "year"}] or found
    if len(asked) != 1 or asked[0].end > len(sentence) - 2:
        return None
    figure = asked[0]
    before, after = sentence[: figure.start], sentence[figure.end :].rstrip(" .")
    if _UNASKABLE.search(before):
        return None
    question = _asked(before, figure, after)
    if question is None or holds(question, [figure.text]):
        return None
    return question, _fact(figure, after), "date" if figure.unit in {"date", "year"} else "figure"


def _asked(before: str, figure: Figure, after: str) -> str | None:
    """The sentence with a question in the place of its figure."""
    if figure.unit in {"date", "year"}:
        return f"{_DATE_LEAD.sub('', before).strip()}{after} quand ?" if _DATE_LEAD.search(before) else None
    if figure.unit == "%":
        word = "quel pourcentage"
    elif figure.unit == "€":
        word = "combien d'euros"
    elif figure.unit == "" and re.match(r" (?![a-zà-öø-ÿ]+ent\b)[a-zà-öø-ÿ]{4,}", after):
        word = "combien de" if not re.match(r" (?:de|d['’])", after) else "combien"
    else:
        return None
    return f"{before}{word}{after} ?"


def _fact(figure: Figure, after: str) -> str:
    """The figure, with the noun that it counts."""
    noun = re.match(r" (?:de |d['’])?[a-zà-öø-ÿ-]+", after) if figure.unit == "" else None
    return figure.text + (noun[0] if noun else "")
