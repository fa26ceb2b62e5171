"""Test queries: reading and checking a JSONL file of questions with what their answers must hold."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from kb.errors import QuestionsError
from kb.evaluation.scoring.matching import canonical
from kb.text.stems import stems
from kb.types import Message, Role

Fact = tuple[str, ...]
"""Equivalent forms of one fact: any of them will do."""

Parsed = tuple[list[str], "EvaluationQuestion | None"]
"""What is wrong with a line, or the test query that it holds."""

_T = TypeVar("_T")
_MOST_ERRORS = 200  # that are told one by one
_ROLES: dict[str, Role] = {"user": "user", "assistant": "assistant"}


@dataclass(frozen=True, slots=True)
class EvaluationQuestion:
    """A test query. `documents` are the ids of every document that holds the answer; an `unanswerable` question is
    expected to be refused, whatever its facts. `expected_quotes` are sets of sentences of documents, any of which is
    sufficient to answer. `history` is the conversation before it, oldest first. One that is not
    `reviewed` was proposed by the program: it counts in no evaluation until a person has accepted it."""

    id: str
    question: str
    documents: tuple[str, ...] = ()
    expected_facts: tuple[Fact, ...] = ()
    expected_quotes: tuple[tuple[str, ...], ...] = ()
    forbidden_facts: tuple[Fact, ...] = ()
    unanswerable: bool = False
    history: tuple[Message, ...] = ()
    kind: str | None = None
    reviewed: bool = True


def read_questions(path: Path) -> list[EvaluationQuestion]:
    """The test queries of the JSONL file `path`, in its order, read in this process: for files of our own.

    Raises QuestionsError when the file cannot be read, holds no question, or has errors: all of them, by line.
    """
    return parse_questions(decoded(content_of(path), str(path)), str(path))


def content_of(path: Path, most: int = -1) -> bytes:
    """The first `most` bytes of a file of test queries (-1: all). Raises QuestionsError."""
    try:
        with path.open("rb") as file:
            return file.read(most)
    except OSError as error:
        reason = "fichier introuvable" if isinstance(error, FileNotFoundError) else (error.strerror or str(error))
        raise QuestionsError(f"{path} : {reason}. Vérifiez le chemin du fichier de questions.") from error


def decoded(content: bytes, name: str) -> str:
    """JSON lines as text. Raises QuestionsError, naming the line, for what is not UTF-8."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        message = f"{name} : ligne {line} : le texte n'est pas en UTF-8. Enregistrez le fichier en UTF-8."
        raise QuestionsError(message) from error


def parse_questions(text: str, name: str) -> list[EvaluationQuestion]:
    """The test queries of `text`, one JSON object a line; blank lines and unknown keys are skipped.

    `name` stands for the file in messages. Raises QuestionsError with every error, by line.
    """
    found: list[tuple[int, Parsed]] = []
    # Not splitlines(): JSON strings may hold U+2028 and the like, and lines are counted as editors count them.
    for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), start=1):
        if line.strip():
            found.append((number, _parse_line(line)))
    return collect(found, name)


def collect(found: Iterable[tuple[int, Parsed]], name: str) -> list[EvaluationQuestion]:
    """The test queries parsed from the numbered lines of `name`. Raises QuestionsError with every error, by line."""
    questions: list[EvaluationQuestion] = []
    errors: list[str] = []
    lines: dict[str, int] = {}
    for number, (wrong, question) in found:
        reasons = wrong
        if question is not None and question.id in lines:
            reasons = [f"l'identifiant « {question.id} » est déjà celui de la ligne {lines[question.id]}"]
        elif question is not None:
            lines[question.id] = number
            questions.append(question)
        errors += [f"ligne {number} : {reason}" for reason in reasons]
    if errors:
        count = "1 erreur" if len(errors) == 1 else f"{len(errors)} erreurs"
        listed = "\n".join(f"  {error}." for error in errors[:_MOST_ERRORS])
        if len(errors) > _MOST_ERRORS:
            listed += f"\n  … et {len(errors) - _MOST_ERRORS} autres."
        raise QuestionsError(f"{name} : {count}, aucune question n'est retenue. Corrigez le fichier :\n{listed}")
    if not questions:
        raise QuestionsError(f"{name} : le fichier ne contient aucune question. Mettez-en une par ligne.")
    return questions


def check_documents(questions: Iterable[EvaluationQuestion], known: Collection[str], name: str) -> None:
    """Raises QuestionsError when queries name documents that the base does not have, naming both."""
    missing = [(query.id, [document for document in query.documents if document not in known]) for query in questions]
    listed = "\n".join(f"  {query_id} : {', '.join(documents)}." for query_id, documents in missing if documents)
    if listed:
        raise QuestionsError(
            f"{name} : des questions nomment des documents que la base n'a pas ; corrigez leur nom, ou ajoutez-les à "
            f"la base :\n{listed}"
        )


