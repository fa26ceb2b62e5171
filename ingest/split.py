"""Document -> Passage[]: along headings, then paragraphs, sentences, list items and table rows.

A passage is a slice of the document's text, within one section, of 100 to 180 words where the text allows. Lists and
tables stay whole while they fit; else they are cut between items or rows. No passage is longer than the encoder
reads: a sentence that is gets cut at its clauses, a clause at its words.
"""

from __future__ import annotations

import math
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from kb.text.blocks import Block, heading_title, parse_blocks, table_header, unit_spans
from kb.text.sentences import Span, clause_spans
from kb.types import Document, Passage

# Change it whenever the same document would give other passages: it is part of the store's fingerprint.
SPLITTER_VERSION = "2"
TARGET_WORDS = 150
MAX_WORDS = 180
# What a title, its headings and a table's header may take of what the encoder reads (kb/index/texts.py holds to it).
CONTEXT_TOKENS = 128

_NAMESPACE = uuid.UUID("6f0b7c1e-6a57-5f0e-9d0e-3b1a1c5d2f10")

CountTokens = Callable[[Sequence[str]], list[int]]
_Section = tuple[tuple[str, ...], list[Block]]  # the headings above, and what stands under them
_Stretch = tuple[int, int, str]  # start, end, the header of the table that it continues


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch that stays in one passage."""

    start: int
    end: int
    words: int
    tokens: int
    table_header: str = ""  # set when the piece is a row that does not follow its own header


def split_document(document: Document, count_tokens: CountTokens, max_tokens: int) -> list[Passage]:
    """The passages of `document`, in order.

    `count_tokens` gives the tokens of texts as the encoder counts them, special tokens included; `max_tokens` is what
    it reads. Every character of the text that is neither white space nor part of a heading's line is in exactly one
    passage, and `passage.text == document.text[passage.start:passage.end]`.
    """
    limit = max_tokens - CONTEXT_TOKENS
    passages: list[Passage] = []
    seen: Counter[str] = Counter()
    sections = list(_sections(document))
    for (path, _), stretches in zip(sections, _stretches(document.text, sections, count_tokens, limit), strict=True):
        for start, end, header in stretches:
            text = document.text[start:end]
            passages.append(
                Passage(
                    id=_passage_id(document.id, "\x1f".join((document.title, *path, header, text)), seen),
                    document_id=document.id,
                    ordinal=len(passages),
                    heading_path=path,
                    text=text,
                    start=start,
                    end=end,
                    table_header=header,
                )
            )
    return passages


def _stretches(text: str, sections: Sequence[_Section], count_tokens: CountTokens, limit: int) -> list[list[_Stretch]]:
    """For each section, the stretches of `text` that become passages.

    Words alone nearly always make passages that the encoder reads whole, so tokens are counted once, of the passages;
    only a section with one that is too long is cut again with the tokens of all its parts.
    """
    cut = [list(_pack(list(_pieces(text, blocks, _no_tokens, limit)), limit)) for _, blocks in sections]
    counts = iter(count_tokens([text[start:end] for stretches in cut for start, end, _ in stretches]))
    for number, (_, blocks) in enumerate(sections):
        tokens = [next(counts) for _ in cut[number]]
        if max(tokens, default=0) > limit:
            cut[number] = list(_pack(list(_pieces(text, blocks, count_tokens, limit)), limit))
    return cut


def _no_tokens(texts: Sequence[str]) -> list[int]:
    return [0] * len(texts)


def _passage_id(document_id: str, content: str, seen: Counter[str]) -> str:
    """UUIDv5 of the document's id, the content and the number of times that this content came before.

    The content is all that the embedded text is made from: a passage with a known id is stored right already.
    """
    occurrence = seen[content]
    seen[content] += 1
    return str(uuid.uuid5(_NAMESPACE, f"{document_id}\x00{content}\x00{occurrence}"))


def _sections(document: Document) -> Iterator[_Section]:
    """The blocks under each heading, with the headings above them; the document's own title is left out."""
    path: list[tuple[int, str]] = []
    blocks: list[Block] = []
    for block in parse_blocks(document.text):
        if block.kind != "heading":
            blocks.append(block)
            continue
        if blocks:
            yield _titles(path, document.title), blocks
            blocks = []
        path = [(level, title) for level, title in path if level < block.level]
        path.append((block.level, heading_title(document.text, block)))
    if blocks:
        yield _titles(path, document.title), blocks


def _titles(path: list[tuple[int, str]], title: str) -> tuple[str, ...]:
    return tuple(heading for _, heading in path if heading != title)


