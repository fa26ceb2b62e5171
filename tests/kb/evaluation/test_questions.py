import json
from pathlib import Path

import pytest

from kb.errors import QuestionsError
from kb.evaluation.questions import EvaluationQuestion, parse_questions, read_questions
from kb.types import Message


def errors(text: str) -> list[str]:
    with pytest.raises(QuestionsError) as caught:
        parse_questions(text, "q.jsonl")
    head, *lines = str(caught.value).splitlines()
    assert head.startswith("q.jsonl : ")
    return [line.strip() for line in lines]


def test_every_key_is_read() -> None:
    line = {
        "id": "p1",
        "question": " Et la deuxième ? ",
        "documents": ["a.md", "b.md", "a.md"],
        "expected_facts": ["48", ["16 avril 2021", "16/04/2021"]],
        "forbidden_facts": ["27"],
        "unanswerable": False,
        "history": [{"role": "user", "content": "La première ?"}, {"role": "assistant", "content": "27."}],
        "kind": "followup",
        "peer_rank": None,
        "note": {"anything": 1},
    }
    (question,) = parse_questions(json.dumps(line), "q.jsonl")
    assert question == EvaluationQuestion(
        id="p1",
        question="Et la deuxième ?",
        documents=("a.md", "b.md"),
        expected_facts=(("48",), ("16 avril 2021", "16/04/2021")),
        forbidden_facts=(("27",),),
        history=(Message("user", "La première ?"), Message("assistant", "27.")),
        kind="followup",
    )


def test_only_id_and_question_are_needed_and_null_is_absent() -> None:
    (question,) = parse_questions('{"id": "a", "question": "Qui ?", "history": null, "kind": null}', "q.jsonl")
    assert question == EvaluationQuestion("a", "Qui ?")


def test_byte_order_mark_blank_lines_windows_line_ends_and_odd_separators(tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    path.write_bytes('\ufeff{"id": "a", "question": "Qui\u2028 ?"}\r\n\r\n  \n{"id": "b", "question": "Où ?"}'.encode())
    assert [question.id for question in read_questions(path)] == ["a", "b"]


def test_all_errors_are_listed_with_their_line() -> None:
    text = "\n".join(
        [
            '{"id": "a", "question": "Qui ?"}',
            '{"id": "b", "question": "Qui ?"',
            "",
            '{"id": "a", "question": "Encore ?"}',
            '{"question": "  ", "documents": "a.md", "unanswerable": "oui"}',
            "[1]",
        ]
    )
    assert errors(text) == [
        "ligne 2 : JSON incorrect au caractère 32 (il manque une virgule ou une fermeture).",
        "ligne 4 : l'identifiant « a » est déjà celui de la ligne 1.",
        "ligne 5 : la clé « id » manque.",
        "ligne 5 : « question » : le texte est vide.",
        'ligne 5 : « documents » : il faut une liste de textes, pas "a.md".',
        'ligne 5 : « unanswerable » : il faut true ou false, pas "oui".',
        "ligne 6 : il faut un objet JSON, entre accolades.",
    ]


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ('"id": 7', "« id » : il faut un texte, pas 7"),
        ('"documents": [3]', "« documents » : il faut un texte, pas 3"),
        ('"expected_facts": "25 %"', '« expected_facts » : il faut une liste de faits, pas "25 %"'),
        ('"expected_quotes": ["Une phrase."]', "« expected_quotes » : il faut une liste de phrases, pas"),
        ('"expected_quotes": [[]]', "« expected_quotes » : une liste de phrases est vide"),
        ('"expected_quotes": [["… !"]]', "n'a pas de mot à retrouver"),
        ('"expected_facts": [[]]', "« expected_facts » : un fait est une liste vide"),
        ('"expected_facts": [["25 %", ""]]', "« expected_facts » : le texte est vide"),
        ('"expected_facts": ["…"]', '« expected_facts » : le fait "…" n\'a ni lettre ni chiffre'),
        ('"forbidden_facts": [1]', "« forbidden_facts » : il faut un texte, pas 1"),
        ('"history": [{"role": "system", "content": "x"}]', "« history » : « role » vaut « user » ou « assistant »"),
        ('"history": [{"role": "user"}]', "« history » : « content » : il faut un texte, pas null"),
        ('"history": ["Bonjour"]', "« history » : un message est un objet"),
        ('"kind": []', "« kind » : il faut un texte, pas []"),
    ],
)
def test_wrong_values_are_named(more: str, reason: str) -> None:
    (error,) = errors(f'{{"id": "a", "question": "Qui ?", {more}}}')
    assert reason in error


@pytest.mark.parametrize("content", [b"", b"\n \n", "\ufeff".encode()])
def test_a_file_without_questions_is_an_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "vide.jsonl"
    path.write_bytes(content)
    with pytest.raises(QuestionsError, match="ne contient aucune question"):
        read_questions(path)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(QuestionsError, match=r"absent\.jsonl : fichier introuvable"):
        read_questions(tmp_path / "absent.jsonl")
    latin = tmp_path / "latin.jsonl"
    latin.write_bytes(b'{"id": "a"}\n' + "été".encode("latin-1"))
    with pytest.raises(QuestionsError, match="ligne 2 : le texte n'est pas en UTF-8"):
        read_questions(latin)


def test_the_bundled_questions_are_valid() -> None:
    questions = read_questions(Path(__file__).parents[3] / "corpus" / "questions.jsonl")
    assert len({question.id for question in questions}) == len(questions) > 0
    assert all(question.unanswerable or (question.documents and question.expected_facts) for question in questions)
