"""The pages that the server writes: the reader, exploring, saved conversations, help."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape

import pytest

from kb.records.conversations import KeptTurn, PassingConversations, SavedConversations
from kb.records.database import AppDatabase
from kb.records.erasure import ERASED
from kb.records.kept_answers import keep_answer, kept_answer
from kb.settings import Settings
from kb.types import CitedSource, Document
from kb.web.chat.sources import reader_address
from kb.web.pages.places import find_place
from kb.web.pages.reader import PART
from serving import Application
from small_base import SmallBase
from small_pages import DOCUMENTS, FINANCING, HOSTILE

QUOTE = "Action Logement apporte 72 % des aides du programme, soit 8,4 milliards d'euros."


def marks(html: str) -> list[str]:
    """The marked words of a page."""
    return [unescape(marked) for marked in re.findall(r"<mark>(.*?)</mark>", html)]


def test_the_reader_shows_the_whole_document_at_its_sentence(application: Application) -> None:
    sourced = replace(
        FINANCING,
        partners=("Action Logement",),
        cited_sources=(CitedSource("Rapport <b>", "Sénat", "https://www.example.org/r", "2024-09"),),
    )
    client = application(SmallBase([sourced]))
    start = FINANCING.text.index(QUOTE)
    page = client.get(reader_address(FINANCING.id, start, start + len(QUOTE), QUOTE))
    assert page.status_code == 200
    assert marks(page.text) == [QUOTE]
    assert "<title>Qui finance le programme — Repères</title>" in page.text
    for told in ("4 décembre 2025", "Financement", "lu par Repères le 4 décembre 2025", "<th scope=", "Union sociale"):
        assert told in page.text, told
    assert 'href="https://www.example.org/financement" target="_blank" rel="noopener noreferrer nofollow"' in page.text
    assert "Rapport &lt;b&gt;" in page.text
    assert 'href="/explorer/partenaire?nom=Action%20Logement"' in page.text
    part = client.get(f"{reader_address(FINANCING.id)}&partie=1").text
    assert "<html" not in part
    assert marks(part) == []


def test_a_document_that_changed_says_so(application: Application) -> None:
    client = application()
    moved = client.get(reader_address(FINANCING.id, 3, 3 + len(QUOTE), QUOTE))
    assert marks(moved.text) == [QUOTE]
    assert "à un autre endroit" in moved.text
    lost = client.get(reader_address(FINANCING.id, 3, 50, "Une phrase qui n'y est plus."))
    assert marks(lost.text) == []
    assert "mot à mot" in lost.text
    gone = client.get(reader_address("disparu.md", 0, 10, "Dix lettres"))
    assert gone.status_code == 404
    assert "n'est plus dans la base" in unescape(gone.text)


@pytest.mark.parametrize(("start", "end"), [(-5, 3), (5, 2), (0, 10**9), (10**9, 10**9 + 1)])
def test_places_outside_a_document_are_nowhere(start: int, end: int) -> None:
    place = find_place("Un texte.", start, end, "")
    assert (place.start, place.end, place.lost) == (0, 0, False)


def test_a_long_document_is_read_part_by_part(application: Application) -> None:
    text = "\n\n".join(f"Paragraphe numéro {number}. " + "Des mots. " * 40 for number in range(900))
    words = "Paragraphe numéro 600."
    long = Document("long.md", "d", "Long", text)
    client = application(SmallBase([long]))
    start = text.index(words)
    html = client.get(reader_address("long.md", start, start + len(words), words)).text
    assert marks(html) == [words]
    assert len(html) < 3 * PART
    seen: list[int] = []
    address = "/lire?document=long.md"
    while address:
        html = client.get(address).text
        seen += [int(number) for number in re.findall(r"Paragraphe numéro (\d+)", html)]
        found = re.search(r'href="([^"]*)">Lire la suite', html)
        address = unescape(found[1]) if found else ""
    assert seen == list(range(900))


def test_pages_of_a_pdf_are_numbered(application: Application) -> None:
    text = "Première page.\n\nSuite de la première.\n\nSeconde page."
    paged = Document("a.pdf", "d", "PDF", text, page_starts=(0, text.index("Seconde")))
    html = application(SmallBase([paged])).get("/lire?document=a.pdf").text
    leaves = re.findall(r'<p class="leaf" id="feuille-\d">(.*?)</p>', html)
    assert leaves == ["page 1", "page 2"]
    assert html.index("Suite de la première") < html.index("page 2") < html.index("Seconde page")


def test_hostile_documents_are_text_on_every_page(application: Application) -> None:
    hostile = replace(HOSTILE, partners=("<img src=x onerror=alert(1)>",), programmes=('"><script>x()</script>',))
    client = application(SmallBase([hostile, *DOCUMENTS[:2]]))
    for path in (
        "/lire?document=piege.html",
        "/explorer",
        "/explorer?q=%3Cscript%3Ealert(1)%3C/script%3E%20dossier%20piégé",
        "/explorer?type=%3Cscript%3E",
        "/explorer/partenaire?nom=%3Cimg%20src=x%20onerror=alert(1)%3E",
        "/explorer/programme?nom=%22%3E%3Cscript%3Ex()%3C/script%3E",
        "/documents?q=%22%3E%3Cscript%3E",
        "/documents/fiche?document=piege.html",
        "/documents/fiche?document=%3Cscript%3E",
        "/lire?document=%3Cscript%3E",
    ):
        answer = client.get(path)
        assert answer.status_code in {200, 404, 422}, path
        scripts = re.findall(r"<script[^>]*>", answer.text)
        assert all(re.fullmatch(r'<script src="/page/[\w/]+\.js\?v=\w+" defer>', script) for script in scripts), path
        assert "<img" not in answer.text
        assert "javascript:" not in re.sub(r"&[^;]*;", "", "".join(re.findall(r'href="([^"]*)"', answer.text))), path
        assert "script-src 'self'" in answer.headers["content-security-policy"]


def test_exploring_filters_counts_and_draws(application: Application) -> None:
    client = application(
        SmallBase([replace(FINANCING, partners=("Action Logement",), programmes=("NPNRU",)), *DOCUMENTS[1:]])
    )
    page = client.get("/explorer").text
    assert "3 documents" in page
    assert page.index("Qui finance le programme") < page.index("Les quartiers")  # newest first
    assert "sans date" in page
    assert '<a href="/explorer/partenaire?nom=Action%20Logement">Action Logement</a>' in page
    only = client.get("/explorer?type=article").text
    assert "<strong>1 document</strong>" in only
    assert 'value="article" checked' in only
    assert 'href="/?type=article"' in only
    years = client.get("/explorer?de=2024&a=2024").text
    assert "<strong>1 document</strong>" in years
    assert "vient après" in unescape(client.get("/explorer?de=2025&a=2024").text)
    assert "Aucun document n'a pour type" in unescape(client.get("/explorer?type=inconnu").text)
    assert client.get("/explorer?de=20x5").status_code == 422
    found = client.get("/explorer?q=aides programme Action Logement").text
    assert "Qui finance le programme" in found
    assert 'class="timeline"' in client.get("/explorer?vue=frise").text


def test_a_partner_has_its_documents_and_dated_figures(application: Application) -> None:
    client = application(SmallBase([replace(FINANCING, partners=("Action Logement",), programmes=("NPNRU",))]))
    page = unescape(client.get("/explorer/partenaire?nom=action logement").text)
    assert QUOTE in page
    assert '<td class="when"></td>' in page  # the sentence gives no date: not the document's
    assert "document du 4 décembre 2025" in page
    assert "NPNRU" in page
    assert client.get("/explorer/partenaire?nom=Personne").status_code == 404


def test_an_empty_base_has_pages_too(application: Application) -> None:
    client = application(SmallBase([]))
    for path in ("/explorer", "/documents", "/conversations", "/aide", "/accessibilite"):
        assert client.get(path).status_code == 200, path


def conversation() -> list[KeptTurn]:
    """Two answers of the small base, and a refusal."""
    base = SmallBase(DOCUMENTS)
    questions = ("Qui apporte les aides du programme ?", "Combien de quartiers prioritaires ?", "Recette de tarte ?")
    return [
        KeptTurn(number, f"2026-11-2{number}T10:00:00+00:00", 1, keep_answer(base.ask(question)))
        for number, question in enumerate(questions, start=1)
    ]


def test_an_answer_comes_back_as_it_was() -> None:
    answer = SmallBase(DOCUMENTS).ask("Qui apporte les aides du programme ?")
    again = kept_answer(keep_answer(answer))
    assert (again.question, again.text, again.refused) == (answer.question, answer.text, answer.refused)
    assert [(citation.quote, citation.passage, citation.start) for citation in again.citations] == [
        (citation.quote, citation.passage, citation.start) for citation in answer.citations
    ]
    assert again.citations[0].document == replace(answer.citations[0].document, text="")
    refusal = SmallBase(DOCUMENTS).ask("Recette de tarte ?")
    assert [hit.document.id for hit in kept_answer(keep_answer(refusal)).hits] == [
        hit.document.id for hit in refusal.hits
    ]


def test_conversations_are_ones_own_and_can_be_erased(settings: Settings) -> None:
    kept = SavedConversations(settings.app_database, 36_500)
    first, second, third = conversation()
    for turn in (first, second):
        kept.put("anne", "a", turn)
    kept.put("bob", "b", third)
    kept.put("bob", "a", third)  # somebody else's name for it
    found = kept.get("anne", "a")
    assert found is not None
    assert [turn.answer["question"] for turn in found.turns] == [first.answer["question"], second.answer["question"]]
    assert kept.get("bob", "a") is None
    assert [conversation.id for conversation in kept.list("anne")] == ["a"]
    kept.put("anne", "a", replace(third, number=1))  # the first question asked anew: what came after it goes
    found = kept.get("anne", "a")
    assert found is not None
    assert [turn.answer["question"] for turn in found.turns] == ["Recette de tarte ?"]
    assert kept.erase("bob", "a") == 0
    assert kept.erase("anne") == 1
    assert (kept.list("anne"), [conversation.id for conversation in kept.list("bob")]) == ([], ["b"])


def test_conversations_end_with_the_retention(settings: Settings) -> None:
    kept = SavedConversations(settings.app_database, 36_500)
    kept.put("", "vieille", replace(conversation()[0], at="2020-01-01T00:00:00+00:00"))
    kept.put("", "neuve", replace(conversation()[0], at="2126-01-01T00:00:00+00:00"))
    assert SavedConversations(settings.app_database, 30).purge() == 1
    assert [conversation.id for conversation in kept.list("")] == ["neuve"]
    passing = PassingConversations()
    passing.put("", "x", conversation()[0])
    assert passing.get("", "x") is not None
    assert passing.get("autre", "x") is None
    assert passing.erase("") == 1


def test_a_document_that_is_erased_leaves_the_conversations(settings: Settings) -> None:
    kept = SavedConversations(settings.app_database, 36_500)
    for turn in conversation():
        kept.put("", "a", turn)
    kept.close()
    with AppDatabase(settings.app_database) as database:
        assert database.erase_documents(["financement.md"]) == 3  # cited by one answer, found for the others
    found = kept.get("", "a")
    assert found is not None
    assert "financement.md" not in str(found)
    assert "72 %" not in str(found)
    assert kept_answer(found.turns[0].answer).text == ERASED
    assert "448 quartiers" in kept_answer(found.turns[1].answer).text
    kept.close()


def test_conversations_have_their_page(application: Application, settings: Settings) -> None:
    client = application()
    for turn in conversation():
        SavedConversations(settings.app_database, 365).put("", "abc", turn)
    page = client.get("/conversations").text
    assert 'href="/c/abc"' in page
    answer = client.get("/conversations/abc.md")
    assert answer.headers["content-disposition"] == ('attachment; filename="qui-apporte-les-aides-du-programme.md"')
    assert client.get("/conversations/abc.docx").content[:2] == b"PK"
    assert client.get("/conversations/xyz.md").status_code == 404
    assert client.get("/conversations/abc.exe").status_code == 404
    for path in ("/conversations/abc/effacer", "/conversations/effacer"):
        erased = client.post(path).headers["location"]
        shown = client.get(erased).text
        assert 'href="/c/abc"' not in shown
        name = erased.partition("=")[2]
        assert f'action="/conversations/annuler/{name}"' in shown
        assert client.post(f"/conversations/annuler/{name}").status_code == 303
        assert 'href="/c/abc"' in client.get("/conversations").text
        assert "Trop tard" in client.post(f"/conversations/annuler/{name}").text


def test_a_retention_of_none_keeps_nothing(application: Application, settings: Settings) -> None:
    SavedConversations(settings.app_database, 365).put("", "abc", conversation()[0])
    client = application(retention_days=0)
    assert "ne sont pas gardées" in client.get("/conversations").text
