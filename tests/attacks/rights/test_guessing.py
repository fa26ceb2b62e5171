"""Somebody who may read little and guesses: ids, offsets, numbers, conversations, and what they had before."""

from __future__ import annotations

import httpx
import pytest

from kb.errors import QuestionsError
from kb.evaluation.missed.desk import MissedDesk
from kb.evaluation.questions import EvaluationQuestion
from kb.records.asked.questions import AskedQuestions
from kb.records.feedback import feedback_of
from kb.records.places import place_of
from kb.records.shared.accounts import accounts_of
from makers import MAKERS
from questions import refused
from restricted import MARKS, QUESTION, id_of
from restricted_app import Restricted, rights_of
from told import text_in, told_by

pytestmark = pytest.mark.parametrize("restricted", MAKERS, indirect=True)


@pytest.fixture
def nora(restricted: Restricted) -> httpx.Client:
    return restricted.clients["nora"]


def test_no_offset_tells_where_a_hidden_document_ends(nora: httpx.Client) -> None:
    known, nothing = id_of("rh"), "nota-rh.md"
    for place in ("debut=0&fin=5", "debut=-1&fin=99999", "depuis=10", "depuis=999999", "feuille=1", "feuille=99"):
        one, other = (told_by(nora.get(f"/lire?document={name}&{place}")) for name in (known, nothing))
        assert one.without([known]) == other.without([nothing])
        assert one.status == 404


@pytest.mark.parametrize(
    "spelled",
    [
        "note-rh.md%0a",
        "./note-rh.md",
        "NOTE-RH.MD",
        "note-rh.md%20",
        "%6eote-rh.md",
        "../rh/note-rh.md",
    ],
)
def test_no_spelling_of_an_id_opens_it(nora: httpx.Client, spelled: str) -> None:
    for route in ("/lire", "/lire/original", "/documents/fiche"):
        assert nora.get(f"{route}?document={spelled}").status_code in (400, 404, 422)


def test_a_character_that_no_text_holds_opens_nothing(nora: httpx.Client) -> None:
    for route in ("/lire", "/lire/original", "/documents/fiche"):
        names = [id_of("rh"), "nota-rh.md"]
        answers = [nora.get(f"{route}?document={name}%00") for name in names]
        known, nothing = (told_by(answer).without(names) for answer in answers)
        assert known == nothing
        assert known.status in (400, 404, 422)
        assert known.sources <= {"ouvert"}


def test_a_filter_offers_no_value_of_what_is_hidden(nora: httpx.Client) -> None:
    for field in ("kind", "rubric", "programme", "partner"):
        answer = nora.post("/api/search", json={"question": QUESTION, "filters": {field: ["x"]}})
        assert answer.status_code == 422
        assert told_by(answer).sources == {"ouvert"}


def test_others_conversations_are_not_there(restricted: Restricted, nora: httpx.Client) -> None:
    for name in ("conversation-rh", "conversation-zz"):
        for path in (
            f"/conversations/{name}.md",
            f"/conversations/{name}.docx",
            f"/conversations/{name}/valeurs/1.csv",
        ):
            assert nora.get(path).status_code == 404
        assert nora.post("/nouveautes/suivre", data={"conversation": name}).status_code == 422
    # Their person has what they were shown, and opens its source.
    anne = restricted.clients["anne"]
    assert MARKS["rh"] in anne.get("/conversations/conversation-rh.md").text


def test_what_editors_may_not_see_they_cannot_change(restricted: Restricted) -> None:
    asked = AskedQuestions(place_of(restricted.settings), 365)
    before = {question.id: question.status for question in asked.since()}
    said = restricted.desk.feedback()
    assert 3 in {feedback.id for feedback in said}
    desk = restricted.desk.seen_by(rights_of("nora", restricted.settings))
    missed: MissedDesk = desk.missed(asked)
    of_others = [question.id for question in asked.since() if question.rights != rights_of("nora", restricted.settings)]
    missed.set_status(of_others, [2, 3], "dismissed")
    with pytest.raises(QuestionsError):
        missed.make_query(of_others, [2, 3], "Volée")
    assert {question.id: question.status for question in asked.since()} == before
    assert restricted.desk.feedback() == said
    with pytest.raises(QuestionsError, match="n'existe plus"):
        desk.query_of(3)
    desk.dismiss(3)
    assert restricted.desk.feedback() == said
    assert not desk.drop("question-rh")
    with pytest.raises(QuestionsError) as hidden:
        desk.put(EvaluationQuestion("q", "Quoi ?", documents=(id_of("rh"),)))
    with pytest.raises(QuestionsError) as unknown:
        desk.put(EvaluationQuestion("q", "Quoi ?", documents=("nota-rh.md",)))
    assert str(hidden.value).replace(id_of("rh"), "¤") == str(unknown.value).replace("nota-rh.md", "¤")
    asked.close()


