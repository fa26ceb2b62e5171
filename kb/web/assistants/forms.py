"""What the tools take and give. Their descriptions are French: a model reads them to choose a tool."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kb.errors import ReperesError
from kb.web import strings
from kb.web.chat.exchange import LONGEST_QUESTION

PART = 20_000
"""Characters of a document that are read at once: some 5,000 tokens of French, little beside what models read."""
LONGEST_ID = 2_000
_LONGEST_VALUE = 500
_MOST_VALUES = 50
_LONGEST_TOLD = 60
_MOST_TOLD = 5

Arguments = TypeVar("Arguments", bound=BaseModel)


class _Given(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Filtered(_Given):
    """Values of one field are alternatives."""

    kind: list[str] = Field([], max_length=_MOST_VALUES, description="Seulement ces types de documents.")
    rubric: list[str] = Field([], max_length=_MOST_VALUES, description="Seulement ces rubriques.")
    programme: list[str] = Field([], max_length=_MOST_VALUES, description="Seulement ces programmes.")
    partner: list[str] = Field([], max_length=_MOST_VALUES, description="Seulement ces partenaires.")
    since: str | None = Field(
        None, max_length=_LONGEST_VALUE, description="Documents datés d'au moins : 2025, 2025-03 ou 2025-03-14."
    )
    until: str | None = Field(None, max_length=_LONGEST_VALUE, description="Documents datés d'au plus.")


class Sought(_Filtered):
    """What `search` takes."""

    question: str = Field(
        max_length=LONGEST_QUESTION, description="Ce qu'on cherche, en français : une question ou des mots."
    )
    k: int = Field(10, ge=1, le=50, description="Nombre de passages.")


class Asked(_Filtered):
    """What `ask` takes."""

    question: str = Field(
        max_length=LONGEST_QUESTION,
        description="La question, en français, entière : elle doit se comprendre sans la conversation.",
    )
    answerer: Literal["auto", "extractive", "llm"] = Field("auto", description=strings.API_ANSWERER)


class Wanted(_Given):
    """What `read_document` takes."""

    document: str = Field(
        min_length=1, max_length=LONGEST_ID, description="L'identifiant du document : « document » d'un résultat."
    )
    start: int = Field(
        0, ge=0, le=1_000_000_000, description="Où commencer, en caractères : « start » d'un résultat, ou « next »."
    )


class About(BaseModel):
    """What is told of a document wherever it is named."""

    document: str = Field(description="L'identifiant du document, que prend read_document.")
    title: str
    url: str | None = Field(description="L'adresse de la page d'origine.")
    date: str | None = Field(description="La date de publication, aussi précise que le document la donne.")
    reader: str | None = Field(description="L'adresse où une personne lit le document à cet endroit.")


class Passage(About):
    """A passage that was found."""

    heading: str = Field(description="Les titres au-dessus du passage.")
    text: str
    start: int = Field(description="Où le passage commence dans le document, en caractères.")
    end: int
    page: int | None
    rank: int
    score: float


class Found(BaseModel):
    """What `search` gives."""

    passages: list[Passage] = Field(description="Le plus proche d'abord ; vide quand rien ne s'en approche.")


class Quoted(About):
    """A sentence that an answer cites."""

    number: int = Field(description="Le numéro [n] dans la réponse.")
    quote: str = Field(description="La phrase du document, mot pour mot.")
    heading: str
    start: int
    end: int
    page: int | None


class Answered(BaseModel):
    """What `ask` gives."""

    question: str
    understood: str = Field(description="La question comme elle a été comprise.")
    answer: str = Field(description="La réponse ; chaque [n] renvoie à une citation.")
    refused: bool = Field(description="Vrai quand les documents ne disent pas la réponse : elle n'a pas de citation.")
    reason: str | None = Field(description="Pourquoi ; « unsaid » : les documents en parlent sans le dire.")
    citations: list[Quoted]
    nearest: list[Quoted] = Field(description="Les phrases les plus proches d'un refus ; elles ne prouvent rien.")
    warnings: list[str] = Field(description="Ce qu'il faut savoir : sources anciennes, chiffres qui diffèrent…")
    answerer: str
    model: str | None


class Read(About):
    """What `read_document` gives."""

    source: str
    rubric: str | None
    kind: str | None
    remarks: list[str] = Field(description="Ce qu'il faut savoir de la façon dont le document a été lu.")
    text: str
    start: int
    end: int
    length: int = Field(description="La longueur de tout le document, en caractères.")
    next: int | None = Field(description="Le « start » de la suite ; nul à la fin du document.")


def taken(form: type[Arguments], given: Mapping[str, Any]) -> Arguments:
    """Arguments in the form of a tool. Raises ReperesError, naming each that is wrong and what it must be."""
    try:
        return form.model_validate(dict(given))
    except ValidationError as error:
        told = [_trouble(problem, form) for problem in error.errors(include_url=False)]
    more = f" … et {len(told) - _MOST_TOLD} de plus." if len(told) > _MOST_TOLD else ""
    raise ReperesError(" ".join(told[:_MOST_TOLD]) + more)


def _trouble(problem: Mapping[str, Any], form: type[BaseModel]) -> str:
    name = ".".join(map(str, problem["loc"]))
    # Names that a caller made up may be of any length, and hold halves of characters.
    name = name[:_LONGEST_TOLD].encode("utf-8", "replace").decode()
    if not name:
        return f"Arguments illisibles. Ce qui existe : {', '.join(form.model_fields)}."
    kind, limits = str(problem["type"]), problem.get("ctx", {})
    if kind == "missing":
        return f"« {name} » manque."
    if kind == "extra_forbidden":
        return f"« {name} » n'existe pas. Ce qui existe : {', '.join(form.model_fields)}."
    if kind == "string_too_long":
        return f"« {name} » est trop long : {strings.grouped(limits['max_length'])} caractères au plus."
    if kind == "too_long":
        return f"« {name} » a trop de valeurs : {limits['max_length']} au plus."
    if kind == "string_too_short":
        return f"« {name} » est vide."
    if kind.startswith("string"):
        return f"« {name} » doit être un texte."
    if kind.startswith("list"):
        return f"« {name} » doit être une liste de textes."
    if kind == "literal_error":
        return f"« {name} » doit être {limits['expected'].replace(' or ', ' ou ')}."
    if limit := limits.get("ge", limits.get("le")):
        return f"« {name} » doit être d'{'au moins' if 'ge' in limits else 'au plus'} {strings.grouped(limit)}."
    return f"« {name} » doit être un nombre entier, de 0 ou plus."
