"""Small files that would take minutes or gigabytes: read within seconds, or refused by a French line that says why."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hostile_files import MAKERS, docx_of, packed_feed, xlsx_of
from ingest.readers.bounded import Readers
from ingest.report import short_diff
from ingest.steps.versions import new_version
from kb.bounded import children
from kb.errors import DocumentError, QuestionsError
from kb.evaluation.imported.reading import read_any, read_pasted
from kb.models.encoder import Encoder
from kb.types import Document
from kb.web.chat.background import end_work

SECONDS = 10
MEGABYTES = 300
# What the parent had before does not count: the tests that ran in this process made it large.
PARENT_MEGABYTES = 300
_LONG_CELL = b'<row r="2"><c r="A2" t="inlineStr"><is><t>%s</t></is></c></row>'


@pytest.fixture(scope="module")
def readers() -> Iterator[Readers]:
    with Readers() as made:
        yield made


@pytest.fixture
def bounded(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The test takes less than the seconds and megabytes above, of processor and memory, in every child and here."""
    peaks: list[int] = []
    end = children._Child.end

    def told(child: children._Child) -> None:
        peaks.append(_peak(child._process.pid))
        end(child)

    monkeypatch.setattr(children._Child, "end", told)
    end_work(10)  # what threads of earlier tests take is counted as well
    before, began = _used(), time.process_time()
    own = _peak()
    yield
    spent = _used() - before + time.process_time() - began
    assert spent < SECONDS
    assert max(peaks, default=0) < MEGABYTES
    assert _peak() - own < PARENT_MEGABYTES


