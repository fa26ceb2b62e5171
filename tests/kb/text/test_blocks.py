from hypothesis import given
from hypothesis import strategies as st

from kb.text.blocks import heading_title, parse_blocks, render_row, table_cells, table_header, table_rows, unit_spans

TEXT = """Une phrase. Une autre.

## Le partage

Trois apports :

- l'État, 1,2 milliard
- Action Logement
  et ses filiales
1. un point

| Source | Montant |
| --- | --- |
| Sénat | 7 milliards |
| Agence | – |
Fin."""


def test_blocks_and_their_units() -> None:
    blocks = parse_blocks(TEXT)
    assert [block.kind for block in blocks] == ["paragraph", "heading", "paragraph", "list", "table", "paragraph"]
    assert heading_title(TEXT, blocks[1]) == "Le partage"
    assert blocks[1].level == 2
    units = [[TEXT[start:end] for start, end in unit_spans(TEXT, block)] for block in blocks]
    assert units == [
        ["Une phrase.", "Une autre."],
        [],
        ["Trois apports :"],
        ["l'État, 1,2 milliard", "Action Logement\n  et ses filiales", "un point"],
        ["Sénat | 7 milliards", "Agence | –"],
        ["Fin."],
    ]
    assert table_header(TEXT, blocks[4]) == "| Source | Montant |\n| --- | --- |"


def test_rows_are_read_with_their_header() -> None:
    header = "| Source | Montant | |\n| --- | --- | --- |"
    assert render_row(header, "| Sénat | 7 milliards | net |") == "Source : Sénat ; Montant : 7 milliards ; net"
    assert render_row(header, "Agence | – |") == "Source : Agence"


def test_a_bar_without_a_rule_is_no_table() -> None:
    assert [block.kind for block in parse_blocks("| seul\n| suite")] == ["paragraph"]


@given(st.text(alphabet="ab .\n#-|1)*\u00a0", max_size=120))
def test_blocks_and_units_hold_every_letter_once(text: str) -> None:
    position = 0
    for block in parse_blocks(text):
        assert position <= block.start < block.end <= len(text)
        assert not text[position : block.start].strip()
        inside = block.start
        for start, end in unit_spans(text, block):
            assert inside <= start < end <= block.end
            inside = end
        position = block.end
    assert not text[position:].strip()


def test_cells_hold_escaped_bars_and_every_line_has_as_many() -> None:
    text = "Avant :\n| a | b\n|---|---|\n| 1 | 2 | 3 |\n|| vide d'abord |\n|  |\n  4 |\n| x \\| y | z \\||\nAprès."
    table = parse_blocks(text)[1]
    assert table_cells(text, table) == [["a", "b", ""], ["1", "2", "3"], ["", "vide d'abord", ""]]
    text = text.replace("  4 |\n", "| 4\n")
    table = parse_blocks(text)[1]
    assert table_cells(text, table)[3:] == [["4", "", ""], ["x | y", "z |", ""]]


@given(st.text(alphabet="ab\\| -\n", max_size=60))
def test_cells_are_where_they_are_said_to_be(body: str) -> None:
    text = f"| a | b |\n| --- | --- |\n{body}"
    for block in parse_blocks(text):
        if block.kind == "table":
            rows = table_rows(text, block)
            assert len({len(row) for row in rows}) == 1
            spans = [span for row in rows for span in row]
            assert all(block.start <= start <= end <= block.end for start, end in spans)
            assert all(text[start:end] == text[start:end].strip() for start, end in spans)
            kept = "".join(text[start:end] for start, end in spans)
            assert {letter for letter in kept if letter in "ab"} == set("ab")
