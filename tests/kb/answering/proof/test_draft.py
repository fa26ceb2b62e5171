"""A draft cut into pieces, and what is kept of it written out again."""

from __future__ import annotations

import pytest

from kb.answering.proof.draft import Kept, Piece, pieces, written_out

TABLE = """Voici les lignes :

| Ligne | **Budget** [3] |
|---|:---:|
| Lormeil [1] | 4,2 M€ [2] |
| Valbrune | 1,7 M€ [2] | de trop |
| - | |
| Saint-Avit |
"""


def cut(draft: str) -> list[tuple[str, str, tuple[int, ...]]]:
    return [(piece.kind, piece.text, piece.numbers) for piece in pieces(draft)]


@pytest.mark.parametrize(
    ("draft", "found"),
    [
        ("La haie est aidée [1]. Elle dure.", [("La haie est aidée.", (1,)), ("Elle dure.", ())]),
        ("Elle couvre 72 %. [1] Elle dure [2].", [("Elle couvre 72 %.", (1,)), ("Elle dure.", (2,))]),
        ("Elle couvre 72 %.  [1] [4]", [("Elle couvre 72 %.", (1, 4))]),
        ("Oui. L'aide existe [1].", [("Oui. L'aide existe.", (1,))]),
        ("Oui [2]. L'aide existe [1].", [("Oui.", (2,)), ("L'aide existe.", (1,))]),
        ("L'art. 4 du règl. fixe 3,5 % [1].", [("L'art. 4 du règl. fixe 3,5 %.", (1,))]),
        ("## Les **conditions** __utiles__ [1]", [("Les conditions utiles", (1,))]),
        ("Voir [le guide](http://x.example/a) et ![la carte](b.png) [2].", [("Voir le guide et la carte.", (2,))]),
        ("<b>Trois</b> lignes<br/>de car <img src=x onerror=y>[1]", [("Trois lignes de car", (1,))]),
        ("Le bud\u202eget\u200b est voté\ufeff [1].", [("Le budget est voté.", (1,))]),
        ("…\n\n---\n[1]\n", []),
        ("", []),
    ],
)
def test_sentences_and_their_marks(draft: str, found: list[tuple[str, tuple[int, ...]]]) -> None:
    assert cut(draft) == [("sentence", text, numbers) for text, numbers in found]


@pytest.mark.parametrize("bullet", ["-", "*", "•", "–", "1.", "12)"])
def test_bullets(bullet: str) -> None:
    assert cut(f"{bullet} Les thuyas [1]. Ils sont exclus [2].") == [
        ("item", "Les thuyas.", (1,)),
        ("item", "Ils sont exclus.", (2,)),
    ]


def test_a_year_at_the_beginning_is_no_bullet() -> None:
    assert cut("2024. Une année.")[0][0] == "sentence"


def test_a_colon_leads_in_only_what_is_listed_below() -> None:
    assert [kind for kind, _, _ in cut("Sont exclus :\n- les thuyas [1]")] == ["lead", "item"]
    assert [kind for kind, _, _ in cut("Sont exclus :\nles thuyas [1].")] == ["sentence", "sentence"]
    assert [kind for kind, _, _ in cut("Sont exclus :")] == ["sentence"]


def test_a_table_gives_its_rows_with_header_and_cells() -> None:
    lead, *rows = pieces(TABLE)
    assert (lead.kind, lead.text) == ("lead", "Voici les lignes :")
    assert [(row.text, row.numbers, row.cells) for row in rows] == [
        ("Lormeil ; 4,2 M€", (1, 2), ("Lormeil [1]", "4,2 M€ [2]")),
        ("Valbrune ; 1,7 M€ ; de trop", (2,), ("Valbrune", "1,7 M€ [2]", "de trop")),
        ("Saint-Avit", (), ("Saint-Avit",)),
    ]
    assert {row.header for row in rows} == {("Ligne", "**Budget** [3]")}


def test_two_tables_have_each_their_header() -> None:
    rows = pieces("| A |\n|---|\n| un |\n\n| B |\n|---|\n| deux |")
    assert [(row.header, row.text) for row in rows] == [(("A",), "un"), (("B",), "deux")]


@pytest.mark.parametrize("draft", [f"|{'-' * 20_000}x", "[a" * 3_000, "<a" * 20_000, "[1] " * 5_000, "|" * 20_000])
def test_no_draft_hangs_the_reader(draft: str) -> None:
    assert len(pieces(draft)) <= 2


def test_kept_pieces_are_written_with_their_new_numbers() -> None:
    draft = "Oui, elle existe [4]. Elle dure 5 ans [7].\nElle est payée.\n\n"
    draft += "Sont exclus :\n- les thuyas [4].\n- le béton [9]."
    numbers = [(1,), (2, 1), (), (), (1,), (3,)]
    kept = [Kept(piece, new) for piece, new in zip(pieces(draft), numbers, strict=True)]
    assert written_out(kept) == (
        "Oui, elle existe. [1] Elle dure 5 ans. [2][1]\nElle est payée.\nSont exclus :\n\n"
        "- les thuyas. [1]\n- le béton. [3]"
    )
    assert written_out(kept[:1] + kept[5:]) == "Oui, elle existe. [1]\n\n- le béton. [3]"
    assert written_out([]) == ""


def test_kept_rows_are_a_table_again() -> None:
    lead, first, second, _ = pieces(TABLE)
    kept = [Kept(lead), Kept(first, (1,), {0: (5,), 1: (1,)}), Kept(second, (1,), {1: (1,)})]
    assert written_out([*kept, Kept(Piece("sentence", "Fin.", (), 20), (2,))]) == (
        "Voici les lignes :\n\n| Ligne | **Budget** |\n| --- | --- |\n| Lormeil [5] | 4,2 M€ [1] |\n"
        "| Valbrune | 1,7 M€ [1] | de trop |\n\nFin. [2]"
    )


def test_rows_of_two_tables_are_two_tables() -> None:
    rows = pieces("| A |\n|---|\n| un |\n\n| B |\n|---|\n| deux |")
    written = written_out([Kept(row) for row in rows])
    assert [piece.header for piece in pieces(written.replace("| B |", "\n| B |"))] == [("A",), ("B",)]
    assert written.count("| --- |") == 2
