"""The block form of kb/types.py: what the readers write is what `kb.text.blocks` reads back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.readers import read_document
from ingest.readers.block_builder import (
    Block,
    assemble,
    bullets,
    first_title,
    heading,
    item,
    item_from_line,
    levelled,
    one_line,
    paragraph,
    table,
    without_title,
)
from kb.text.blocks import cells, item_spans, parse_blocks, row_spans

CORPUS = sorted((Path(__file__).parents[3] / "corpus" / "documents").iterdir())
MARKER = re.compile(r"#{1,6}\s|\||[-*+•–]\s|\d{1,3}[.)]\s")
ITEM = re.compile(r"(?:  )*(?:-|\d{1,3}\.) \S")

words = st.text(st.sampled_from("abcé'. |¦#-–•12)*\u00a0\n\t"), max_size=30)


def _faults(text: str) -> Iterator[str]:
    """What of a document's text is not in block form."""
    blocks = parse_blocks(text)
    if text != "\n\n".join(text[block.start : block.end] for block in blocks):
        yield "not blocks with a blank line between them"
    for block in blocks:
        written = text[block.start : block.end]
        lines = written.split("\n")
        sound = {
            "heading": len(lines) == 1 and 2 <= block.level <= 6,
            "paragraph": len(lines) == 1 and not MARKER.match(written),
            "list": all(ITEM.match(line) for line in lines),
            "table": len({len(cells(line)) for line in lines}) == 1,
        }
        if not sound[block.kind]:
            yield f"{block.kind} {written!r}"


def test_the_corpus_is_in_block_form() -> None:
    texts = {
        path.name: read_document(path.read_bytes(), name=path.name, source="essais", document_id=path.name).text
        for path in CORPUS
    }
    assert texts
    assert [f"{name}: {fault}" for name, text in texts.items() for fault in _faults(text)] == []


@pytest.mark.parametrize(
    "text", ["# Un titre", "Un.\nDeux.", "- un\nsuite", "| a | b |\n| --- | --- |\n| 1 |", "Un.\n\n\nDeux."]
)
def test_what_is_not_in_block_form_is_seen(text: str) -> None:
    assert list(_faults(text))


@given(words)
def test_no_paragraph_is_read_back_as_a_heading_or_a_table(text: str) -> None:
    written = assemble([paragraph(text), paragraph("Fin.")], None)
    kinds = [block.kind for block in parse_blocks(written)]
    # A paragraph that begins with a bullet or a number is an item alone: its words stay something to prove with.
    assert kinds in (["paragraph"], ["paragraph", "paragraph"], ["list", "paragraph"])


@given(st.lists(st.lists(words, min_size=2, max_size=4), min_size=2, max_size=4))
def test_a_table_is_read_back_with_as_many_cells_in_each_row(rows: list[list[str]]) -> None:
    for block in table(rows):
        assert "\n\n" not in block.text
        if block.kind == "table":
            (parsed,) = parse_blocks(block.text)
            assert parsed.kind == "table"
            assert len({line.count("|") for line in block.text.split("\n")}) == 1
            assert len(row_spans(block.text, parsed)) <= len(rows) - 1


@given(st.lists(words.filter(lambda text: bool(one_line(text))), min_size=1, max_size=5), st.booleans())
def test_a_list_is_read_back_with_all_its_items(texts: list[str], numbered: bool) -> None:
    block = bullets(item(text, number=index + 1 if numbered else None) for index, text in enumerate(texts))
    (parsed,) = parse_blocks(block.text)
    assert parsed.kind == "list"
    assert len(item_spans(block.text, parsed)) == len(texts)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("• un point", "- un point"),
        ("– un point", "- un point"),
        ("12) un point", "12. un point"),
        ("  * un\u00a0point ", "- un\u00a0point"),
        ("-5 % en un an", ""),
        ("2024. Une année.", ""),
        ("3.5 millions", ""),
        ("-", ""),
        ("Un texte - avec un tiret", ""),
    ],
)
def test_a_line_is_an_item_only_when_it_begins_like_one(line: str, expected: str) -> None:
    assert item_from_line(line) == expected


def test_one_line_keeps_what_french_needs_and_drops_what_nobody_sees() -> None:
    assert (
        one_line("  12\u00a0000\u202f€ \n\t o\u00adui\u200b \ue001e\u0301te\u0301\u2028fin ")
        == "12\u00a0000\u202f€ oui été fin"
    )


def test_a_table_of_one_row_or_column_is_text() -> None:
    assert table([["Un cadre", ""], ["", ""]]) == [Block("paragraph", "Un cadre")]
    assert table([["A|B"], ["C"]]) == [Block("paragraph", "A|B"), Block("paragraph", "C")]
    assert table([["", ""], []]) == []
    assert table([["A", "", "B|C"], ["1", "", ""]]) == [Block("table", "| A | B¦C |\n| --- | --- |\n| 1 |  |")]


def test_the_title_is_not_repeated_but_a_document_of_a_title_only_keeps_it() -> None:
    blocks = [heading("L’Été", 1), paragraph("Texte."), heading("L'ÉTÉ", 1), heading("L’été", 2)]
    assert [block.text for block in without_title(blocks, "l'ete")] == ["Texte.", "L’été"]
    assert without_title([heading("Seul", 1)], "Seul") == [heading("Seul", 1)]
    assert without_title([paragraph("Texte."), heading("A", 1)], None) == [paragraph("Texte."), heading("A", 1)]


def test_headings_begin_below_the_title_and_end_at_the_sixth_level() -> None:
    levels = [block.level for block in levelled([heading("a", 3), paragraph("b"), heading("c", 5), heading("d", 9)])]
    assert levels == [2, 0, 4, 6]


@given(st.text())
def test_one_line_is_one_clean_line(text: str) -> None:
    line = one_line(text)
    assert not set(line) & set("\n\r\t\u2028\u200b")
    assert one_line(line) == line


def test_boxes_to_check_are_written_alike_in_all_formats() -> None:
    assert one_line("☒ Favorable ☐ Réservé\u00a0☑Urgent") == "[x] Favorable [ ] Réservé\u00a0 [x] Urgent"


@pytest.mark.parametrize(
    ("blocks", "expected"),
    [
        ([paragraph("Cahier des charges"), heading("1. Objet", 2), paragraph("Un texte.")], "Cahier des charges"),
        ([paragraph("Cahier des charges"), heading("Le parc", 2), paragraph("Un texte.")], "Le parc"),
        ([paragraph("Vu la loi,"), heading("Article 1", 2), paragraph("Un texte.")], "Article 1"),
        ([heading("1. Objet", 2), paragraph("Un texte.")], "1. Objet"),
        ([paragraph("Un texte.")], None),
    ],
)
def test_a_numbered_heading_is_no_title_below_a_line(blocks: list[Block], expected: str | None) -> None:
    assert first_title(blocks) == expected
