"""The answering path, chained here only: text -> Question -> Hit[] -> Evidence[] -> draft -> verified Answer."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence
from copy import copy
from functools import lru_cache, partial
from typing import Any, Self, cast

from kb.answering.answers import Answering
from kb.answering.evidence import passages_to_read
from kb.answering.reading import read
from kb.answering.refusal import Calibration, Caution, calibration_for, features, shipped_calibration
from kb.answering.warming import warm
from kb.errors import ReperesError
from kb.index.catalog.journal import REPORTS_KEPT
from kb.index.catalog.reader import CatalogReader
from kb.index.catalog.rows import Origin, Withdrawn
from kb.index.opening import open_store
from kb.index.restricted import RestrictedReader
from kb.index.store import IndexReader
from kb.models.chat.llm import ChatModel
from kb.models.chat.opening import open_chat_model, open_checker
from kb.models.encoder import Encoder, FloatMatrix
from kb.models.reader.opening import LazyReader
from kb.models.reader.passage_reader import Reader
from kb.models.reader.weights import shipped_weights
from kb.models.remembering import RememberingEncoder
from kb.models.reranker import Reranker, load_reranker
from kb.question.askable import checked, too_long_told
from kb.question.explained import Acronym
from kb.question.glossary import Edited, Entries, no_entries, read_glossary
from kb.question.parsing import QuestionParser
from kb.question.rephrasing import rephrased
from kb.retrieval.filters import Filters
from kb.retrieval.holding import Holding, WordSearch
from kb.retrieval.retriever import Retriever
from kb.rights.rights import WHOLE, Rights
from kb.settings import Settings
from kb.text.domain import NO_DOMAIN, Domain, domain_of
from kb.types import Answer, Document, Hit, Message, Question, StoreStatus

# Passages fetched for an answer: enough for ten different documents where there are as many.
PASSAGES_FOUND = 50
VIEWS_KEPT = 64  # of people with different rights: one holds the headers and the acronyms that it shows

ANSWERERS = ("auto", "extractive", "llm")
NO_MODEL = (
    "Aucun modèle de langue n'est configuré. Installez-en un (« reperes model install »), donnez l'adresse d'un "
    "serveur (REPERES_LLM_URL), ou choisissez le mode « extractive »."
)


class KnowledgeBase:
    """What answers questions over one store. Serves many threads; `close` it, or use it as a context manager."""

    def __init__(
        self,
        index: IndexReader,
        encoder: Encoder,
        written: Entries | None = None,
        reranker: Reranker | None = None,
        model: ChatModel | None = None,
        domain: Domain = NO_DOMAIN,
        checker: ChatModel | None = None,
        reader: Reader | None = None,
        calibration: Calibration | None = None,
        caution: Caution = "normal",
        edited: Edited = no_entries,
    ) -> None:
        """`written` holds the glossary's entries from a file, `edited` gives those of editors; `reranker` orders the
        best passages anew; `model` writes answers over what is found, `checker` reads them again; `domain` adds names
        and words to those of the documents; `reader` tells which sentences answer (by default the shipped one, kept
        where the environment says), and `calibration` with `caution` whether to answer.
        """
        self._calibration = calibration or shipped_calibration()
        self._caution: Caution = caution
        self._reader = reader or LazyReader(Settings.load())
        self._model = model
        self._checker = checker
        self._encoder = RememberingEncoder(encoder)
        self._reranker = reranker
        self._parser_of = partial(QuestionParser, written=written, domain=domain, edited=edited)
        self._look_at(index, WHOLE)
        self._views = lru_cache(maxsize=VIEWS_KEPT)(self._view)

    @classmethod
    def open(
        cls,
        settings: Settings,
        encoder: Encoder | None = None,
        calibration: Calibration | None = None,
        edited: Edited = no_entries,
    ) -> Self:
        """The knowledge base of `settings.store`, with the encoder and the calibration of the settings unless others
        are given; `edited` gives the glossary's entries that editors have written.

        Raises StoreError when there is no store, FingerprintError when another encoder made it, ModelError when the
        encoder or the reranker cannot be loaded, SettingsError when a file (glossary, domain, calibration) cannot be
        read.
        """
        if encoder is None:
            from kb.models.sentence_encoder import load_encoder

            encoder = load_encoder(settings)
        written = read_glossary(settings.glossary) if settings.glossary else None
        model = open_chat_model(settings)
        return cls(
            open_store(settings).reader(encoder),
            encoder,
            written,
            load_reranker(settings),
            model,
            domain_of(settings),
            open_checker(settings, model),
            LazyReader(settings),
            calibration or calibration_for(settings.calibration, shipped_weights().identity),
            cast(Caution, settings.caution),
            edited,
        )

    def _look_at(self, index: IndexReader, rights: Rights) -> None:
        """All that is found, counted or said of the base comes from `index`: what somebody with `rights` may read."""
        self.rights, self._index = rights, index
        self._parser = self._parser_of(index, rights=rights)
        self._words = WordSearch(self._parser)
        self._retriever = Retriever(index, self._encoder, self._reranker, self._words.holding)

    def _view(self, rights: Rights) -> KnowledgeBase:
        view = copy(self)
        view._look_at(RestrictedReader(self._index, rights), rights)
        return view

    def seen_by(self, rights: Rights) -> KnowledgeBase:
        """This base as somebody with `rights` sees it, never more than before; not to be closed."""
        both = Rights.without((*self.rights.hidden, *rights.hidden))
        return self if both == self.rights else self._views(both)

    def close(self) -> None:
        """Lets go of the store, and of the language model."""
        for model in filter(None, (self._model, self._checker)):
            model.close()
        self._index.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def model(self) -> ChatModel | None:
        """The language model that writes answers, None without one."""
        return self._model

    @property
    def model_name(self) -> str | None:
        """The name of the language model that writes answers by default, None without one."""
        return None if self._model is None or not self._model.by_default else self._model.name

    def warm(self, may_go_on: Callable[[], bool]) -> bool:
        """Gets ready for questions before anybody asks, while `may_go_on()`; whether all is done."""
        return warm(self._index, self._reader, may_go_on)

    @property
    def catalog(self) -> CatalogReader:
        """The catalog of the index in use: what measures a base reads more than its answers."""
        return self._index.catalog

    def status(self) -> StoreStatus:
        """The state of the store."""
        return self._index.status()

    def generation(self) -> int:
        """The number of commits so far: one small read, where `status` counts."""
        return self._index.catalog.generation()

    def question_vectors(self, questions: Sequence[str]) -> FloatMatrix:
        """The unit vectors of questions, shape (n, d). Raises TextTooLongError."""
        return self._encoder.encode(questions, "query")

    def document(self, document_id: str) -> Document | None:
        """A current document as it is stored, or None."""
        return self._index.catalog.document(document_id)

    def documents(self, ids: Collection[str] | None = None) -> list[Document]:
        """All current documents without their texts; those of `ids` with them."""
        if ids is None:
            return self._index.catalog.headers()
        return list(self._index.catalog.documents(ids).values())

    def read_at(self, document_id: str) -> str | None:
        """When the current version of a document was read: an ISO date and time in UTC; None when there is none."""
        return self._index.catalog.read_at(document_id)

    def origin(self, document_id: str) -> Origin | None:
        """The file that a current document was read from; None where its source is no folder."""
        return self._index.catalog.origin(document_id)

    def withdrawn(self) -> list[Withdrawn]:
        """The documents that left the base, latest first."""
        return self._index.catalog.withdrawn()

    def reports(self) -> list[dict[str, Any]]:
        """The reports of all ingestions that are kept, newest first."""
        return self._index.catalog.reports(REPORTS_KEPT)

    def acronyms(self) -> tuple[Acronym, ...]:
        """The acronyms that the documents explain, or the agency's file; not what editors make of them."""
        return self._parser.explained()

    def search(
        self, question: str, *, history: Sequence[Message] = (), k: int = 10, filters: Filters | None = None
    ) -> list[Hit]:
        """At most `k` passages for a question, best first, of the documents that pass `filters`.

        Raises ReperesError for an empty or too long question, and for filters that no document can pass.
        """
        standalone = checked(self._parser.standalone(question, history))
        with self._index.lease() as lease, too_long_told():
            return self._retriever.search(self._parser.parse(question, lease, standalone), lease, k, filters)

    def holding(self, words: str) -> Holding:
        """The documents that hold the words of a search."""
        with self._index.lease() as lease:
            return self._words.holding(words, lease)

    def explain(self, question: str) -> Question:
        """How a question is understood: its acronyms spelled out, its words, its phrases, what it asks for."""
        with self._index.lease() as lease:
            return self._parser.parse(checked(question), lease)

    def signs(self, question: str) -> dict[str, float]:
        """What the probability that the documents answer is made of, by the names in `kb.answering.refusal.FEATURES`.

        Raises ReperesError for an empty or too long question.
        """
        with self._index.lease() as lease, too_long_told():
            asked = self._parser.parse(checked(question), lease)
            hits = passages_to_read(self._retriever.search(asked, lease, PASSAGES_FOUND))
        return features(asked, hits, read(asked, hits, self._reader))

    def ask(
        self,
        question: str,
        *,
        history: Sequence[Message] = (),
        answerer: str = "auto",
        filters: Filters | None = None,
    ) -> Answer:
        """The answer to a question: units of evidence with their citations, or a refusal without any.

        `answerer` is `auto` (a language model where there is one), `extractive` or `llm`; only documents that pass
        `filters` are read. Raises ReperesError for an empty or too long question, for filters that no document can
        pass, and for `llm` without a model.
        """
        states = self.stream(question, history=history, answerer=answerer, filters=filters)
        return deque(states, maxlen=1).pop()

    def stream(
        self,
        question: str,
        *,
        history: Sequence[Message] = (),
        answerer: str = "auto",
        filters: Filters | None = None,
        hurried: bool = False,
    ) -> Iterator[Answer]:
        """The successive states of the answer; the last one is final.

        Without a model there is one: the extractive answer or the refusal. A small model's sentences take its place,
        each proven. With a capable one the first state holds only the passages found; then come its proven sentences.
        A `hurried` answer reads fewer passages, for those who wait behind it. Raises as `ask`; closing the iterator
        stops the model.
        """
        if answerer not in ANSWERERS:
            raise ReperesError(f"Mode de réponse inconnu : {answerer}. Modes possibles : {', '.join(ANSWERERS)}.")
        model = self._model if answerer == "llm" or (answerer == "auto" and self.model_name) else None
        if answerer == "llm" and model is None:
            raise ReperesError(NO_MODEL)
        began = time.perf_counter()
        standalone = checked(rephrased(model, question, self._parser.standalone(question, history), history))
        with self._index.lease() as lease, too_long_told():
            asked = self._parser.parse(question, lease, standalone)
            hits = self._retriever.search(asked, lease, PASSAGES_FOUND, filters)
            acronyms = self._parser.acronyms(lease)
        yield from Answering(
            asked,
            hits,
            self._encoder,
            self._reader,
            self._calibration,
            self._caution,
            acronyms=acronyms,
            checker=self._checker,
            hurried=hurried,
            seconds={"retrieval": round(time.perf_counter() - began, 4)},
        ).states(model)