def _used() -> float:
    """Seconds of processor of the children that have ended."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return ended.ru_utime + ended.ru_stime


def _peak(process: int | str = "self") -> int:
    """The most memory that a process has had, in megabytes; 0 for one that is gone."""
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    except OSError:
        return 0
    return next((int(line.split()[1]) // 1000 for line in status.splitlines() if line.startswith("VmHWM")), 0)


def passages(name: str, content: bytes, encoder: Encoder) -> int:
    """How many passages a file gives; 0 when it is refused, which has to be in French and name it."""
    with Readers() as readers:
        try:
            document = readers.document(content, name=name, source="attaques", document_id=name)
            return len(new_version(document, encoder, "").passages)
        except DocumentError as refused:
            error = refused
    assert error.source == name
    assert "erreur interne" not in error.reason
    assert ";" in error.reason or ":" in error.reason
    return 0


@pytest.mark.usefixtures("bounded")
@pytest.mark.parametrize("name", MAKERS)
@pytest.mark.parametrize("times", [3_000, 20_000])
def test_a_file_that_asks_for_much_is_read_or_refused(name: str, times: int, tiny_encoder: Encoder) -> None:
    made = MAKERS[name](times)
    assert passages(name, made.encode() if isinstance(made, str) else made, tiny_encoder) < 10_000


@pytest.mark.usefixtures("bounded")
def test_a_document_that_unpacks_to_ninety_megabytes_is_refused(readers: Readers) -> None:
    content = docx_of(b"<w:p><w:r><w:t>x</w:t></w:r></w:p>" * 2_600_000)
    assert len(content) < 1_000_000
    with pytest.raises(DocumentError, match="se décompresse en un volume démesuré"):
        readers.document(content, name="bombe.docx", source="attaques", document_id="bombe.docx")


@pytest.mark.usefixtures("bounded")
def test_a_hundred_thousand_attributes_are_refused(readers: Readers) -> None:
    content = f"<p {' '.join(f'a{number}=x' for number in range(100_000))}>texte</p>".encode()
    with pytest.raises(DocumentError, match="plus de 2000 attributs"):
        readers.document(content, name="attributs.html", source="attaques", document_id="attributs.html")


@pytest.mark.usefixtures("bounded")
def test_front_matter_does_not_repeat_itself(readers: Readers) -> None:
    content = MAKERS["aliases.md"](40_000)
    assert isinstance(content, str)
    with pytest.raises(DocumentError, match="répète une valeur par renvoi"):
        readers.document(content.encode(), name="renvois.md", source="attaques", document_id="renvois.md")


@pytest.mark.usefixtures("bounded")
@pytest.mark.parametrize("name", ["line.txt", "word.txt", "initials.txt", "guillemets.txt", "spaces.md"])
def test_a_line_of_megabytes_is_cut_in_the_end(name: str, tiny_encoder: Encoder) -> None:
    made = MAKERS[name](400_000)
    assert isinstance(made, str)
    assert passages(name, made.encode(), tiny_encoder) >= (name != "spaces.md")


@pytest.mark.usefixtures("bounded")
def test_pages_and_sitemaps_that_ask_for_much_lead_somewhere_or_are_refused() -> None:
    with Readers() as readers:
        for name in ("attributes.html", "deep.html", "many tables.html"):
            made = MAKERS[name](20_000)
            assert isinstance(made, str)
            found = readers.page_links(made.encode(), f"https://exemple.fr/{name}", "text/html")
            assert found is None or found.links == ()
        links = "".join(f"<a href=/{number}>x</a>" for number in range(3_000)).encode()
        held = readers.page_links(links, "https://exemple.fr/", "text/html")
        assert held is not None
        assert len(held.links) == 3_000
        with pytest.raises(DocumentError, match=r"illisible|trop de mémoire|volume|démesuré"):
            readers.feed(packed_feed(55_000_000), "https://exemple.fr/plan.xml.gz")


@pytest.mark.usefixtures("bounded")
def test_comparing_two_versions_of_repeated_sentences_takes_no_time() -> None:
    def version(order: range) -> Document:
        return Document("a", "attaques", "Titre", " ".join(f"Phrase {number % 150}." for number in order))

    assert short_diff(version(range(30_000)), version(range(29_999, -1, -1))) == ()


@pytest.mark.usefixtures("bounded")
def test_a_workbook_that_declares_a_third_of_a_billion_cells(tmp_path: Path) -> None:
    row = b'<row r="%d"><c r="A%d"><v>%d</v></c></row>'
    rows = b"".join(row % (number, number, number) for number in range(2, 20_001))
    path = tmp_path / "bombe.xlsx"
    path.write_bytes(xlsx_of(20_000, 16_384, rows))
    assert path.stat().st_size < 300_000
    with pytest.raises(QuestionsError, match="19999 erreurs"):
        read_any(path)


@pytest.mark.usefixtures("bounded")
@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (b'<row r="2"><c r="XFD2"><v>1</v></c></row>', None),
        (b'<row r="2"><c r="CW2"><v>1</v></c></row>', "plus de 100 colonnes"),
        (b'<row r="1048576"><c r="A1048576"><v>1</v></c></row>', None),
        (b'<row r="20001"><c r="A20001"><v>1</v></c></row>', "plus de 20000 lignes"),
        (_LONG_CELL % (b"x" * 100_001), "plus de 100000 caractères"),
        (_LONG_CELL % (b"x" * 90_000_000), "volume démesuré"),
    ],
    ids=["far column", "columns", "far row", "rows", "cell", "unpacked"],
)
def test_a_workbook_beyond_the_limits_is_told(tmp_path: Path, cells: bytes, reason: str | None) -> None:
    path = tmp_path / "bombe.xlsx"
    path.write_bytes(xlsx_of(2, 2, cells))
    with pytest.raises(QuestionsError, match=reason) as raised:
        read_any(path)
    assert str(path) in str(raised.value)


@pytest.mark.usefixtures("bounded")
@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("q.csv", b"identifiant;question\n" + b"a;b\n" * 20_001, "plus de 20000 lignes"),
        ("q.csv", b"identifiant;question\n" + b";" * 5_000_000, r"il manque|aucune question"),
        ("q.csv", b"identifiant;question\n" + b";" * 200 + b"x", "plus de 100 colonnes"),
        ("q.csv", b"identifiant;question\na;" + b"x" * 100_001, "plus de 100000 caractères"),
        ("q.csv", b'identifiant;question\na;"' + b"x\n" * 100_001, "plus de 100000 caractères"),
        ("q.jsonl", b"[" * 5_000_000, "trop d'objets imbriqués"),
        ("q.jsonl", b'{"id": ' + b"1" * 5_000 + b"}", "un nombre a trop de chiffres"),
        ("q.jsonl", b"{}\n" * 500_000, "plus de 20000 lignes"),
        ("q.jsonl", b" " * 20_000_001, "plus de 20 Mo"),
    ],
)
def test_a_table_beyond_the_limits_is_told(tmp_path: Path, name: str, content: bytes, reason: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(QuestionsError, match=reason) as raised:
        read_any(path)
    assert str(path) in str(raised.value)


@pytest.mark.usefixtures("bounded")
def test_pasted_text_beyond_the_limits_is_told() -> None:
    with pytest.raises(QuestionsError, match="Le texte collé : plus de 20000 lignes"):
        read_pasted("identifiant\tquestion\n" + "a\tb\n" * 30_000)
