"""What leaves as a file or stands in the log: whatever documents, addresses and people hold, it stays text."""

from __future__ import annotations

import csv
import io
import json
import logging
import re
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import docx
import openpyxl
import pytest
from docx.oxml.ns import qn
from lxml import etree

from ingest.cli.terminal import print_report
from ingest.report import IngestReport, Note
from kb.cli.ask import _print_answer
from kb.cli.logs import QUESTIONS, configure_log
from kb.evaluation.imported.reading import read_any
from kb.evaluation.questions import EvaluationQuestion
from kb.evaluation.results import EvaluationResult, QuestionResult
from kb.evaluation.shown.page import to_html
from kb.evaluation.tables import to_csv, to_xlsx
from kb.records.conversations import KeptConversation, KeptTurn
from kb.records.feedback import Feedback
from kb.records.feedback import to_csv as feedback_csv
from kb.records.kept_answers import keep_answer
from kb.types import Answer, Citation, Document, Hit, Message, Passage
from kb.web.operation import Metrics
from kb.web.pages.exports.markdown import to_markdown
from kb.web.pages.exports.word import to_docx

NOW = "2026-11-27T08:00:00+00:00"
URLS = [
    "https://x.example/><svg/onload=alert(1)>",
    "https://x.example/`<img src=x onerror=alert(1)>",
    'https://x.example/"onmouseover="alert(1)',
    "https://x.example/a)[b](javascript:alert(1))",
    "https://x.example/é|a|b*c*",
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "https://agence.fr@evil.example/",
    "https://x.example/\n\n<script>alert(1)</script>",
    "//evil.example/",
]
TEXTS = [
    "><svg/onload=alert(1)>",
    "<script>alert('pris')</script>",
    "![](https://evil.example/?q=)",
    "[clic](javascript:alert(1))",
    "\ufdd0clic\ufdd1(javascript:alert(1))",
    "titre\n\n# Faux titre\n\n- faux\n\n| a | b |\n| --- | --- |",
    "a | b | `code` **gras** _souligné_ ~~barré~~",
    '=HYPERLINK("http://evil.example";"clic")',
    "- faux élément",
    "1. faux élément",
    "+ faux",
    "---",
    "&lt;script&gt; &#106;avascript:",
    "l'ordre \u202edes lettres\u202c \x1b[31mrouge\x1b[0m \x00\x07\ufffe",
    "\"guillemets\" 'simples' $$x$$ <!-- -->",
    "```\nbloc\n```",
    "> cité",
    "[1] [2]: https://evil.example 'x'",
]


def answer(text: str, url: str) -> Answer:
    """An answer all of whose texts are hostile."""
    sentence = " ".join(text.split()) or "x"
    document = Document("d.md", "s", text, sentence, url=url, rubric=text, kind=text)
    passage = Passage("p", "d.md", 0, (text,), sentence, 0, len(sentence))
    cited = Citation(1, passage, document, text, 0, len(sentence))
    return Answer(
        text,
        text,
        f"{text} [1]",
        (cited,),
        (Hit(passage, document, 1.0, 1),),
        False,
        None,
        (text,),
        "extractive",
        None,
        {},
        nearest=(cited,),
    )


def conversation(text: str, url: str) -> KeptConversation:
    return KeptConversation("c", text, NOW, (KeptTurn(1, NOW, 1, keep_answer(answer(text, url))),))


CASES = [*((text, "https://www.example.org/page") for text in TEXTS), *(("Un titre", url) for url in URLS)]


@pytest.mark.parametrize(("text", "url"), CASES, ids=ascii)
def test_markdown_holds_no_markup_but_ours(text: str, url: str) -> None:
    written = to_markdown(conversation(text, url)).decode()
    addresses = re.findall(r"(?<!\\)<([^<>]*)>", written)
    assert all(re.fullmatch(r"https?://[\w.-]+[!-~]*", address) for address in addresses)
    assert not any(sign in address for address in addresses for sign in "<>\"'`()|\\ \n")
    bare = re.sub(r"(?<!\\)<https?://[^<>\s]*>", "", written)
    bare = re.sub(r"\\[\\`*_{}\[\]<>#|~!&$.)+=-]", "x", bare)  # what is escaped is text
    assert not re.search(r"[<`*~$&{}|]|!\[|\]\(", bare)
    assert set(re.findall(r"\[[^\]]*\]", bare)) <= {"[1]"}
    lines = [line for line in bare.split("\n") if line]
    ours = ("# ", "## ", "### ", "- [1] ", "> À savoir : ", "Conversation du ")
    starts = [line for line in lines if re.match(r"[#>+=-]|\d+[.)]\s", line) and not line.startswith(ours)]
    # Blocks of the answer are Markdown already: its own lists and titles keep their form.
    assert [line for line in starts if not line.startswith("- ")] == []
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\ufdd0\ufdd1]", written)
    assert written.count("\n# ") == 0  # one title, the first line


