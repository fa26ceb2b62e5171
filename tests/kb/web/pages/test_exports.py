"""A conversation as a file: its numbers, its tables, and hostile text."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace

import docx

from kb.records.conversations import KeptConversation, KeptTurn, PassingConversations
from kb.records.kept_answers import keep_answer
from kb.types import Answer
from kb.web.pages.exports.markdown import to_markdown
from kb.web.pages.exports.word import to_docx
from small_base import SmallBase, UnsaidBase
from small_pages import DOCUMENTS, HOSTILE

QUOTE = "Action Logement apporte 72 % des aides du programme, soit 8,4 milliards d'euros."


def kept(*answers: Answer) -> KeptConversation:
    """A conversation of these answers."""
    conversations = PassingConversations()
    for number, answer in enumerate(answers, start=1):
        conversations.put("", "a", KeptTurn(number, f"2026-11-2{number}T10:00:00+00:00", 1, keep_answer(answer)))
    found = conversations.get("", "a")
    assert found is not None
    return found


def test_exports_number_their_sources_through() -> None:
    base = SmallBase(DOCUMENTS)
    questions = ("Qui apporte les aides du programme ?", "Combien de quartiers prioritaires ?", "Recette de tarte ?")
    found = kept(*map(base.ask, questions))
    markdown = to_markdown(found).decode()
    assert "## Qui apporte les aides du programme ?" in markdown
    assert "Je ne trouve pas cette information dans les documents" in markdown
    numbers = [int(number) for number in re.findall(r"^- \[(\d+)\]", markdown, re.MULTILINE)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert set(re.findall(r"\[(\d+)\]", markdown.split("## Sources")[0])) == {str(number) for number in numbers}
    assert "« Qui finance le programme », Financement, 4 décembre 2025 ; consulté le" in markdown
    assert "<https://www.example.org/financement>" in markdown
    opened = docx.Document(io.BytesIO(to_docx(found)))
    text = "\n".join(paragraph.text for paragraph in opened.paragraphs)
    assert QUOTE in text
    assert text.count(questions[0]) == 1  # its title
    assert [
        paragraph.text for paragraph in opened.paragraphs if paragraph.style and paragraph.style.name == "Heading 1"
    ][-1] == "Sources"
    assert re.findall(r"^\[(\d+)\]", text, re.MULTILINE) == [str(number) for number in numbers]


def test_exports_hold_the_nearest_sentences_of_a_refusal_apart_from_the_sources() -> None:
    question = "Qui apporte les aides du programme ?"
    found = kept(UnsaidBase(DOCUMENTS).ask(question), SmallBase(DOCUMENTS).ask(question))
    first, second = to_markdown(found).decode().split(f"## {question}")[1:]
    assert "ils en parlent sans le dire." in first
    assert "### Phrases les plus proches\n\nElles en parlent sans répondre" in first
    assert "- « Qui finance le programme », Financement, 4 décembre 2025 ; consulté le" in first
    assert f"« {QUOTE} » <https://www.example.org/financement>" in first
    assert "[1]" not in first
    assert "[1]" in second
    assert "Phrases les plus proches" not in second
    paragraphs = docx.Document(io.BytesIO(to_docx(found))).paragraphs
    titles = [paragraph.text for paragraph in paragraphs if paragraph.style and "Heading" in str(paragraph.style.name)]
    assert titles == ["Phrases les plus proches", question, "Sources"]
    assert [paragraph.text for paragraph in paragraphs if paragraph.style and paragraph.style.name == "Title"] == [
        question
    ]
    near = next(paragraph.text for paragraph in paragraphs if QUOTE in paragraph.text)
    assert near.startswith("« Qui finance le programme », Financement, 4 décembre 2025 ; consulté le")
    assert near.endswith(f"« {QUOTE} »")


def test_a_word_document_is_a_french_report_with_links() -> None:
    found = kept(
        SmallBase(DOCUMENTS).ask("Qui apporte les aides du programme ?"),
        SmallBase(DOCUMENTS).ask("Union sociale : combien de milliards ?"),
    )
    content = to_docx(found)
    opened = docx.Document(io.BytesIO(content))
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        styles, body = (parts.read(f"word/{name}.xml").decode() for name in ("styles", "document"))
        footer = "".join(parts.read(name).decode() for name in parts.namelist() if "footer" in name)
    assert set(re.findall(r'<w:lang w:val="([^"]+)"', styles)) == {"fr-FR"}
    assert opened.core_properties.language == "fr-FR"
    # Each number leads to its source, each source to its page.
    anchors = set(re.findall(r'w:hyperlink w:anchor="(\w+)"', body))
    assert anchors
    assert anchors == set(re.findall(r'w:bookmarkStart w:id="\d+" w:name="(\w+)"', body))
    targets = [part.target_ref for part in opened.part.rels.values() if part.is_external]
    assert set(targets) == {"https://www.example.org/financement"}
    # A row that was quoted stays one, below its header.
    rows = [[cell.text for cell in row.cells] for table in opened.tables for row in table.rows]
    assert rows == [["Financeur", "Montant"], ["Union sociale", "2,4 milliards"]]
    assert "NUMPAGES" in footer
    width = opened.sections[0].page_width
    assert width is not None
    assert round(width.cm, 1) == 21.0  # A4


def test_exports_hold_hostile_text_as_text() -> None:
    base = SmallBase([replace(HOSTILE, text=HOSTILE.text + "\x0b\x07"), *DOCUMENTS[:2]])
    question = "Que contient le dossier piégé ? ![](https://evil.example) \x00\x1f # titre"
    found = kept(base.ask(question))
    markdown = to_markdown(found).decode()
    assert "![" not in markdown
    assert not re.search(r"(?<!\\)<(?!https://www\.example)", markdown)
    assert not re.search(r"(?<!\\)[*_`]", markdown)
    docx.Document(io.BytesIO(to_docx(found)))


def test_exports_hold_tables_as_tables() -> None:
    text = (
        "Voici les parts. [1]\n\n| Nom | Part |\n| --- | --- |\n| Union | 2,4 milliards [1] | de plus |\n"
        "| <script> \\| x | [99] |\n\n| A | B |\n| --- | --- |\n| 1 |"
    )
    answer = replace(SmallBase(DOCUMENTS).ask("Qui apporte les aides du programme ?"), text=text)
    found = kept(answer)
    markdown = to_markdown(found).decode()
    assert (
        "| Nom | Part |  |\n| --- | --- | --- |\n| Union | 2,4 milliards [1] | de plus |\n"
        "| \\<script\\> \\| x | \\[99\\] |  |" in markdown
    )
    first, second = docx.Document(io.BytesIO(to_docx(found))).tables
    assert [[cell.text for cell in row.cells] for row in first.rows] == [
        ["Nom", "Part", ""],
        ["Union", "2,4 milliards [1]", "de plus"],
        ["<script> | x", "[99]", ""],
    ]
    assert [cell.text for cell in second.rows[1].cells] == ["1", ""]
    assert first.rows[0]._tr.trPr is not None
    assert "tblHeader" in first.rows[0]._tr.trPr.xml
    assert first.rows[0].cells[0].paragraphs[0].runs[0].bold
