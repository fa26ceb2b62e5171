"""What is seen while a model that reads whole passages writes, and of what it wrote: in headless Chromium."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import docx
import pypdfium2
import pytest
from playwright.sync_api import Page, expect

from browsing import LOOKS, OUTPUT, SEEN, WATCH, ask, picture, serious
from kb.answering.refusal import REFUSAL
from kb.records.conversations import SavedConversations
from kb.settings import Settings
from kb.types import Answer, Document
from paced_base import WritingBase, growing
from small_base import citation_of
from small_pages import FINANCING, QUARTERS, ServePage

OpenPage = Callable[..., Page]
QUESTION = "Qui apporte les aides du programme, et combien ?"
SHARE = citation_of(FINANCING, "Action Logement apporte 72 % des aides du programme, soit 8,4 milliards d'euros.", 1)
REST = citation_of(FINANCING, "Le reste vient de l'État.", 2)
ROW = citation_of(FINANCING, "Union sociale | 2,4 milliards", 3)
LYON = citation_of(QUARTERS, "Le renouvellement concerne 448 quartiers prioritaires.", 4)
WHOLE = """Action Logement apporte 72 % des aides du programme, soit 8,4 milliards d'euros, en décembre 2025. [1]
L'État apporte ce qui reste, sans que sa part soit chiffrée. [2]
Les documents ne disent pas quand ces sommes seront versées.

- 448 quartiers prioritaires sont concernés, [4]
- dont douze à Lyon et neuf à Lille. [4]