@pytest.mark.parametrize(("text", "url"), CASES, ids=ascii)
def test_a_word_file_holds_text_only(text: str, url: str) -> None:
    written = to_docx(conversation(text, url))
    opened = docx.Document(io.BytesIO(written))
    shown = "\n".join(paragraph.text for paragraph in opened.paragraphs)
    assert "Sources" in shown
    assert "javascript:alert(1)" not in shown or "javascript" in text
    assert opened.element.xpath("//w:fldSimple | //w:instrText | //w:object") == []
    # Its links lead to its own sources, and outside to the page of a source alone, as an address of the web.
    anchors = [link.get(qn("w:anchor")) for link in opened.element.xpath("//w:hyperlink[@w:anchor]")]
    assert all(re.fullmatch(r"source_\d+", anchor) for anchor in anchors)
    with zipfile.ZipFile(io.BytesIO(written)) as package:
        names = [name for name in package.namelist() if name.endswith(".rels")]
        targets = [one for name in names for one in _outside(package.read(name))]
    for target in targets:
        address = urlsplit(target)
        assert (address.scheme, address.username) == ("https", None)
        assert address.hostname in {"www.example.org", "x.example"}
        assert not re.search(r"[\s<>\"'`()]", target)


def _outside(relations: bytes) -> list[str]:
    """The targets outside of a package that one of its lists of relations names."""
    found = etree.fromstring(relations, etree.XMLParser(resolve_entities=False))
    return [one.get("Target") for one in found if one.get("TargetMode") == "External"]


FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    "'=1",
    "''=1",
    "＝1+1",
    "＋1",
    "－1",
    "＠x",
    "|cmd",
    "%0",
    "\ufeff=1",
    "\x00=1",
]


@pytest.mark.parametrize("text", [*FORMULAS, *TEXTS], ids=ascii)
def test_no_cell_of_a_table_is_a_formula(tmp_path: Path, text: str) -> None:
    query = EvaluationQuestion(
        "=1",
        text,
        (text,),
        ((text, "x"),),
        ((text,),),
        history=(Message("user", text), Message("assistant", text)),
        kind=text,
    )
    said = Feedback(1, NOW, "bad", "wrong", text, {**keep_answer(answer(text, "https://x.example/"))}, 1)
    for written in (to_csv([query]), feedback_csv([said])):
        rows = list(csv.reader(io.StringIO(written.decode("utf-8-sig"), newline=""), delimiter=";"))
        assert len(rows) == 2
        assert not [cell for cell in rows[1] if re.match("[\\s\x00-\x1f\ufeff]*[=+@|%\uff1d\uff0b\uff0d\uff20-]", cell)]
    book = openpyxl.load_workbook(io.BytesIO(to_xlsx([query])))
    assert {cell.data_type for row in book.worksheets[0].iter_rows() for cell in row if cell.value} == {"s"}
    assert not [cell for row in book.worksheets[0].iter_rows() for cell in row if cell.hyperlink]


@pytest.mark.parametrize("text", [text for text in FORMULAS if text.strip() == text and text.isprintable()], ids=ascii)
def test_what_is_guarded_is_read_again_as_it_was(tmp_path: Path, text: str) -> None:
    query = EvaluationQuestion("q", f"{text} ?")
    # A workbook may come from such a table, saved by a spreadsheet: there too an apostrophe in front is taken away.
    forms = {"q.csv": to_csv} if text.startswith("'") else {"q.csv": to_csv, "q.xlsx": to_xlsx}
    for name, written in forms.items():
        (tmp_path / name).write_bytes(written([query]))
        assert read_any(tmp_path / name) == [query]


