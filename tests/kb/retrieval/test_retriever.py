"""Finding passages in a real index, of each maker, with the tiny encoder."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from ingest.split import split_document
from kb.index.embedded.reader import EmbeddedReader
from kb.index.embedded.store import EmbeddedStore
from kb.index.embedding import NewVersion
from kb.index.postgresql.store import PostgresStore
from kb.index.store import IndexReader, Store
from kb.index.writer import IndexWriter
from kb.models.encoder import Encoder
from kb.models.reranker import Reranker
from kb.question.glossary import Entries
from kb.question.parsing import QuestionParser
from kb.retrieval.explanation import best_words, hit_lines, question_lines
from kb.retrieval.filters import Filters
from kb.retrieval.retriever import RERANKED, Retriever
from kb.text.acronyms import mentions
from kb.text.stems import stems
from kb.types import Document, Hit, Question
from makers import MAKERS

_LONG = "Les ménages relogés sont accompagnés. Le bailleur propose trois logements. La charte locale fixe les règles."
DOCUMENTS = [
    Document("relogement.md", "s", "Le relogement des ménages", f"## Les étapes\n\n{_LONG}", date="2024", kind="règle"),
    Document("copie.md", "s", "Le relogement des ménages (copie)", f"## Les étapes\n\n{_LONG} Fin.", kind="règle"),
    Document(
        "dpd.md",
        "s",
        "La protection des données",
        "Le délégué à la protection des données conseille l'organisme. Il est joignable par tous les agents.",
        kind="fiche",
        partners=("CNIL",),
    ),
    Document("sigles-1.md", "s", "Contacts", "Écrire au délégué à la protection des données (DPO) de la ville."),
    Document("sigles-2.md", "s", "Mentions", "Le délégué à la protection des données (DPO) répond sous un mois."),
    Document(
        "ecole.md",
        "s",
        "Les écoles du quartier",
        "L'école Jean-Jaurès a été reconstruite en 2019. La cantine sert deux cents repas. "
        "Le conseil municipal a voté une subvention exceptionnelle.",
        date="2019-09",
        kind="article",
        programmes=("NPNRU",),
    ),
]


@pytest.fixture(scope="module", params=MAKERS)
def index(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, tiny_encoder: Encoder
) -> Iterator[IndexReader]:
    folder = tmp_path_factory.mktemp("store")
    store: Store = EmbeddedStore(folder)
    if request.param == "postgresql":
        store = PostgresStore(request.getfixturevalue("postgres").new_database(), folder)
    with IndexWriter(store, tiny_encoder, "1") as writer:
        writer.commit(
            [
                NewVersion(
                    document,
                    document.id,
                    document.id,
                    tuple(split_document(document, tiny_encoder.count_tokens, 512)),
                    tuple(mentions(document.text)),
                )
                for document in DOCUMENTS
            ]
        )
    reader = store.reader(tiny_encoder)
    yield reader
    reader.close()


class Searcher:
    """A parser and a retriever over one index, as the knowledge base chains them."""

    def __init__(
        self, index: IndexReader, encoder: Encoder, written: Entries | None = None, reranker: Reranker | None = None
    ) -> None:
        self._index = index
        self._parser = QuestionParser(index, written)
        self._retriever = Retriever(index, encoder, reranker)

    def explain(self, question: str) -> Question:
        with self._index.lease() as lease:
            return self._parser.parse(question, lease)

    def search(self, question: str, k: int = 10, filters: Filters | None = None) -> list[Hit]:
        with self._index.lease() as lease:
            return self._retriever.search(self._parser.parse(question, lease), lease, k, filters)


@pytest.fixture
def retriever(index: IndexReader, tiny_encoder: Encoder) -> Searcher:
    return Searcher(index, tiny_encoder)


def found(retriever: Searcher, question: str, filters: Filters | None = None) -> list[str]:
    return [hit.document.id for hit in retriever.search(question, 10, filters)]


def test_every_ranking_says_what_it_gave(retriever: Searcher) -> None:
    (first, *_) = retriever.search("relogement des ménages, la « charte locale »", 3)
    assert first.document.id == "relogement.md"
    assert first.rank == 1
    assert first.contributions.keys() == {
        "vector", "window_vector", "title_vector", "words", "words_with_title", "title_words", "phrase_1"
    }  # fmt: skip
    assert first.score == pytest.approx(sum(first.contributions.values()))
    assert "expression exacte 1 3.00" in hit_lines(first)


def test_near_identical_passages_come_once_and_are_named(retriever: Searcher) -> None:
    hits = retriever.search("relogement des ménages", 10)
    assert [hit.document.id for hit in hits].count("copie.md") == 0
    assert hits[0].also_in == ("copie.md",)
    assert "presque le même texte dans : copie.md" in hit_lines(hits[0])


def test_the_window_is_where_the_nearest_sentences_stand(retriever: Searcher) -> None:
    hit = next(
        found_hit
        for found_hit in retriever.search("subvention du conseil municipal")
        if found_hit.document.id == "ecole.md"
    )
    assert hit.window is not None
    assert best_words(hit) == (
        "La cantine sert deux cents repas. Le conseil municipal a voté une subvention exceptionnelle."
    )


@pytest.mark.parametrize("question", ["Que fait le DPO ?", "que fait le dpo"])
def test_an_acronym_finds_what_it_stands_for(retriever: Searcher, question: str) -> None:
    explained = retriever.explain(question)
    assert "(délégué à la protection des données)" in explained.embedded
    assert "dpo ou delegu protect donn" in question_lines(explained)
    assert "dpd.md" in found(retriever, question)[:3]


def test_words_before_an_acronym_find_it(retriever: Searcher) -> None:
    assert "(DPO)" in retriever.explain("le délégué à la protection des données").embedded


def test_the_file_of_the_glossary_wins(index: IndexReader, tiny_encoder: Encoder) -> None:
    written = {"dpo": (), "cantoche": ("cantine de l'école",)}
    retriever = Searcher(index, tiny_encoder, written)
    assert "(" not in retriever.explain("Que fait le DPO ?").embedded
    assert found(retriever, "la cantoche")[0] == "ecole.md"


@pytest.mark.parametrize(
    ("question", "stem"), [("subventoin", "subvent"), ("excepttionelle", "exceptionnel"), ("la cantinne", "cantin")]
)
def test_typing_mistakes_are_forgiven(retriever: Searcher, question: str, stem: str) -> None:
    assert [group[0].stems for group in retriever.explain(question).groups] == [(stem,)]
    given = {hit.document.id for hit in retriever.search(question) if "words" in hit.contributions}
    assert given == {"ecole.md"}


@pytest.mark.parametrize("question", ["école", "xyzzyxyz", "2020", "abc"])
def test_words_that_are_known_or_near_to_none_are_left_alone(retriever: Searcher, question: str) -> None:
    (group,) = retriever.explain(question).groups
    assert group[0].stems == tuple(stems(question))


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(kind=("regle",)), {"relogement.md", "copie.md"}),
        (Filters(programme=("npnru",)), {"ecole.md"}),
        (Filters(partner=("Cnil",)), {"dpd.md"}),
        (Filters(since="2020"), {"relogement.md"}),
        (Filters(until="2019"), {"ecole.md"}),
        (Filters(since="2030"), set()),
    ],
    ids=("kind", "programme", "partner", "since", "until", "none"),
)
def test_filters_hold_in_every_ranking(retriever: Searcher, filters: Filters, expected: set[str]) -> None:
    hits = retriever.search("les ménages, l'école, les « données » et le délégué", 10, filters)
    assert {document_id for hit in hits for document_id in (hit.document.id, *hit.also_in)} <= expected
    assert bool(hits) == bool(expected)


@pytest.mark.parametrize(
    "question",
    [
        "le la les de du des",
        '?!… « » "" ()',
        "AND OR NOT école:* +(titre) -x ~2 ^3 [a TO b] {\\}",
        "QUELLES ECOLES ONT ETE RECONSTRUITES",
        "Which school was rebuilt?",
        "école " * 60,
        '"école Jean-Jaurès',
        "' OR 1=1 --",
        "\u202eécole\u200b",
        "🏫",
    ],
)
def test_any_question_gets_a_sensible_answer_or_nothing(retriever: Searcher, question: str) -> None:
    hits = retriever.search(question, 5)
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    if "ECOLES" in question or "école" in question:
        assert hits[0].document.id == "ecole.md"


def test_an_exact_phrase_goes_first(retriever: Searcher) -> None:
    # Without the quotes, the documents about the delegate share more with the question.
    assert found(retriever, "délégué des données « deux cents repas »")[0] == "ecole.md"


class _Longest:
    """A reranker that prefers long texts."""

    def __init__(self) -> None:
        self.read = 0

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        assert question
        self.read = len(texts)
        return [float(len(text)) for text in texts]


def test_a_reranker_orders_the_best_hits_anew(index: IndexReader, tiny_encoder: Encoder) -> None:
    reranker = _Longest()
    hits = Searcher(index, tiny_encoder, reranker=reranker).search("délégué", 2)
    assert 2 < reranker.read <= RERANKED
    assert [hit.rank for hit in hits] == [1, 2]
    assert hits[0].contributions["reranker"] >= hits[1].contributions["reranker"]
    assert "relecture" in hit_lines(hits[0])


def test_an_empty_store_finds_nothing(tmp_path: Path, tiny_encoder: Encoder) -> None:
    with IndexWriter(EmbeddedStore(tmp_path), tiny_encoder, "1"):
        pass
    reader = EmbeddedReader(tmp_path, tiny_encoder)
    assert Searcher(reader, tiny_encoder).search("école") == []
    reader.close()