def _pieces(text: str, blocks: list[Block], count_tokens: CountTokens, limit: int) -> Iterator[_Piece]:
    """The stretches of a section that must not be cut, in order."""
    wholes = _count(text, [(block.start, block.end) for block in blocks], count_tokens)
    index = 0
    while index < len(blocks):
        block, whole = blocks[index], wholes[index]
        following = wholes[index + 1] if index + 1 < len(blocks) else None
        if following is not None and blocks[index + 1].kind in {"list", "table"} and _announces(text, block):
            # A sentence that ends with « : » stays with the list or table that it announces.
            words, tokens = whole.words + following.words, whole.tokens + following.tokens
            if words <= MAX_WORDS and tokens <= limit:
                yield _Piece(whole.start, following.end, words, tokens)
                index += 2
                continue
        if whole.tokens <= limit and (whole.words <= MAX_WORDS if block.kind != "paragraph" else whole.words < 40):
            yield whole
        else:
            yield from _units(text, block, count_tokens, limit)
        index += 1


def _announces(text: str, block: Block) -> bool:
    return block.kind == "paragraph" and text[block.start : block.end].rstrip().endswith(":")


def _units(text: str, block: Block, count_tokens: CountTokens, limit: int) -> Iterator[_Piece]:
    """The sentences, items or rows of a block, as spans that follow each other without a gap but white space."""
    spans = unit_spans(text, block)
    header = ""
    if block.kind == "table":
        header = table_header(text, block)
        if not spans:
            spans = [(block.start, block.end)]
    # Markers and bars between two units belong to the one that they open.
    starts = [block.start, *(_line_start(text, start, block) for start, _ in spans[1:])]
    ends = [*(_rstrip(text, start, end) for start, end in pairwise(starts)), block.end]
    for number, piece in enumerate(_count(text, list(zip(starts, ends, strict=True)), count_tokens)):
        repeated = header if number > 0 else ""
        if piece.tokens <= limit:
            yield _Piece(piece.start, piece.end, piece.words, piece.tokens, repeated)
            continue
        for part in _cut(text, piece, count_tokens, limit):
            yield _Piece(part.start, part.end, part.words, part.tokens, repeated)


def _line_start(text: str, start: int, block: Block) -> int:
    """Where a unit begins with its marker or bar: the start of its line in a list or table, itself in a paragraph."""
    if block.kind == "paragraph":
        return start
    return max(block.start, text.rfind("\n", block.start, start) + 1)


def _rstrip(text: str, start: int, end: int) -> int:
    return start + len(text[start:end].rstrip())


def _cut(text: str, piece: _Piece, count_tokens: CountTokens, limit: int) -> Iterator[_Piece]:
    """A stretch longer than `limit` tokens, cut at its clauses, then at its words, then anywhere."""
    clauses = [(piece.start + a, piece.start + b) for a, b in clause_spans(text[piece.start : piece.end])]
    for clause in _count(text, clauses, count_tokens):
        if clause.tokens <= limit:
            yield clause
        else:
            yield from _halves(text, clause, count_tokens, limit)


def _halves(text: str, piece: _Piece, count_tokens: CountTokens, limit: int) -> Iterator[_Piece]:
    """A stretch without clauses, halved at the white space nearest to its middle until its parts fit."""
    if piece.tokens <= limit or piece.end - piece.start < 2:
        yield piece
        return
    middle = (piece.start + piece.end) // 2
    spaces = [i for i in range(piece.start + 1, piece.end - 1) if text[i].isspace()]
    cut = min(spaces, key=lambda i: abs(i - middle)) if spaces else middle
    skip = 1 if spaces else 0
    left, right = (piece.start, _rstrip(text, piece.start, cut)), (cut + skip, piece.end)
    for part in _count(text, [left, right], count_tokens):
        yield from _halves(text, part, count_tokens, limit)


def _count(text: str, spans: list[Span], count_tokens: CountTokens) -> list[_Piece]:
    texts = [text[start:end] for start, end in spans]
    counts = count_tokens(texts) if texts else []
    return [
        _Piece(start, end, len(part.split()), tokens)
        for (start, end), part, tokens in zip(spans, texts, counts, strict=True)
    ]


def _pack(pieces: list[_Piece], limit: int) -> Iterator[_Stretch]:
    """Groups of consecutive pieces, near the target length and even: (start, end, table header to repeat)."""
    total = sum(piece.words for piece in pieces)
    target = total / max(1, math.ceil(total / TARGET_WORDS)) if total > MAX_WORDS else MAX_WORDS
    group: list[_Piece] = []
    for piece in pieces:
        words, tokens = sum(member.words for member in group), sum(member.tokens for member in group)
        if group and (
            words + piece.words > MAX_WORDS
            or tokens + piece.tokens > limit
            or abs(words + piece.words - target) > abs(words - target)
        ):
            yield group[0].start, group[-1].end, group[0].table_header
            group = []
        group.append(piece)
    if group:
        yield group[0].start, group[-1].end, group[0].table_header