def test_no_figure_counts_what_others_ask_of_more(restricted: Restricted) -> None:
    """Questions, refusals and times of those who may read more are in the figures of those who may read as much."""
    paths = ("/evaluation/semaines.csv", "/evaluation/manques", "/evaluation/manques.csv")
    clients = restricted.clients
    before = {
        person: [text_in(clients[person].get(path).content) for path in paths]
        for person in ("nora", "anne", "bob", "carl")
    }
    assert clients["token of personnel"].post("/api/ask", json={"question": "Qui garde les clés ?"}).status_code == 200
    feedback = feedback_of(restricted.settings)
    assert feedback is not None
    hidden = list(rights_of("anne", restricted.settings).hidden)
    feedback.add("bad", "wrong", "", {**refused("Qui garde le chat ?"), "hidden": hidden}, 1)
    after = {person: [text_in(clients[person].get(path).content) for path in paths] for person in before}
    for person in ("nora", "bob"):
        assert after[person] == before[person]
    for person in ("anne", "carl"):
        assert after[person][0] != before[person][0]
        assert "Qui garde le chat ?" in after[person][1]


def test_a_merge_changes_what_its_editor_may_read(restricted: Restricted, nora: httpx.Client) -> None:
    for person, hidden in (("nora", ("ach*", "ajouts", "rh")), ("anne", ("ach*",)), ("carl", ())):
        client = restricted.clients[person]
        sent = {"champ": "partners", "valeur": f"Fondation {MARKS['rh']}", "en": "Fondation"}
        assert client.post("/documents/valeurs", data=sent).status_code == 303
        assert restricted.ingestor.asked[-1] == ("merge", "partners", (sent["valeur"],), "Fondation", *hidden)
    assert "Fondation" in nora.get("/documents/valeurs").text


def test_groups_taken_away_hold_at_once_and_what_was_shown_stays(restricted: Restricted) -> None:
    accounts, anne = accounts_of(restricted.settings), restricted.clients["anne"]
    address = f"/lire?document={id_of('rh')}"
    assert anne.get(address).status_code == 200
    assert accounts.set_groups("anne", ())
    try:
        assert anne.get(address).status_code == 404
        assert MARKS["rh"] in anne.get("/conversations/conversation-rh.md").text
        assert anne.get("/partage/conversation-rh").status_code == 404
    finally:
        accounts.set_groups("anne", ("personnel",))
        accounts.close()
    assert anne.get(address).status_code == 200
    with anne.stream("POST", "/api/ask", json={"question": QUESTION, "stream": True}) as answer:
        assert answer.status_code == 200


def test_a_name_of_groups_in_a_header_is_nothing(restricted: Restricted, nora: httpx.Client) -> None:
    for header in ("x-forwarded-groups", "x-groups", "groups", "x-forwarded-user"):
        assert nora.get(f"/lire?document={id_of('rh')}", headers={header: "personnel"}).status_code == 404


def test_a_progress_tells_no_title(restricted: Restricted) -> None:
    for person in ("nora", "anne", "bob"):
        page = restricted.clients[person].get("/documents/etat").text
        assert "illisible" not in page
        assert "Retrait" not in page
        assert "aperçu" not in page.lower()
        assert "/documents/essai" not in restricted.clients[person].get("/documents").text
    assert "Aperçu : " in restricted.clients["carl"].get("/documents/etat").text


def test_what_an_update_would_change_is_told_to_those_who_may_read_all(restricted: Restricted) -> None:
    for person, status in (("nora", 403), ("anne", 403), ("bob", 403), ("carl", 303)):
        client = restricted.clients[person]
        tried = [
            client.post("/documents/essai"),
            client.post("/documents/essai/laisser"),
            client.post("/documents/mettre-a-jour", data={"marque": "a" * 64}),
        ]
        assert {answer.status_code for answer in tried} == {status}


def test_what_waits_to_be_added_is_for_those_who_may_read_it(restricted: Restricted, nora: httpx.Client) -> None:
    """The added files are restricted as `rh` is: who may not read them neither adds any nor sees those that wait."""
    anne = restricted.clients["anne"]
    sent = anne.post("/documents/fichiers", files=[("fichiers", ("secret.md", b"# Secret"))])
    assert sent.headers["location"].endswith("#attente")
    listed = anne.get("/documents").text
    assert "secret.md" in listed
    key = listed.split("/documents/attente/")[1][:16]
    assert "secret" not in nora.get("/documents").text
    for name in (key, "0123456789abcdef"):
        told = [
            told_by(nora.get(f"/documents/attente/{name}")),
            told_by(nora.get(f"/documents/attente/{name}?partie=1")),
            told_by(nora.post(f"/documents/attente/{name}/ajouter", data={})),
            told_by(nora.post(f"/documents/attente/{name}/ecarter")),
        ]
        assert {answer.status for answer in told} == {403}
        assert not any(b"secret" in answer.body for answer in told)
    assert nora.post("/documents/fichiers", files=[("fichiers", ("a.md", b"A"))]).status_code == 403
    assert nora.post("/documents/adresse", data={"adresse": "https://example.org"}).status_code == 403
    assert nora.get("/documents/attente").status_code == 403
    assert nora.post("/documents/lot", data={"choisi": key, "quoi": "ecarter", "sur": "oui"}).status_code == 403
    assert nora.post("/documents/ajouts/effacer").status_code == 403
    assert "secret.md" in anne.get("/documents").text
    anne.post(f"/documents/attente/{key}/ecarter")