@pytest.mark.parametrize("text", [*TEXTS, *URLS], ids=ascii)
def test_the_page_of_a_run_holds_no_markup_but_ours(text: str) -> None:
    row: Any = {"id": text, **keep_answer(answer(text, text)), "error": text, "true_quotes": None, "latency": {}}
    query = EvaluationQuestion(text, text, (text,), ((text,),), ((text,),), kind=text)
    calm: Any = row | {"id": "x", **keep_answer(answer("x", "x")), "error": "x"}
    harmless = QuestionResult(EvaluationQuestion("x", "x", ("x",), (("x",),), (("x",),), kind="x"), calm, {})
    told = dict.fromkeys(("questions_file", "documents", "generation", "answerer", "commit"), text)
    written = to_html(EvaluationResult((QuestionResult(query, row, {}),)), told, NOW)
    plain = to_html(EvaluationResult((harmless,)), dict.fromkeys(told, "x"), NOW)
    tags = r"<(/?[a-zA-Z!][a-zA-Z]*)"
    assert sorted(re.findall(tags, written)) == sorted(re.findall(tags, plain))
    assert not re.search(r"(?i)(?:href|src)=[\"']?\s*(?:javascript|data):", written)
    assert not re.search(r"(?i)<[^>]*\son\w+=", re.sub(r'"[^"]*"', '""', written))


QUESTIONS_ASKED = [
    "Qui ?\n2026-11-27 08:00:00,000 INFO reperes.questions: answered outcome=forged",
    "Qui ?\r\nERROR root: forged",
    "Qui ? outcome=forged citations=9",
    'Qui ?" outcome=forged "',
    "\x1b]0;titre\x07\x1b[2J\x1b[31mQui ?",
    "\x9b31mQui\x85forged\u2028forged\u2029forged",
    "\u202eiuQ",
    "Qui\\nforged ?",
    "\ud800",
]


@pytest.mark.parametrize("question", QUESTIONS_ASKED, ids=ascii)
@pytest.mark.parametrize("form", ["text", "json"])
def test_a_question_that_is_logged_is_one_line_and_one_value(
    question: str, form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    configure_log(logging.WARNING, form)
    logger = logging.getLogger(QUESTIONS)
    logger.setLevel(logging.INFO)
    try:
        told: Any = keep_answer(replace(answer("x", "https://x.example/"), question=question))
        Metrics(log_questions=True).answered(told, "page")
        logger.warning("said: %s", question)
        try:
            raise ValueError(question)
        except ValueError:
            logger.exception("failed for %s", question)
    finally:
        root.handlers[:], root.level = handlers, level
        logger.setLevel(logging.NOTSET)
    written = capsys.readouterr().err
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\ud800-\udfff]", written)
    lines = written.splitlines()
    first, said, failed, *trace = lines
    assert "answered" in first
    assert "said: " in said
    assert "failed for " in failed
    if form == "json":
        assert trace == []
        assert json.loads(first)["question"] == question
        assert json.loads(first)["outcome"] == "extractive"
    else:
        assert trace
        assert all(line.startswith("  | ") for line in trace)
        assert re.sub(r'question=(?:"(?:[^"\\]|\\.)*"|\S+)$', "", first).endswith(" ")
        assert "forged" not in re.sub(r'question=(?:"(?:[^"\\]|\\.)*"|\S+)$', "", first)


def test_a_report_on_the_terminal_is_one_line_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    name = "a\nÉchec : autre.md : faux\x1b[2J.md"
    print_report(
        IngestReport(
            ignored=1,
            failed=(Note(name, "vide"),),
            notices=(Note(name, "vide"),),
            ignored_files=(Note(name, "suffixe"),),
        )
    )
    written = capsys.readouterr().err
    assert "\x1b" not in written
    assert len([line for line in written.splitlines() if line.startswith("Échec")]) == 1


def test_a_terminal_shows_what_documents_hold_and_obeys_none_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    _print_answer(
        answer("l'ordre \x1b[2J\x9b31m\u202e\x07 des\tlettres \x1b]0;titre\x07", "https://x.example/\x1b[31m")
    )
    written = capsys.readouterr().out
    assert "l'ordre" in written
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", written)