| Financeur | Montant | Part des aides du programme |
| --- | --- | --- |
| Action Logement | 8,4 milliards d'euros [1] | 72 % [1] |
| Union sociale | 2,4 milliards d'euros [3] | <script>document.title='pris'</script> a \\| b [99] |
| [Un lien](https://evil.example/) | ![](https://evil.example/?q=1) |"""
CITATIONS = (SHARE, REST, ROW, LYON)
OTHERS = tuple(
    Document(f"autre-{number}.md", "d", f"Un autre document, n° {number}", "Rien ici.", date="2025", rubric="Divers")
    for number in range(9)
)


@pytest.fixture
def writing() -> Iterator[Callable[[Sequence[Answer]], WritingBase]]:
    """Makes bases that write the states they are given, when told."""
    made: list[WritingBase] = []

    def make(states: Sequence[Answer]) -> WritingBase:
        made.append(WritingBase((FINANCING, QUARTERS, *OTHERS), states))
        return made[-1]

    yield make
    for base in made:
        base.find(1000)
        base.write(1000)


Writing = Callable[[Sequence[Answer]], WritingBase]


def begin(page: Page, base: WritingBase) -> None:
    """The question asked, its documents found, nothing written."""
    base.find()
    page.get_by_label("Votre question").fill(QUESTION)
    page.get_by_label("Votre question").press("Enter")
    page.locator("#current .turn[data-state=writing]").wait_for()


@pytest.mark.parametrize(("look", "options"), [*LOOKS.items(), ("wide", {"height": 1100})])
def test_the_documents_first_then_sentences_and_a_table(
    writing: Writing, serve_page: ServePage, open_page: OpenPage, look: str, options: dict[str, Any]
) -> None:
    base = writing(growing(WHOLE, CITATIONS))
    page = open_page(serve_page(base), **options)
    found: list[str] = []

    def state(name: str) -> None:
        picture(page, f"writing-{name}-{look}")
        found.extend(serious(page, name))
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            found.append(f"{name}: scrolls sideways")

    begin(page, base)
    expect(page.get_by_role("heading", name="Documents lus")).to_be_visible()
    expect(page.locator("#sources .near")).to_have_count(8)
    expect(page.locator("#sources .near").first).to_contain_text("4 décembre 2025Financement")
    expect(page.locator("#sources .coming")).to_be_visible()
    expect(page.locator("#sources .near a.read")).to_have_count(8)
    expect(page.locator("#sources .number, #current .answer")).to_have_count(0)
    expect(page.locator("#current .waiting")).to_have_text("Rédaction de la réponse…")
    state("documents")
    base.write()
    expect(page.locator("#current .answer .lead")).to_contain_text("72 % des aides")
    expect(page.get_by_role("heading", name="Documents lus")).to_have_count(0)
    expect(page.locator("#sources .number")).to_have_text(["1"])
    state("first-sentence")
    base.write(7)  # to the header of the table: it shows with its first row
    expect(page.locator("#current .answer li")).to_have_count(2)
    expect(page.locator("#current .answer")).not_to_contain_text("Financeur")
    base.write(2)
    expect(page.locator("#current .answer tbody tr")).to_have_count(1)
    state("table")
    base.write(100)
    page.locator("#current .turn[data-state=done]").wait_for()
    table = page.locator("#current .answer table")
    assert table.locator("th[scope=col]").all_text_contents() == ["Financeur", "Montant", "Part des aides du programme"]
    assert [row.locator("td").count() for row in table.locator("tbody tr").all()] == [3, 3, 3]
    assert table.locator("td").nth(5).text_content() == "<script>document.title='pris'</script> a | b [99]"
    assert table.locator("td").nth(6).text_content() == "[Un lien](https://evil.example/)"
    expect(page.locator("#current .answer :is(a, img, script)")).to_have_count(0)
    unproven = page.locator("#current .answer p").nth(1)
    expect(unproven).to_contain_text("ne disent pas quand ces sommes seront versées.")
    expect(unproven.locator(".reference")).to_have_count(1)  # that of the sentence before
    state("done")
    page.locator("#current .answer .table").scroll_into_view_if_needed()
    if look == "phone":  # whole words: the table scrolls in its own box
        assert page.locator("#current .answer .table").evaluate("box => box.scrollWidth > box.clientWidth")
    state("done-table")
    table.get_by_role("button", name="Voir la source 3").click()
    expect(page.locator("#reader mark").first).to_have_text("Union sociale")
    assert page.title() == "Repères"
    assert found == []


@pytest.mark.parametrize("text", [WHOLE, WHOLE.split("\n", maxsplit=1)[0]], ids=["long", "short"])
@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_jumps_while_it_is_written(
    writing: Writing, serve_page: ServePage, open_page: OpenPage, width: int, text: str
) -> None:
    states = growing(text, CITATIONS)
    base = writing(states)
    page = open_page(serve_page(base), width)
    begin(page, base)
    expect(page.locator("#sources .near")).to_have_count(8)
    page.evaluate(WATCH)
    for state in states:
        base.write()
        last = state.text.split("\n")[-1]
        if last.startswith("|"):
            rows = max(0, state.text.count("\n|") - 2)  # without the header and the rule below it
            expect(page.locator("#current .answer tbody tr")).to_have_count(rows)
        else:
            expect(page.locator("#current .answer")).to_contain_text(last.split(" [")[0].lstrip("- "))
    page.locator("#current .turn[data-state=done]").wait_for()
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    seen = page.evaluate(SEEN)
    assert len(seen["tops"]) == 1, seen
    assert len(seen["scrolls"]) == 1, seen
    assert not seen["shrank"], seen
    assert seen["shifts"] < 0.1, seen


def test_it_is_told_once_that_the_answer_is_being_written(
    writing: Writing, serve_page: ServePage, open_page: OpenPage
) -> None:
    base = writing(growing(WHOLE, CITATIONS))
    page = open_page(serve_page(base))
    page.evaluate(
        """() => {
            const announcer = document.getElementById("announcer");
            window.told = [];
            new MutationObserver(() => window.told.push(announcer.textContent))
                .observe(announcer, { childList: true, characterData: true, subtree: true });
        }"""
    )
    begin(page, base)
    expect(page.locator("#announcer")).to_have_text("Rédaction de la réponse…")
    for number in ("72 %", "chiffrée", "versées"):
        base.write()
        expect(page.locator("#current .answer")).to_contain_text(number)
    base.write(100)
    expect(page.locator("#announcer")).to_contain_text("Action Logement, 8,4 milliards d'euros, 72 %.")
    told = page.evaluate("window.told")
    assert told[:2] == ["Recherche en cours.", "Rédaction de la réponse…"]
    assert len(told) == 3
    assert told[2].startswith("Réponse : Action Logement apporte 72 %")
    assert "décembre 2025. L'État" in told[2]


def test_who_reads_a_document_meanwhile_keeps_it_and_the_keyboard(
    writing: Writing, serve_page: ServePage, open_page: OpenPage
) -> None:
    base = writing(growing(WHOLE, CITATIONS))
    page = open_page(serve_page(base))
    begin(page, base)
    link = page.locator("#sources a.read").first
    link.focus()
    base.write()
    expect(page.locator("#sources .number")).to_have_text(["1"])
    expect(page.locator("#sources-title-1")).to_be_focused()
    page.locator("#sources a.read").first.click()
    expect(page.locator("#reader .reader-title")).to_be_focused()
    base.write(100)
    page.locator("#current .turn[data-state=done]").wait_for()
    expect(page.locator("#reader .reader-title")).to_be_focused()


def test_stopped_before_a_word_the_documents_stay(writing: Writing, serve_page: ServePage, open_page: OpenPage) -> None:
    base = writing(growing(WHOLE, CITATIONS))
    page = open_page(serve_page(base))
    begin(page, base)
    page.get_by_role("button", name="Arrêter").click()
    page.locator("#current .turn[data-state=stopped]").wait_for()
    expect(page.locator("#sources .near")).to_have_count(8)
    expect(page.locator("#sources .coming")).to_be_hidden()  # nothing comes any more
    assert serious(page, "stopped") == []


def test_it_may_end_as_a_refusal_or_as_the_extractive_answer(
    writing: Writing, serve_page: ServePage, open_page: OpenPage
) -> None:
    refusal = Answer("", "", REFUSAL, (), (), True, "insufficient", (), "llm", "m", {"retrieval": 0.0})
    base = writing([refusal])
    page = open_page(serve_page(base))
    begin(page, base)
    base.write()
    page.locator("#current .turn[data-state=done]").wait_for()
    expect(page.locator("#current .refusal")).to_have_text(REFUSAL)
    expect(page.get_by_role("heading", name="Documents les plus proches")).to_be_visible()
    expect(page.locator("#sources .near")).to_have_count(4)
    expect(page.locator("#announcer")).to_have_text(REFUSAL)

    warning = "Le modèle n'a pas répondu : voici les phrases des documents."
    extractive = replace(
        refusal, text=f"{SHARE.quote} [1]", citations=(SHARE,), refused=False, reason=None,
        answerer="extractive", model=None, warnings=(warning,),
    )  # fmt: skip
    base = writing([extractive])
    page = open_page(serve_page(base))
    begin(page, base)
    base.write()
    page.locator("#current .turn[data-state=done]").wait_for()
    expect(page.locator("#current .warnings")).to_contain_text(warning)
    expect(page.locator("#current .reference")).to_have_count(1)
    expect(page.locator("#current .lead")).to_have_count(0)


def test_a_table_is_copied_exported_printed_and_reopened(
    writing: Writing, serve_page: ServePage, open_page: OpenPage, settings: Settings
) -> None:
    base = writing(growing(WHOLE, CITATIONS))
    base.find(100)
    base.write(100)
    address = serve_page(base, conversations=SavedConversations(settings.app_database, 365))
    page = open_page(address)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ask(page, QUESTION)
    shown = page.locator("#current .answer").inner_html()
    page.get_by_role("button", name="Copier avec les références").click()
    expect(page.locator("#announcer")).to_have_text("Réponse copiée.")
    text = page.evaluate("navigator.clipboard.readText()")
    assert "Action Logement\t8,4 milliards d'euros [1]\t72 % [1]" in text.splitlines()
    assert "- 448 quartiers prioritaires sont concernés, [4]" in text.splitlines()
    assert "[1] Qui finance le programme, 4 décembre 2025, Financement https://www.example.org/financement" in text
    pasted = page.evaluate(
        """async () => { const [item] = await navigator.clipboard.read();
            const html = await (await item.getType("text/html")).text();
            const parsed = new DOMParser().parseFromString(html, "text/html");
            return { cells: [...parsed.querySelectorAll("td")].map((cell) => cell.textContent),
                     active: parsed.querySelectorAll("script, img, button").length,
                     links: [...parsed.querySelectorAll("a")].map((link) => link.href) }; }"""
    )
    assert pasted["cells"][:3] == ["Action Logement", "8,4 milliards d'euros [1]", "72 % [1]"]
    assert pasted["active"] == 0
    assert set(pasted["links"]) == {"https://www.example.org/financement"}

    with page.expect_download() as download:
        page.get_by_role("link", name="DOCX").click()
    table, *_ = docx.Document(io.BytesIO(Path(download.value.path()).read_bytes())).tables  # then those quoted
    assert [cell.text for cell in table.rows[1].cells] == ["Action Logement", "8,4 milliards d'euros [1]", "72 % [1]"]

    printed = pypdfium2.PdfDocument(page.pdf(format="A4"))
    words = " ".join(" ".join(sheet.get_textpage().get_text_bounded() for sheet in printed).split())
    for expected in ("Action Logement 8,4 milliards d'euros 1 72 %", "Part des aides du programme", LYON.quote):
        assert expected in words  # that of a source that is closed on the page too
    for useless in ("Copier", "Envoyer", "Reposer", "Explorer"):
        assert useless not in words
    printed[0].render(scale=1.5).to_pil().save(OUTPUT / "writing-printed.png")
    printed.close()
    page.goto(f"{address}/conversations")
    page.get_by_role("link", name=QUESTION, exact=True).click()
    page.locator("#current .turn[data-state=done]").wait_for()
    assert page.locator("#current .answer").inner_html() == shown
