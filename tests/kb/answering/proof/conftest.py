"""Numbered sources made of the short documents of an invented agency, read and split as real ones are."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ingest.split import split_document
from kb.answering.extracts import extracts
from kb.answering.proof.sources import Source, sources
from kb.models.encoder import Encoder
from kb.types import Document, Hit

HEDGES = Document(
    id="haies.md",
    source="s",
    title="L'aide à la haie champêtre",
    date="2024-03-12",
    rubric="Agriculture",
    text="""L'aide à la haie champêtre est versée par l'Office des rivières et des forêts (ORF). Elle couvre 80 % des \
dépenses de plantation, dans la limite de 12 000 € par exploitation.

## Conditions

Le demandeur s'engage à entretenir la haie pendant 5 ans. L'aide ne peut pas être cumulée avec le fonds Bocage. \
L'arrosage n'est pas financé. La demande doit être déposée avant le 15 octobre 2025 ; l'instruction dure au maximum \
3 mois.

Sont exclus de l'aide :

- les plantations de thuyas
- les clôtures électriques
""",
)
COACHES = Document(
    id="cars.md",
    source="s",
    title="Les lignes de car en 2023",
    date="2024-01",
    text="""Le réseau compte trois lignes régulières. Le service de nuit a ouvert en 2019.

| Ligne | Budget | Voyageurs |
| --- | --- | --- |
| Lormeil | 4,2 M€ | 310 000 |
| Valbrune | 1,7 M€ | 95 000 |
| Saint-Avit | 2,6 M€ | 128 000 |
""",
)
LEAKS = Document(
    id="fuites.md",
    source="s",
    title="Signaler une fuite d'eau",
    text="""Envoyez le mot FUITE au33700parSMS : l'envoi est gratuit. Une équipe intervient sous 48 heures.

Si la fuite n'est pas réparée au bout de 10 jours, l'abonné peut saisir le médiateur sur www.mediateur.example/eau.
""",
)
COUNCIL = Document(
    id="conseil.md",
    source="s",
    title="Le conseil de l'Office",
    date="2022",
    text="""Le conseil est présidé par Hélène Vasseur. La direction générale est confiée à Marc Tibault, ingénieur \
forestier. Le conseil se réunit quatre fois par an à Lormeil.

La redevance de prélèvement est fixée à 0,04 € par mètre cube en montagne. En plaine, la redevance atteint 0,07 € par \
mètre cube. Le plan de boisement prévoit 11,5 milliards sur dix ans, dont la moitié pour les forêts communales.
""",
)

Numbered = Callable[..., list[Source]]


@pytest.fixture(scope="session")
def numbered(tiny_encoder: Encoder) -> Numbered:
    """Makes sources of documents, or of texts that are documents of their own; passages are numbered in order."""

    def number(*written: Document | str) -> list[Source]:
        documents = [
            Document(id=f"{place}.md", source="s", title="", text=one) if isinstance(one, str) else one
            for place, one in enumerate(written)
        ]
        hits = [
            Hit(passage, document, 1.0, 1)
            for document in documents
            for passage in split_document(document, tiny_encoder.count_tokens, tiny_encoder.max_tokens)
        ]
        return sources(extracts(hits, 100_000, lambda text: tiny_encoder.count_tokens([text])[0]))

    return number


@pytest.fixture(scope="session")
def agency(numbered: Numbered) -> list[Source]:
    """1 and 2: the hedges and their conditions; 3: the coaches; 4: the leaks; 5: the council."""
    return numbered(HEDGES, COACHES, LEAKS, COUNCIL)
