"""Test queries proposed from documents."""

from __future__ import annotations

from pathlib import Path

import click.testing
import pytest

import app
from chat_server import chat_server
from ingest.pipeline import ingest
from kb.evaluation.imported.reading import read_any
from kb.evaluation.questions import read_questions
from kb.evaluation.suggestions.from_facts import suggest
from kb.evaluation.suggestions.written import suggest_written
from kb.evaluation.tables import write_any
from kb.models import sentence_encoder
from kb.models.chat.opening import open_chat_model
from kb.settings import Settings
from kb.types import Document
from tiny_encoder import TinyEncoder

TEXT = """L'Union sociale pour l'habitat (USH) représente les bailleurs sociaux du pays.

Action Logement finance 72 % des allocations du programme depuis cette date.

Le programme concerne 448 quartiers prioritaires de la politique de la ville. Il dispose de 12 milliards d'euros.

La convention tripartite a été signée le 2 octobre 2018 par les partenaires.

Les préfets examinent les 453 projets du programme avant la fin de cette année."""


def document(name: str = "a.md", text: str = TEXT) -> Document:
    return Document(id=name, source="s", title="Titre", text=text)


def test_sentences_become_questions_about_their_one_figure() -> None:
    found = {query.question: query.expected_facts for query in suggest([document()], 20)}
    assert found == {
        "Que veut dire USH ?": (("Union sociale pour l'habitat",),),
        "Action Logement finance quel pourcentage des allocations du programme depuis cette date ?": (("72 %",),),
        "Le programme concerne combien de quartiers prioritaires de la politique de la ville ?": (("448 quartiers",),),
        "La convention tripartite a été signée par les partenaires quand ?": (("2 octobre 2018",),),
    }


def test_they_wait_for_a_person_and_name_their_document() -> None:
    (first, *_) = suggest([document()], 20)
    assert not first.reviewed
    assert first.documents == ("a.md",)
    assert first.id.startswith("proposition-a-md-")


def test_documents_take_turns_and_nothing_is_asked_twice() -> None:
    found = suggest([document("a.md"), document("b.md"), document("vide.md", "Rien à dire.")], 4)
    assert [query.documents[0] for query in found] == ["a.md", "b.md", "a.md", "b.md"]
    assert len({query.question for query in found}) == 4
    assert suggest([], 5) == []


@pytest.mark.parametrize("suffix", [".jsonl", ".csv", ".xlsx"])
def test_the_mark_is_kept_in_every_form(tmp_path: Path, suffix: str) -> None:
    found = suggest([document()], 2)
    write_any(found, tmp_path / f"q{suffix}")
    assert read_any(tmp_path / f"q{suffix}") == found


def test_what_is_not_reviewed_counts_in_no_evaluation(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sentence_encoder, "load_encoder", lambda _: TinyEncoder())
    monkeypatch.setenv("REPERES_STORE", str(settings.store))
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.md").write_text(f"# Titre\n\n{TEXT}", encoding="utf-8")
    ingest([tmp_path / "docs"], settings, TinyEncoder())

    def run(*arguments: str, code: int = 0) -> str:
        result = click.testing.CliRunner().invoke(app.reperes, arguments)
        assert result.exit_code == code, result.output
        return result.output

    path = tmp_path / "q.jsonl"
    assert "3 questions proposées" in run("eval", "--suggest", "3", "--to", str(path))
    assert "aucune question n'est relue" in run("eval", str(path), "--no-answers", code=2)
    _, *others = read_questions(path)
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([lines[0].replace(', "reviewed": false', ""), *lines[1:]]), encoding="utf-8")
    told = run("eval", str(path), "--no-answers")
    assert f"{len(others)} questions proposées, pas encore relues" in told
    assert "1 question évaluée" in told
    assert "rien.md" in run("eval", "--suggest", "3", "--document", "rien.md", code=2)


FIGURE = "Le programme concerne combien de quartiers prioritaires de la politique de la ville ?"


def worded(said: str) -> list[str]:
    """The questions that are proposed when the model says this of every sentence."""
    with chat_server(lambda handler, _: handler.say(said)) as server:
        settings = Settings(llm_url=server.address, llm_model="m")
        model = open_chat_model(settings)
        assert model is not None
        found = suggest_written(model, [document()], 20)
        model.close()
    assert all(not query.reviewed for query in found)
    assert {query.expected_facts for query in found} == {query.expected_facts for query in suggest([document()], 20)}
    return [query.question for query in found]


def test_a_model_words_the_questions_whose_facts_are_chosen_by_rule() -> None:
    found = worded("« Combien de quartiers prioritaires le programme concerne-t-il ? »")
    assert "Combien de quartiers prioritaires le programme concerne-t-il ?" in found
    assert FIGURE not in found
    assert "Que veut dire USH ?" in found


@pytest.mark.parametrize(
    "said",
    [
        "Combien ? Et où ?",
        "Le programme concerne les quartiers.",
        "Le programme concerne-t-il 448 quartiers prioritaires ?",
        "Le programme de 2031 concerne combien de quartiers prioritaires ?",
        "Quelle est la recette de la tarte aux fraises de saison ?",
        "?",
        "Combien de quartiers prioritaires " + "très " * 60 + "concernés ?",
    ],
)
def test_a_wording_that_is_not_sound_is_left_out(said: str) -> None:
    assert FIGURE in worded(said)


def test_a_model_that_fails_leaves_the_rule_s_wording() -> None:
    with chat_server(lambda handler, _: handler.status(400)) as server:
        model = open_chat_model(Settings(llm_url=server.address, llm_model="m"))
        assert model is not None
        assert FIGURE in [query.question for query in suggest_written(model, [document()], 20)]
        model.close()
