"""One real file of each format, as programs write them, with the same French text."""

from __future__ import annotations

import io

import docx
from fpdf import FPDF

from bundled import CORPUS
from kb.evaluation.questions import EvaluationQuestion
from kb.evaluation.tables import to_csv, to_jsonl, to_xlsx

_QUESTIONS = [
    EvaluationQuestion(f"q{number}", f"Combien de logements en {2000 + number} ?", ("a.md",), (("3 000",),))
    for number in range(30)
]


def text_of_corpus() -> str:
    """The first document of the bundled corpus, Markdown with front matter and tables."""
    return min((CORPUS / "documents").glob("*.md")).read_text(encoding="utf-8")


def documents() -> list[tuple[str, bytes]]:
    """(suffix, content) of a document of each format that is read."""
    markdown = text_of_corpus()
    paragraphs = [part for part in markdown.split("\n\n") if len(part) > 80 and part[0].isalpha()][:12]
    word = docx.Document()
    word.add_heading("Le programme", 1)
    table = word.add_table(rows=3, cols=3)
    for number, cell in enumerate(cell for row in table.rows for cell in row.cells):
        cell.text = f"Case {number}"
    pdf = FPDF()
    pdf.add_page()
    pdf.set_font("helvetica", size=11)
    for paragraph in paragraphs:
        word.add_paragraph(paragraph)
        word.add_paragraph(paragraph[:60], style="List Bullet")
        latin = paragraph.encode("latin-1", errors="ignore").decode("latin-1")
        pdf.multi_cell(0, text=latin, new_x="LMARGIN", new_y="NEXT")
    word_content = io.BytesIO()
    word.save(word_content)
    body = "".join(f"<p>{paragraph}</p><ul><li>{paragraph[:60]}</li></ul>" for paragraph in paragraphs)
    page = (
        '<!doctype html><html lang=fr><head><meta charset=utf-8><title>Le programme</title><script type="application/'
        'ld+json">{"@type": "Article", "datePublished": "2024-03-05"}</script></head><body><nav>Menu</nav><main><h1>Le '
        f"programme</h1>{body}<table><tr><th>An<th>Aides<tr><td rowspan=2>2024<td>3 M€<tr><td>4 M€</table></main>"
    )
    return [
        (".md", markdown.encode()),
        (".html", page.encode()),
        (".txt", "\n\n".join(paragraphs).encode("cp1252", errors="ignore")),
        (".pdf", bytes(pdf.output())),
        (".docx", word_content.getvalue()),
    ]


def tables() -> list[tuple[str, bytes]]:
    """(suffix, content) of test queries in each form that is imported."""
    return [
        (".xlsx", to_xlsx(_QUESTIONS)),
        (".csv", to_csv(_QUESTIONS)),
        (".jsonl", to_jsonl(_QUESTIONS).encode()),
    ]
