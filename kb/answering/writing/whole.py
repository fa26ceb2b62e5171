"""The answer of a model that reads whole passages: proven piece by piece as it comes, what fails repaired once.

draft -> `pieces` -> `Prover` -> at the end one request that tells the model what failed and why -> what stands.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from kb.answering.extracts import Extract
from kb.answering.proof.citations import MarkerFilter, numbers_in, without_marks
from kb.answering.proof.denials import refuses
from kb.answering.proof.draft import Kept, Piece, pieces, written_out
from kb.answering.proof.english import Encode
from kb.answering.proof.proving import ORDERS, Proof, Prover
from kb.answering.proof.sources import SourceUnit, sources
from kb.answering.writing.second_look import rejected
from kb.answering.writing.whole_prompt import MOST_WRITTEN_TOKENS, SYSTEM, repair_prompt, user_prompt
from kb.errors import LanguageModelError
from kb.models.chat.llm import ChatModel
from kb.text.blocks import cells
from kb.text.folding import fold
from kb.types import Citation

Outcome = Literal["writing", "answered", "refused", "unproven"]

MOST_REPAIRED = 8
_MOST_PIECES = 30  # a draft that is longer, or says the same again and again, is no answer any more
_MOST_REPEATS = 3
_SENTENCE_ENDS = (". ", "! ", "? ", "]", "\n")
_REPAIRED = re.compile(r"^\W{0,3}\((\d{1,2})\)\s*(.+)$", re.MULTILINE)
SECOND_LOOK = "une seconde lecture du passage ne la confirme pas"


@dataclass(frozen=True, slots=True)
class Written:
    """A state of the answer. `text` and `citations` are what is proven so far; `removed` are the sentences that nothing
    proves, with why, known at the end. `outcome` at the end: `answered`; `refused` by the model; `unproven` when what
    it wrote first, the answer itself, does not stand (`text` is then what stands beside it).
    """

    text: str
    citations: tuple[Citation, ...]
    removed: tuple[tuple[str, str], ...]
    outcome: Outcome


def write(
    model: ChatModel,
    question: str,
    found: Sequence[Extract],
    acronyms: Mapping[str, Sequence[str]] | None = None,
    checker: ChatModel | None = None,
    encode: Encode | None = None,
) -> Generator[Written, None, None]:
    """The answer to `question` over the extracts `found`, as it is written; the last state is final.

    The first state comes with the first proven sentence, the answer itself. A `checker` judges each sentence again at
    the end; `acronyms` and `encode`: see `Prover`. Raises LanguageModelError when the model gives no whole draft.
    Closing the iterator stops the model.
    """
    prover = Prover(sources(found), question, acronyms, encode)
    known: dict[Piece, Proof] = {}
    prompt = user_prompt(question, found)
    draft = ""
    shown = ""
    for draft in _drafts(model, prompt, len(found)):
        whole = _whole_sentences(draft)
        if whole == shown:
            continue
        shown = whole
        so_far = [(piece, _proved(piece, prover, known)) for piece in _distinct(pieces(whole))]
        if so_far and not so_far[0][1].fault and not _is_refusal([piece for piece, _ in so_far]):
            text, citations = _composed(so_far)
            if text:
                yield Written(text, citations, (), "writing")
    proven = [(piece, _proved(piece, prover, known)) for piece in _distinct(pieces(draft))]
    if not proven or _is_refusal([piece for piece, _ in proven]):
        yield Written("", (), (), "refused" if proven else "unproven")
        return
    proven = _repaired(model, prompt, draft, proven, prover)
    if checker is not None:
        proven = _looked_at_again(checker, question, proven)
    text, citations = _composed(proven)
    removed = tuple((piece.text, proof.fault) for piece, proof in proven if proof.fault)
    yield Written(text, citations, removed, "answered" if text and _has_its_answer(proven) else "unproven")


def _drafts(model: ChatModel, prompt: str, numbers: int) -> Iterator[str]:
    """The draft as it grows, its marks in one form."""
    markers = MarkerFilter(range(1, numbers + 1))
    draft = ""
    stream = model.stream(SYSTEM, prompt, max_tokens=MOST_WRITTEN_TOKENS)
    try:
        for piece in stream:
            draft += markers.feed(piece)
            yield draft
            if _goes_on_and_on(draft):
                return
    finally:
        if (close := getattr(stream, "close", None)) is not None:
            close()
    yield draft + markers.flush()


def _goes_on_and_on(draft: str) -> bool:
    if not draft.endswith(_SENTENCE_ENDS):
        return False
    said = [fold(piece.text) for piece in pieces(draft)]
    return len(said) > _MOST_PIECES or any(said.count(text) > _MOST_REPEATS for text in said[-1:])


def _whole_sentences(draft: str) -> str:
    """`draft` up to the end of its last whole sentence, its marks included; a table up to its last whole row."""
    lines = draft.rsplit("\n", 1)
    if lines[-1].lstrip().startswith("|"):
        return lines[0].rstrip() if len(lines) > 1 else ""
    end = max(draft.rfind(mark) + len(mark) if mark in draft else 0 for mark in _SENTENCE_ENDS)
    return draft[:end].rstrip()


def _distinct(found: Sequence[Piece]) -> list[Piece]:
    """The pieces, each text once."""
    seen: dict[str, Piece] = {}
    for piece in found:
        seen.setdefault(fold(piece.text), piece)
    return list(seen.values())


def _proved(piece: Piece, prover: Prover, known: dict[Piece, Proof]) -> Proof:
    if piece not in known:
        known[piece] = prover.prove(piece)
    return known[piece]


def _is_refusal(found: Sequence[Piece]) -> bool:
    """Whether the model says that the passages do not answer: by its first sentence, or by all of them."""
    first = fold(found[0].text)
    return refuses(first) or all(not piece.numbers and refuses(fold(piece.text), any_part=True) for piece in found)


def _has_its_answer(proven: Sequence[tuple[Piece, Proof]]) -> bool:
    """Whether what the draft began with stands: its first sentence, or what its first line leads in."""
    first, proof = proven[0]
    if proof.fault:
        return False
    return first.kind != "lead" or any(not one.fault for piece, one in proven[1:] if piece.kind in {"item", "row"})


def _repaired(
    model: ChatModel, prompt: str, draft: str, proven: Sequence[tuple[Piece, Proof]], prover: Prover
) -> list[tuple[Piece, Proof]]:
    """What was proven, with the sentences that were not in the words that the model gives them on being told why."""
    failed = [index for index, (_, proof) in enumerate(proven) if proof.fault and proof.fault != ORDERS]
    out = list(proven)
    if not failed or len(failed) > MOST_REPAIRED:
        return out
    faults = [(number, _as_written(proven[index][0]), proven[index][1].fault) for number, index in enumerate(failed, 1)]
    request = repair_prompt(prompt, draft, faults)
    try:
        said = "".join(model.stream(SYSTEM, request, max_tokens=MOST_WRITTEN_TOKENS))
    except LanguageModelError:
        return out  # what is proven stands without it
    markers = MarkerFilter(range(1, prover.most + 1))
    for number, text in _REPAIRED.findall(markers.feed(said) + markers.flush()):
        if not 0 < int(number) <= len(failed):
            continue
        index = failed[int(number) - 1]
        piece = _in_place_of(proven[index][0], text)
        if piece is not None and not (proof := prover.prove(piece)).fault:
            out[index] = piece, proof
    return out


def _as_written(piece: Piece) -> str:
    marks = "".join(f"[{number}]" for number in piece.numbers)
    return f"| {' | '.join(piece.cells)} |" if piece.kind == "row" else f"{piece.text} {marks}".rstrip()


def _in_place_of(piece: Piece, text: str) -> Piece | None:
    """`piece` with other words; None when they are none, or of another form."""
    if piece.kind == "row":
        row = tuple(cells(text))
        if len(row) != len(piece.cells):
            return None
        shown = " ; ".join(without_marks(cell) for cell in row if cell)
        return replace(piece, text=shown, numbers=tuple(numbers_in(text)), cells=row)
    read = pieces(text)
    if not read or not numbers_in(text):
        return None
    return replace(piece, text=" ".join(one.text for one in read), numbers=tuple(numbers_in(text)))


def _looked_at_again(
    checker: ChatModel, question: str, proven: Sequence[tuple[Piece, Proof]]
) -> list[tuple[Piece, Proof]]:
    """What was proven, without what the checker says is not there. Where it cannot be asked, all stays."""
    judged = [(index, piece, proof) for index, (piece, proof) in enumerate(proven) if proof.units]
    try:
        wrong = rejected(checker, question, [(piece.text, proof.units) for _, piece, proof in judged])
    except LanguageModelError:
        return list(proven)
    out = list(proven)
    for place in wrong:
        index, piece, _ = judged[place]
        out[index] = piece, Proof(fault=SECOND_LOOK)
    return out


def _composed(proven: Sequence[tuple[Piece, Proof]]) -> tuple[str, tuple[Citation, ...]]:
    """The text of what stands, its marks numbered from 1 by first use, and what they mean."""
    standing = [(piece, proof) for piece, proof in proven if not proof.fault]
    citations: dict[tuple[str, int, int], Citation] = {}
    kept: list[Kept] = []
    for index, (piece, proof) in enumerate(standing):
        if piece.kind == "lead":
            following = standing[index + 1][0].kind if index + 1 < len(standing) else None
            if following not in {"item", "row"}:
                continue
        if piece.kind == "row":
            numbers = {cell: _numbered(units, citations) for cell, units in (proof.by_cell or {}).items()}
            kept.append(Kept(piece, cell_numbers=numbers))
        else:
            kept.append(Kept(piece, _numbered(proof.units, citations)))
    return written_out(kept), tuple(citations.values())


def _numbered(units: Sequence[SourceUnit], citations: dict[tuple[str, int, int], Citation]) -> tuple[int, ...]:
    """The numbers of the quotes that `units` make: neighbours in a passage are one."""
    spans: list[tuple[SourceUnit, int, int]] = []
    for unit in units:
        start, end = unit.candidate.start, unit.candidate.end
        if spans and spans[-1][0].candidate.passage.id == unit.candidate.passage.id and _touch(unit, spans[-1][2]):
            spans[-1] = (spans[-1][0], spans[-1][1], end)
        else:
            spans.append((unit, start, end))
    numbers = []
    for unit, start, end in spans:
        passage, document = unit.candidate.passage, unit.candidate.document
        key = (passage.id, start, end)
        if key not in citations:
            quote = document.text[start:end]
            citations[key] = Citation(len(citations) + 1, passage, document, quote, start, end)
        numbers.append(citations[key].number)
    return tuple(dict.fromkeys(numbers))


def _touch(unit: SourceUnit, end: int) -> bool:
    """Whether nothing but space and the marks of a list stands between a unit and what ends at `end`."""
    between = unit.candidate.document.text[end : unit.candidate.start]
    return unit.candidate.start >= end and not any(sign.isalnum() for sign in between) and "|" not in between
