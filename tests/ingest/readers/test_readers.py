"""The way in: formats, refusals, and what holds for the text of every format."""

from __future__ import annotations

import re
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.readers import READERS, SUFFIXES, read_document, reading
from kb.errors import DocumentError
from kb.text.blocks import parse_blocks
from kb.types import Document
from reading import reader_of

ROOT = Path(__file__).parents[3]
CORPUS = sorted((ROOT / "corpus" / "documents").iterdir())


def outcome(content: bytes, name: str) -> str:
    """The text of a document, or the reason why it is refused."""
    try:
        return read(content, name).text
    except DocumentError as error:
        return error.reason


read = reader_of("notes/essai.md")


def test_the_suffixes_are_those_that_are_read() -> None:
    expected = (
        ".html .htm .xhtml .md .markdown .txt .text .pdf .docx .xlsx .xlsm .xltx .csv .tsv .rtf .odt .ott .ods .ots "
        ".docm .dotx .dotm .odp .pptx .pptm .ppsx .eml .mht .mhtml .zip .png .jpg .jpeg .tif .tiff .webp"
    )
    assert set(expected.split()) <= SUFFIXES
    for module in set(READERS.values()):
        assert (ROOT / "ingest" / "readers" / f"{module.replace('.', '/')}.py").is_file()


@pytest.mark.parametrize("name", ["a.md", "a.txt", "a.html"])
@pytest.mark.parametrize("content", [b"", b" \n\t\r\n ", "\ufeff\n".encode()])
def test_an_empty_file_is_refused(name: str, content: bytes) -> None:
    with pytest.raises(DocumentError, match=r"^a\.\w+ : fichier vide ; ") as raised:
        read(content, name)
    assert raised.value.source == name


@pytest.mark.parametrize("name", ["a.md", "a.txt", "a.html"])
def test_a_text_above_the_limit_is_refused(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "BYTES_PER_MB", 1_000)
    line = b"<p>Un texte qui revient.</p>\n" if name == "a.html" else b"Un texte qui revient.\n"
    count = 2_500 // len(b"Un texte qui revient.")
    with pytest.raises(DocumentError) as raised:
        read(line * count, name, max_text_mb=2)
    assert raised.value.reason == (
        "3 Mo de texte, la limite est de 2 Mo : découpez le document ou relevez REPERES_MAX_TEXT_MB"
    )
    assert read(line * (count // 2), name, max_text_mb=2).text


def test_an_unknown_format_is_refused_with_those_that_are_read() -> None:
    with pytest.raises(DocumentError) as raised:
        read("x", "dossier/tableau.xyz")
    assert raised.value.reason.startswith("format non pris en charge (.xyz) ; formats lus : .csv, .docm, ")


@pytest.mark.parametrize(
    ("name", "media_type", "is_html"),
    [
        ("https://example.org/page", "text/html; charset=utf-8", True),
        ("https://example.org/page.pdf", "text/html", True),
        ("https://example.org/page.html?x=1", "application/octet-stream", True),
        ("https://example.org/note.md", "text/plain", False),
        ("https://example.org/note", "text/plain", False),
        ("PAGE.HTM", None, True),
    ],
)
def test_the_media_type_tells_the_format_unless_it_is_vague(name: str, media_type: str | None, is_html: bool) -> None:
    document = read("<p>Une &eacute;cole.</p>\n\n- point", name, media_type=media_type)
    assert document.text.startswith("Une école.") is (is_html or name.endswith(".md"))


def test_a_document_is_named_after_its_file_when_nothing_in_it_is_a_title() -> None:
    assert read("Une phrase seule.", "dossier/compte-rendu.txt").title == "compte-rendu"
    assert read("<p>Une phrase.</p>", "https://example.org/", media_type="text/html").title == "example.org"


def test_ids_source_and_address_are_carried() -> None:
    document = read_document(
        b"Bonjour.", name="a.md", source="notes", document_id="x/a.md", url="https://example.org/a.md#haut"
    )
    assert (document.id, document.source, document.url) == ("x/a.md", "notes", "https://example.org/a.md")


def _faults(document: Document) -> Iterator[str]:
    """What of a document of the corpus was not read, or was read with what surrounds it."""
    for field in ("date", "rubric", "kind", "cited_sources", "programmes"):
        if not getattr(document, field):
            yield f"no {field}"
    left = re.search(r"^# |\*\*|\]\(|<[a-z]+|https?://|Fil Infos|Lire la suite", document.text, re.MULTILINE)
    if left:
        yield f"{left[0]!r} in the text"
    kinds = [block.kind for block in parse_blocks(document.text)]
    if len(kinds) != len(document.text.split("\n\n")):
        yield "blocks do not stand between blank lines"
    if "paragraph" not in kinds:
        yield "no paragraph"


def test_the_corpus_is_read_whole() -> None:
    documents = [read(path.read_bytes(), path.name) for path in CORPUS]
    assert documents
    assert [f"{document.title}: {fault}" for document in documents for fault in _faults(document)] == []


@given(st.text(min_size=1), st.sampled_from([".md", ".txt", ".html"]))
def test_any_text_is_read_or_refused_and_what_is_read_is_clean(content: str, suffix: str) -> None:
    text = outcome(content.encode("utf-8", errors="ignore"), f"a{suffix}")
    assert text == unicodedata.normalize("NFC", text).strip()
    assert "\n\n\n" not in text
    assert not any(unicodedata.category(character) in {"Cc", "Co", "Cs"} for character in text if character != "\n")
    assert not set(text) & set("\u200b\u200d\u00ad\ufeff\u202e\u2028")


@given(st.binary(min_size=1), st.sampled_from(sorted(SUFFIXES - {".pdf"})))
def test_any_bytes_are_read_or_refused(content: bytes, suffix: str) -> None:
    assert outcome(content, f"a{suffix}")


def test_markdown_and_text_wait_for_no_heavy_library() -> None:
    script = (
        "import sys\n"
        "from ingest.readers import read_document\n"
        "for name in ('a.md', 'a.txt', 'a.html'):\n"
        "    read_document(b'<main><p>Bonjour.</p></main>', name=name, source='s', document_id=name)\n"
        "heavy = {'trafilatura', 'docx', 'openpyxl', 'pptx', 'pypdfium2', 'torch', 'gradio'} & set(sys.modules)\n"
        "sys.exit(', '.join(heavy) or 0)\n"
    )
    ended = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")


def test_the_processes_that_read_start_without_libraries_of_the_parent() -> None:
    """One starts for nearly every ingestion, and files nobody vouches for meet what it has imported."""
    script = (
        "import sys\n"
        "import ingest.readers.tasks\n"
        "sys.exit(', '.join({'numpy', 'openpyxl', 'sqlalchemy', 'trafilatura'} & set(sys.modules)) or 0)\n"
    )
    ended = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
