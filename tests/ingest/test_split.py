"""The splitter's promises, on documents of every shape that hypothesis can think of."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.split import CONTEXT_TOKENS, MAX_WORDS, split_document
from kb.text.blocks import parse_blocks
from kb.types import Document

MAX_TOKENS = 512


def count_tokens(texts: Sequence[str]) -> list[int]:
    """As a subword tokenizer does: a token for every four letters begun, two special ones."""
    return [2 + sum((len(word) + 3) // 4 for word in text.split()) for text in texts]


def document(text: str, title: str = "Titre") -> Document:
    return Document(id="d.md", source="s", title=title, text=text)


word = st.text(alphabet="abcdéèà’0123456789", min_size=1, max_size=12)
sentence = st.lists(word, min_size=1, max_size=60).map(lambda words: "A" + " ".join(words) + ".")
paragraph = st.lists(sentence, min_size=1, max_size=8).map(" ".join)
items = st.lists(sentence, min_size=1, max_size=12).map(lambda rows: "\n".join(f"- {row}" for row in rows))
table = st.lists(sentence, min_size=1, max_size=10).map(
    lambda rows: "| A | B |\n| --- | --- |\n" + "\n".join(f"| {row} | 1 |" for row in rows)
)
heading = st.tuples(st.integers(2, 4), word).map(lambda pair: "#" * pair[0] + " " + pair[1])
texts = st.lists(st.one_of(paragraph, items, table, heading), min_size=1, max_size=12).map("\n\n".join)


@settings(max_examples=80, deadline=None)
@given(texts)
def test_offsets_are_exact_and_nothing_is_lost(text: str) -> None:
    passages = split_document(document(text), count_tokens, MAX_TOKENS)
    position = 0
    headings = [(block.start, block.end) for block in parse_blocks(text) if block.kind == "heading"]
    kept = "".join(text[start:end] for start, end in headings)
    for number, passage in enumerate(passages):
        assert passage.ordinal == number
        assert passage.text == text[passage.start : passage.end] != ""
        assert passage.start >= position
        kept += passage.text
        position = passage.end
        assert count_tokens([passage.text])[0] <= MAX_TOKENS - CONTEXT_TOKENS
        assert len(passage.text.split()) <= MAX_WORDS
    assert sorted("".join(kept.split())) == sorted("".join(text.split()))
    assert len({passage.id for passage in passages}) == len(passages)


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=3000))
def test_any_text_at_all_is_cut_to_what_the_encoder_reads(text: str) -> None:
    for passage in split_document(document(text), count_tokens, 160):
        assert passage.text == text[passage.start : passage.end]
        assert count_tokens([passage.text])[0] <= 160 - CONTEXT_TOKENS or len(passage.text) < 2


def test_ids_are_stable_and_tell_equal_passages_apart() -> None:
    text = "## A\n\nMême phrase.\n\n## A\n\nMême phrase."
    first = split_document(document(text), count_tokens, MAX_TOKENS)
    again = split_document(document(text), count_tokens, MAX_TOKENS)
    assert [passage.id for passage in first] == [passage.id for passage in again]
    assert len({passage.id for passage in first}) == 2
    retitled = split_document(document(text, title="Autre"), count_tokens, MAX_TOKENS)
    assert {passage.id for passage in first}.isdisjoint(passage.id for passage in retitled)


def test_headings_make_the_path_and_the_title_is_left_out() -> None:
    text = "# Titre\n\nUn.\n\n## Partie\n\nDeux.\n\n### Détail\n\nTrois.\n\n## Autre\n\nQuatre."
    passages = split_document(document(text), count_tokens, MAX_TOKENS)
    assert [passage.heading_path for passage in passages] == [(), ("Partie",), ("Partie", "Détail"), ("Autre",)]


def test_long_tables_are_cut_between_rows_and_repeat_their_header() -> None:
    rows = [f"| Partenaire {number} | " + "montant versé en détail " * 4 + "|" for number in range(40)]
    text = "\n".join(["| Nom | Montant |", "| --- | --- |", *rows])
    passages = split_document(document(text), count_tokens, MAX_TOKENS)
    assert len(passages) > 2
    assert passages[0].table_header == ""
    assert {passage.table_header for passage in passages[1:]} == {"| Nom | Montant |\n| --- | --- |"}
    assert all(passage.text.startswith("|") and passage.text.endswith("|") for passage in passages)


def test_a_list_stays_with_the_sentence_that_announces_it() -> None:
    text = "Avant. " * 178 + "\n\nTrois apports :\n\n- l'État\n- la Caisse\n- les bailleurs"
    passages = split_document(document(text), count_tokens, MAX_TOKENS)
    assert len(passages) == 2
    assert passages[1].text.endswith("Trois apports :\n\n- l'État\n- la Caisse\n- les bailleurs")


@pytest.mark.parametrize("text", ["", "\n\n", "## Seul titre"])
def test_a_document_without_text_has_no_passage(text: str) -> None:
    assert split_document(document(text), count_tokens, MAX_TOKENS) == []


def test_long_sections_are_cut_evenly() -> None:
    text = " ".join(f"Voici la phrase numéro {number} de ce long texte." for number in range(60))
    lengths = [len(passage.text.split()) for passage in split_document(document(text), count_tokens, MAX_TOKENS)]
    assert sum(lengths) == len(text.split())
    assert max(lengths) - min(lengths) <= 20
    assert all(100 <= length <= MAX_WORDS for length in lengths)