def question_to_json(question: EvaluationQuestion) -> dict[str, Any]:
    """A test query in the form of JSONL, what is empty left out."""
    held: dict[str, Any] = {
        "id": question.id,
        "question": question.question,
        "kind": question.kind,
        "documents": list(question.documents),
        "expected_facts": [_fact_to_json(fact) for fact in question.expected_facts],
        "expected_quotes": [list(quotes) for quotes in question.expected_quotes],
        "forbidden_facts": [_fact_to_json(fact) for fact in question.forbidden_facts],
        "unanswerable": question.unanswerable,
        "history": [{"role": message.role, "content": message.content} for message in question.history],
    }
    return {key: value for key, value in held.items() if value} | ({} if question.reviewed else {"reviewed": False})


def _fact_to_json(fact: Fact) -> str | list[str]:
    return fact[0] if len(fact) == 1 else list(fact)


def _parse_line(line: str) -> Parsed:
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        return [f"JSON incorrect au caractère {error.pos + 1} ({_json_reason(error)})"], None
    except RecursionError:
        return ["JSON incorrect (trop d'objets imbriqués)"], None
    except ValueError:  # Python converts no number of thousands of digits
        return ["JSON incorrect (un nombre a trop de chiffres)"], None
    if not isinstance(row, dict):
        return ["il faut un objet JSON, entre accolades"], None
    return parse_row(row)


def parse_row(row: Mapping[str, Any]) -> Parsed:
    """A test query from the keys of JSONL, or the reasons why it is none, in French."""
    errors: list[str] = []

    def take(key: str, default: _T, parse: Callable[[Any], _T]) -> _T:
        if row.get(key) is None:
            return default
        try:
            return parse(row[key])
        except ValueError as error:
            errors.append(f"« {key} » : {error}")
            return default

    for key in ("id", "question"):
        if row.get(key) is None:
            errors.append(f"la clé « {key} » manque")
    question = EvaluationQuestion(
        id=take("id", "", _text),
        question=take("question", "", _text),
        documents=take("documents", (), _texts),
        expected_facts=take("expected_facts", (), _facts),
        expected_quotes=take("expected_quotes", (), _quotes),
        forbidden_facts=take("forbidden_facts", (), _facts),
        unanswerable=take("unanswerable", False, _boolean),
        history=take("history", (), _messages),
        kind=take("kind", None, _text),
        reviewed=take("reviewed", True, _boolean),
    )
    return errors, None if errors else question


# Each parser below returns the value or raises ValueError with the reason, in French.


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f"il faut un texte, pas {_shown(value)}")
    if not value.strip():
        raise ValueError("le texte est vide")
    return value.strip()


def _boolean(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"il faut true ou false, pas {_shown(value)}")
    return value


def _list(value: object, of: str) -> list[object]:
    if not isinstance(value, list):
        raise ValueError(f"il faut une liste {of}, pas {_shown(value)}")
    return value


def _texts(value: object) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_text(text) for text in _list(value, "de textes")))


def _facts(value: object) -> tuple[Fact, ...]:
    facts: list[Fact] = []
    for fact in _list(value, "de faits"):
        forms = _texts(fact) if isinstance(fact, list) else (_text(fact),)
        if not forms:
            raise ValueError("un fait est une liste vide")
        # A form that is nothing but signs would be found nowhere, without anybody noticing.
        if blank := [form for form in forms if not any(sign.isalnum() for sign in canonical(form))]:
            raise ValueError(f"le fait {_shown(blank[0])} n'a ni lettre ni chiffre")
        facts.append(forms)
    return tuple(facts)


def _quotes(value: object) -> tuple[tuple[str, ...], ...]:
    sets: list[tuple[str, ...]] = []
    for quotes in _list(value, "de listes de phrases"):
        sentences = _texts(_list(quotes, "de phrases"))
        if not sentences:
            raise ValueError("une liste de phrases est vide")
        if blank := [sentence for sentence in sentences if not stems(sentence)]:
            raise ValueError(f"la phrase {_shown(blank[0])} n'a pas de mot à retrouver")
        sets.append(sentences)
    return tuple(sets)


def _messages(value: object) -> tuple[Message, ...]:
    messages: list[Message] = []
    for message in _list(value, "de messages"):
        if not isinstance(message, Mapping):
            raise ValueError(f"un message est un objet avec « role » et « content », pas {_shown(message)}")
        role = _ROLES.get(str(message.get("role")))
        if role is None:
            raise ValueError(f"« role » vaut « user » ou « assistant », pas {_shown(message.get('role'))}")
        try:
            messages.append(Message(role, _text(message.get("content"))))
        except ValueError as error:
            raise ValueError(f"« content » : {error}") from None
    return tuple(messages)


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:57] + "…"


def _json_reason(error: json.JSONDecodeError) -> str:
    """What is wrong, for someone who edits the file by hand."""
    reasons = {
        "Expecting ',' delimiter": "il manque une virgule ou une fermeture",
        "Expecting ':' delimiter": "il manque « : » après une clé",
        "Expecting property name enclosed in double quotes": "une clé doit être entre guillemets droits",
        "Expecting value": "il manque une valeur",
        "Extra data": "il y a du texte après l'objet : un seul objet par ligne",
        "Illegal trailing comma before end of object": "virgule de trop avant l'accolade",
        "Illegal trailing comma before end of array": "virgule de trop avant le crochet",
        "Invalid control character at": "caractère de contrôle dans un texte",
        "Unterminated string starting at": "un guillemet n'est pas refermé",
    }
    return reasons.get(error.msg, error.msg)
