"""What editors do with test queries and feedback in the application: everything but the page itself."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kb.errors import QuestionsError
from kb.evaluation.comparison import Comparison, compare
from kb.evaluation.from_feedback import number_in, to_query
from kb.evaluation.imported.reading import PASTED, read_content, read_pasted
from kb.evaluation.kept.queries import MaySee, drop_query, put_queries, read_queries, sees_all
from kb.evaluation.kept.runs import (
    EvaluationRun,
    about_run,
    evaluation_runs,
    readable_run,
    rights_of_run,
    rows_of,
    run_and_keep,
    scores_of,
)
from kb.evaluation.missed.desk import MissedDesk
from kb.evaluation.questions import EvaluationQuestion, check_documents, parse_questions, question_to_json
from kb.evaluation.results import EvaluationResult, QuestionResult
from kb.evaluation.shown.page import SourceLinks, to_part
from kb.records.asked.questions import AskedQuestions
from kb.records.database import AppDatabase
from kb.records.feedback import Feedback, SavedFeedback
from kb.records.places import Kept
from kb.rights.rights import WHOLE, Rights

if TYPE_CHECKING:
    from kb.knowledge import KnowledgeBase
    from kb.models.encoder import FloatMatrix


@dataclass(frozen=True, slots=True)
class Evaluated:
    """A run that is done; `comparison` with the run before over the same questions, if there is one."""

    run: int
    result: EvaluationResult
    comparison: Comparison | None


class EvaluationDesk:
    """Feedback, test queries and runs in `app.db`, as an editor with `rights` may see them: what was made of more than
    they may read is not there, nor feedback older than `days`. Serves many threads; every method may raise
    ReperesError.
    """

    def __init__(self, base: Callable[[], KnowledgeBase], kept: Kept, days: int) -> None:
        self._whole = base
        self._kept = kept
        self._said = SavedFeedback(kept, days)
        self._rights = WHOLE

    def seen_by(self, rights: Rights) -> EvaluationDesk:
        """The desk as an editor with `rights` sees it."""
        seen = copy(self)
        seen._rights = rights
        return seen

    def _base(self) -> KnowledgeBase:
        return self._whole().seen_by(self._rights) if self._rights.hidden else self._whole()

    def missed(self, asked: AskedQuestions) -> MissedDesk:
        """The desk of what readers miss, over the same base and the questions that are kept."""

        def vectors(questions: Sequence[str]) -> FloatMatrix:
            return self._base().question_vectors(questions)

        return MissedDesk(vectors, self._kept, asked, self._said, self._rights, self._seen)

    def feedback(self) -> list[Feedback]:
        """The feedback that nobody has read yet, newest first."""
        return self._said.read("new", self._rights)

    def query_of(self, number: int) -> EvaluationQuestion:
        """The test query that a feedback makes, not kept yet."""
        chosen = next((one for one in self._said.read(rights=self._rights) if one.id == number), None)
        if chosen is None:
            raise QuestionsError(f"L'avis n° {number} n'existe plus.")
        return to_query(chosen)

    def dismiss(self, number: int) -> None:
        """Puts a feedback aside."""
        self._said.set_status([number], "dismissed", self._rights)

    def queries(self) -> list[EvaluationQuestion]:
        """The test queries, in their order."""
        with AppDatabase(self._kept) as database:
            return read_queries(database, self._seen())

    def _seen(self) -> MaySee:
        """Which test queries they may see: those that need no more rights than theirs, and of whose documents none is
        hidden from them."""
        if not self._rights.hidden:
            return sees_all
        # A document that has left the base stays named; one that may not be read is known to the whole base.
        hidden = frozenset(self._whole().catalog.states()) - self._base().catalog.states().keys()
        return lambda query, needed: self._rights.cover(needed) and hidden.isdisjoint(query.documents)

    def _keep(self, queries: Sequence[EvaluationQuestion], name: str) -> None:
        """Raises QuestionsError for documents that are not there. What an editor writes is for those who may read as
        much: it may hold words of all that they read."""
        check_documents(queries, self._known(), name)
        with AppDatabase(self._kept) as database:
            put_queries(database, queries, self._rights, self._seen())

    def documents(self) -> list[tuple[str, str]]:
        """The documents that a test query can name: (title, id), by title."""
        return sorted((document.title, document.id) for document in self._base().documents())

    def put(self, query: EvaluationQuestion) -> None:
        """Keeps a test query, checked as one of a file is; the feedback that it comes from is no longer to be read."""
        (checked,) = parse_questions(json.dumps(question_to_json(query), ensure_ascii=False), "La question")
        self._keep([checked], f"Question « {checked.id} »")
        if (number := number_in(checked.id)) is not None:
            self._said.set_status([number], "kept", self._rights)

    def drop(self, query_id: str) -> bool:
        """Deletes a test query; whether there was one."""
        with AppDatabase(self._kept) as database:
            return drop_query(database, query_id, self._seen())

    def import_text(self, text: str) -> int:
        """Keeps the queries of a pasted table (its header first) or of JSON lines, all of them or none; how many."""
        found = read_pasted(text)
        self._keep(found, PASTED)
        return len(found)

    def import_file(self, name: str, content: bytes) -> int:
        """Keeps the queries of a file (JSONL, CSV or XLSX by its name), all of them or none; how many."""
        found = read_content(content, name)
        self._keep(found, name)
        return len(found)

    def runs(self) -> list[EvaluationRun]:
        """The last runs, newest first."""
        with AppDatabase(self._kept) as database:
            return evaluation_runs(database, may_see=self._may_see)

    def _may_see(self, about: Mapping[str, Any]) -> bool:
        """Whether they may see a run by what it is about."""
        return self._rights.cover(rights_of_run(about))

    def evaluate(
        self, wanted: Collection[str] | None = None, progress: Callable[[int, int], None] | None = None
    ) -> Evaluated:
        """Runs the reviewed queries, of `wanted` when given. `progress` is told how many are done, of how many."""
        reviewed = [query for query in self.queries() if query.reviewed]
        queries = [query for query in reviewed if wanted is None or query.id in wanted]
        if not queries:
            raise QuestionsError("Il n'y a pas de question de test à poser : ajoutez-en, ou acceptez celles proposées.")
        base = self._base()
        name = "questions de l'application"
        model = base.model_name or ""
        about = about_run(name, queries, base.status(), answerer="auto", answers=True, model=model)
        if self._rights.hidden:
            about["hidden"] = list(self._rights.hidden)
        with AppDatabase(self._kept) as database:
            earlier = evaluation_runs(database, 200, self._may_see)
            before = next((run for run in earlier if _is_comparable(run, about)), None)
            number, result = run_and_keep(database, base, queries, about, progress=progress)
            comparison = None
            if before is not None:
                comparison = compare(scores_of(database, str(before.id)), scores_of(database, str(number)))
        return Evaluated(number, result, comparison)

    def report(self, number: int, links: SourceLinks) -> str:
        """What a page of the application shows of a run, in HTML, with links to its sources. Raises QuestionsError when
        there is no such run."""
        with AppDatabase(self._kept) as database:
            kept = readable_run(database, number, self._rights)
            if kept is None:
                raise QuestionsError(f"{number} : il n'y a pas d'évaluation de ce numéro.")
            rows = rows_of(database, number)
        queries = {query.id: query for query in self.queries()}
        results = [
            QuestionResult(queries.get(name) or EvaluationQuestion(name, row["question"]), row, scores)
            for name, (row, scores) in rows.items()
        ]
        return to_part(EvaluationResult(tuple(results)), kept.about, kept.began, links)

    def _known(self) -> set[str]:
        return {document.id for document in self._base().documents()}


def _is_comparable(run: EvaluationRun, about: Mapping[str, Any]) -> bool:
    return run.seconds is not None and run.about["questions_hash"] == about["questions_hash"]
