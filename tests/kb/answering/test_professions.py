"""Questions to begin with by profession: of what the base holds, and only those that it answers."""

from __future__ import annotations

from collections.abc import Collection

from kb.answering.professions import by_profession
from kb.text.domain import Domain
from kb.types import Answer, Document
from scripted_base import answer_of

HELD = Document("d", "s", "Titre", "Un texte.", partners=("Foncière", "Ville"), programmes=("Rives",))


class Base:
    """Answers every question by repeating it, but for those that it refuses."""

    def __init__(self, refused: Collection[str] = ()) -> None:
        self.refused = refused
        self.asked: list[str] = []

    def ask(self, question: str, *, answerer: str = "auto") -> Answer:
        """Its own words."""
        self.asked.append(question)
        return answer_of(question, refused=question in self.refused)

    def documents(self, _ids: Collection[str] | None = None) -> list[Document]:
        """One."""
        return [HELD]


def test_each_profession_asks_of_what_the_base_holds() -> None:
    assert by_profession(Base(), ["OQF"], n=2) == [
        ("Finances", ["Rives : quel budget ?", "Foncière : quel montant ?"]),
        ("Conduite de projet", ["Rives : quelles dates ?", "Foncière : quel rôle ?"]),
        ("Communication", ["Que veut dire OQF ?", "Rives : quels objectifs ?"]),
    ]


def test_what_the_base_refuses_is_not_shown_and_few_are_tried() -> None:
    base = Base({"Que veut dire OQF ?", "Rives : quels objectifs ?", "Rives : quel budget ?"})
    assert by_profession(base, ["OQF"])[0] == ("Finances", ["Foncière : quel montant ?", "Ville : quel montant ?"])
    assert [name for name, _ in by_profession(base, ["OQF"])] == ["Finances", "Conduite de projet"]
    many = Base([f"Question {number} ?" for number in range(99)])
    domain = Domain(professions=(("Droit", tuple(many.refused)),))
    assert by_profession(many, [], domain) == []
    assert len(many.asked) == 5


def test_a_domain_says_its_own() -> None:
    domain = Domain(professions=(("Droit", ("Quelle règle ?", "{nom} : quelle convention ?")),))
    assert by_profession(Base(), ["OQF"], domain) == [
        ("Droit", ["Quelle règle ?", "Rives : quelle convention ?", "Foncière : quelle convention ?"])
    ]
