"""Units of evidence: what they are made of, where they stand, and how they are scored."""

from __future__ import annotations

from ingest.split import split_document
from kb.answering import extractive
from kb.answering.evidence import UNITS_ENCODED, candidates, passages_to_read, score
from kb.models.encoder import Encoder
from kb.types import Document, Hit
from questions import parsed

TEXT = """## Le partage

Trois financeurs se partagent le programme. Le premier est Action Logement.

Les apports sont les suivants :

- l'État : 1,2 milliard d'euros
- les bailleurs : 2,4 milliards d'euros

| Source | Part |
| --- | --- |
| Magazine | 72 % |
| Sénat | 67 % |
"""


def hits(encoder: Encoder, text: str = TEXT, name: str = "d.md") -> list[Hit]:
    document = Document(id=name, source="s", title="Qui finance ?", text=text)
    passages = split_document(document, encoder.count_tokens, encoder.max_tokens)
    return [Hit(passage, document, 1.0 / rank, rank) for rank, passage in enumerate(passages, start=1)]


def test_units_are_sentences_items_and_rows_at_their_offsets(tiny_encoder: Encoder) -> None:
    found = candidates(hits(tiny_encoder))
    assert [(candidate.kind, candidate.text) for candidate in found] == [
        ("sentence", "Trois financeurs se partagent le programme."),
        ("sentence", "Le premier est Action Logement."),
        ("sentence", "Les apports sont les suivants :"),
        ("item", "l'État : 1,2 milliard d'euros"),
        ("item", "les bailleurs : 2,4 milliards d'euros"),
        ("row", "Source : Magazine ; Part : 72 %"),
        ("row", "Source : Sénat ; Part : 67 %"),
    ]
    assert [TEXT[candidate.start : candidate.end] for candidate in found][-2:] == ["Magazine | 72 %", "Sénat | 67 %"]
    assert all(
        candidate.passage.start <= candidate.start < candidate.end <= candidate.passage.end for candidate in found
    )
    assert found[4].context == "Les apports sont les suivants :"


def test_rows_of_a_continued_table_keep_their_header(tiny_encoder: Encoder) -> None:
    rows = "\n".join(f"| Ville numéro {n} | " + "une somme importante " * 5 + f"{n} euros |" for n in range(60))
    found = candidates(hits(tiny_encoder, "| Ville | Montant |\n| --- | --- |\n" + rows))
    assert len(found) == 60
    assert all(
        candidate.text.startswith("Ville : Ville numéro") and "Montant : une somme" in candidate.text
        for candidate in found
    )


def test_long_items_fall_into_sentences_that_keep_their_label(tiny_encoder: Encoder) -> None:
    item = "Octobre 2015. " + "La convention prévoit beaucoup de choses pour le programme. " * 6
    text = f"- {item.strip()}\n- court"
    found = candidates(hits(tiny_encoder, text))
    assert [candidate.kind for candidate in found] == ["sentence"] * 6 + ["item"]
    assert found[0].text == "Octobre 2015. La convention prévoit beaucoup de choses pour le programme."
    assert found[1].text == "Octobre 2015. […] La convention prévoit beaucoup de choses pour le programme."
    assert text[found[1].start : found[1].end] == "La convention prévoit beaucoup de choses pour le programme."


def test_a_row_too_long_with_its_header_is_still_scored(tiny_encoder: Encoder) -> None:
    names = [f"colonne {n} des aides du programme versées" for n in range(30)]
    short, long = ["x"] * 30, ["montant versé en plusieurs fois par tous les financeurs"] * 30
    table = "\n".join("| " + " | ".join(line) + " |" for line in (names, ["---"] * 30, short, long))
    found = candidates(hits(tiny_encoder, f"Une phrase.\n\n{table}"))
    row = found[-1]
    assert row.kind == "row"
    assert tiny_encoder.count_tokens([row.text])[0] > tiny_encoder.max_tokens
    assert len(score(parsed("Combien ?"), found, tiny_encoder)) == min(len(found), UNITS_ENCODED)


def test_the_unit_that_answers_comes_first(tiny_encoder: Encoder) -> None:
    scored = score(parsed("Quelle part selon le magazine ?"), candidates(hits(tiny_encoder)), tiny_encoder)
    assert scored[0].evidence.text == "Source : Magazine ; Part : 72 %"
    assert scored[0].fit == 1.0
    assert [unit.evidence.score for unit in scored] == sorted((unit.evidence.score for unit in scored), reverse=True)
    assert score(parsed("x"), [], tiny_encoder) == []


def test_the_answer_is_word_for_word_and_numbered_from_one(tiny_encoder: Encoder) -> None:
    scored = score(parsed("Quelle part selon le magazine ?"), candidates(hits(tiny_encoder)), tiny_encoder)
    chosen = extractive.choose(scored)
    text, citations = extractive.write(chosen)
    assert 1 <= len(chosen) <= extractive.MOST_UNITS
    assert [citation.number for citation in citations] == list(range(1, len(chosen) + 1))
    for citation, unit in zip(citations, chosen, strict=True):
        assert citation.quote == TEXT[citation.start : citation.end]
        assert f"{unit.evidence.text} [{citation.number}]" in text


def test_the_marks_of_a_document_are_no_references(tiny_encoder: Encoder) -> None:
    text = "La part est de 72 %[2] selon le magazine.[3]"
    found = candidates(hits(tiny_encoder, text))
    shown, citations = extractive.write(score(parsed("Quelle part ?"), found, tiny_encoder))
    assert shown == "La part est de 72 % selon le magazine. [1]"
    assert citations[0].quote == text


def test_equal_sentences_are_shown_once(tiny_encoder: Encoder) -> None:
    both = [*hits(tiny_encoder), *hits(tiny_encoder, name="copie.md")]
    scored = score(parsed("Quelle part selon le magazine ?"), candidates(both), tiny_encoder)
    texts = [unit.evidence.text for unit in extractive.choose(scored)]
    assert len(texts) == len(set(texts))


def test_the_best_documents_are_read_further(tiny_encoder: Encoder) -> None:
    text = "\n\n".join(f"## Partie {n}\n\nUn texte." for n in range(30))
    others = [hits(tiny_encoder, "Un autre texte.", name=f"{n}.md")[0] for n in range(15)]
    first, *rest = hits(tiny_encoder, text)
    read = passages_to_read([first, *others, *rest])
    assert len(read) == 24
    assert read[:12] == [first, *others[:11]]
    assert {hit.document.id for hit in read[12:]} == {"d.md"}


def test_what_is_said_of_the_programme_that_is_named_comes_first(tiny_encoder: Encoder) -> None:
    asked = "Quels sont les partenaires du PNRU ?"
    said = "Les partenaires sont {} et les bailleurs."
    other = hits(tiny_encoder, "## Cœur de ville\n\n" + said.format("la Banque des Territoires"), "autre.md")
    named = hits(tiny_encoder, "## Le PNRU\n\n" + said.format("Action Logement"), "pnru.md")
    scored = score(parsed(asked), candidates([*other, *named]), tiny_encoder)
    assert scored[0].evidence.document.id == "pnru.md"
