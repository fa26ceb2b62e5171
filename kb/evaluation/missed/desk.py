"""What editors do with what readers miss: everything but the page itself."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from kb.errors import QuestionsError
from kb.evaluation.from_feedback import to_query
from kb.evaluation.kept.queries import MaySee, put_queries, read_queries
from kb.evaluation.missed.grouping import grouped
from kb.evaluation.missed.reference import Vectors
from kb.evaluation.missed.weeks import Week, weeks
from kb.evaluation.questions import EvaluationQuestion, parse_questions, question_to_json
from kb.records.asked.questions import AskedQuestion, AskedQuestions
from kb.records.database import AppDatabase
from kb.records.feedback import REASONS, Feedback, SavedFeedback, Status
from kb.records.kept_answers import rights_of
from kb.records.places import Kept
from kb.records.spreadsheet import guarded
from kb.rights.rights import Rights

MOST = 400
"""Questions, and feedback, that are grouped at once, the last ones: encoding them takes seconds, and
a form that names them all has to hold fewer than a thousand fields."""
KIND = "manque"
"""The kind of the test queries that are made here."""
STATES: dict[Status, str] = {"new": "à traiter", "missing": "document manquant"}
_REASONS = {
    "no_evidence": "refus",
    "off_topic": "refus : hors sujet",
    "unsaid": "refus : les documents en parlent sans le dire",
    "insufficient": "refus : pas assez d'éléments",
}

Kind = Literal["question", "feedback"]


@dataclass(frozen=True, slots=True)
class Missed:
    """A question without a source, or an answer that was said to be of no use; `number` is its own among those of its
    kind, `why` French.
    """

    kind: Kind
    number: int
    at: str
    question: str
    why: str


@dataclass(frozen=True, slots=True)
class Group:
    """Questions that are alike; the first one stands for all."""

    members: tuple[Missed, ...]

    @property
    def question(self) -> str:
        """The one that the others are nearest to."""
        return self.members[0].question

    @property
    def last(self) -> str:
        """When one of them was asked last, an ISO date and time in UTC."""
        return max(missed.at for missed in self.members)

    @property
    def whys(self) -> dict[str, int]:
        """How many were missed for each reason, the most frequent first."""
        return dict(Counter(missed.why for missed in self.members).most_common())

    @property
    def others(self) -> list[str]:
        """The other ways in which it was asked, each once."""
        return [text for text in dict.fromkeys(missed.question for missed in self.members) if text != self.question]

    def numbers(self, kind: Kind) -> list[int]:
        """The numbers of the members of a kind."""
        return [missed.number for missed in self.members if missed.kind == kind]


class MissedDesk:
    """Over the questions and the feedback in `app.db`, those that an editor with `rights` may see; test queries are
    `kept` there too. Serves many threads; every method may raise ReperesError.
    """

    def __init__(
        self,
        vectors: Vectors,
        kept: Kept,
        asked: AskedQuestions,
        said: SavedFeedback,
        rights: Rights,
        seen: Callable[[], MaySee],
    ) -> None:
        """`seen` gives which test queries they may see by now."""
        self._rights = rights
        self._seen = seen
        self._vectors = vectors
        self._kept = kept
        self._asked = asked
        self._said = said

    def groups(self, status: Status = "new") -> list[Group]:
        """What is missed, those that are alike together: the largest group first, then the latest."""
        said = [said for said in self._said.read(status, self._rights) if said.verdict == "bad"][:MOST]
        found = [_of_question(question) for question in self._asked.missed(status, MOST, self._rights)]
        found += [_of_feedback(feedback) for feedback in said]
        found.sort(key=lambda missed: (missed.at, missed.kind, missed.number))
        places = grouped([missed.question for missed in found], self._vectors)
        groups = [Group(tuple(found[place] for place in group)) for group in places]
        return sorted(groups, key=lambda group: (len(group.members), group.last), reverse=True)

    def set_status(self, questions: Collection[int], feedback: Collection[int], status: Status) -> None:
        """Notes what became of a group."""
        self._asked.set_status(questions, status, self._rights)
        self._said.set_status(feedback, status, self._rights)

    def make_query(self, questions: Collection[int], feedback: Collection[int], text: str) -> str:
        """Makes a test query of a group, to be reviewed, in the words `text`; its id. Raises QuestionsError when the
        group is gone. It is for those who may be shown what it is made of: the one that it stands for, and `text`,
        where that is not the words of one of the group, the editor's own.
        """
        query, members = self._query(questions, feedback)
        words = " ".join(text.split()) or query.question
        query = replace(query, question=words, reviewed=False)
        (checked,) = parse_questions(json.dumps(question_to_json(query), ensure_ascii=False), "La question")
        asked = next((rights for said, rights in members if said == words), self._rights)
        rights, seen = Rights.of_all([members[0][1], asked]), self._seen()
        with AppDatabase(self._kept) as database:
            # One that somebody has completed since is not begun anew.
            if checked.id not in {known.id for known in read_queries(database, seen)}:
                put_queries(database, [checked], rights, seen)
        self.set_status(questions, feedback, "kept")
        return checked.id

    def weeks(self) -> list[Week]:
        """The weeks within the retention, latest first, of questions that were asked with no more rights than theirs:
        a number of others' would tell what is asked of sources that they may not read."""
        return weeks(self._asked.since(rights=self._rights), self._said.read(rights=self._rights))

    @property
    def is_part(self) -> bool:
        """Whether they may not see all that is asked."""
        return bool(self._rights.hidden)

    def to_csv(self) -> bytes:
        """A CSV file of the groups, that spreadsheets in French open as it is."""
        text = io.StringIO()
        writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
        writer.writerow(("question", "fois", "dernière fois", "raisons", "autres formulations", "état"))
        for status, state in STATES.items():
            for group in self.groups(status):
                whys = ", ".join(f"{why} ({number})" for why, number in group.whys.items())
                cells = (group.question, str(len(group.members)), group.last, whys, "\n".join(group.others), state)
                writer.writerow(map(guarded, cells))
        return text.getvalue().encode("utf-8-sig")

    def _query(
        self, questions: Collection[int], feedback: Collection[int]
    ) -> tuple[EvaluationQuestion, list[tuple[str, Rights]]]:
        """The test query of a group, and of each of its members the words and the rights of who asked, first of the one
        that the query is made of."""
        said = [known for known in self._said.read(rights=self._rights) if known.id in feedback]
        mine = self._asked.since(rights=self._rights)
        asked = [known for known in mine if known.id in questions and known.question]
        members = [(" ".join(known.question.split()), rights_of(known.answer)) for known in said]
        members += [(" ".join((known.understood or known.question).split()), known.rights) for known in asked]
        if said:
            return to_query(said[0]), members  # what the reader said fills some of it in
        if asked:
            return EvaluationQuestion(id=f"{KIND}-{asked[0].id}", question=members[0][0], kind=KIND), members
        raise QuestionsError("Ces questions ne sont plus gardées : rechargez la page.")


def _of_question(asked: AskedQuestion) -> Missed:
    why = "sans source" if asked.outcome == "unsourced" else _REASONS.get(asked.reason or "", "refus")
    return Missed("question", asked.id, asked.at, asked.understood or asked.question, why)


def _of_feedback(said: Feedback) -> Missed:
    return Missed("feedback", said.id, said.at, said.question, f"avis : {REASONS.get(said.reason or '', 'pas utile')}")


def numbers(values: Sequence[str]) -> list[int]:
    """The numbers among values that a form sent; what is none is left out."""
    return [int(value) for value in values if value.isascii() and value.isdigit() and len(value) < 19]
