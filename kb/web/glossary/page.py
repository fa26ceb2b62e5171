"""The glossary's page, where editors write entries of their own, and what acronyms found in a text stand for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Body, Form, Query, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from kb.errors import ReperesError
from kb.ports import Views
from kb.question.explained import Acronym
from kb.records.accounts import NOBODY
from kb.records.editing.glossary import LONGEST_ACRONYM, LONGEST_MEANING, EditedGlossary
from kb.rights.rights import Rights
from kb.text.acronyms import MOST_EXPANSIONS
from kb.text.folding import fold
from kb.web import strings
from kb.web.chat.sources import reader_address
from kb.web.glossary.listing import Entry, explanation, listed, matching, means
from kb.web.pages.templating import page, person_of

ADDRESS = "/glossaire"
SHOWN = 200  # entries of a page
MOST_ASKED = 300  # words of one request of the pages' script: the acronyms of a long document
_Word = Annotated[str, Query(max_length=LONGEST_ACRONYM)]
_Acronym = Annotated[str, Form(max_length=4 * LONGEST_ACRONYM)]
_Meanings = Annotated[str, Form(max_length=2 * MOST_EXPANSIONS * LONGEST_MEANING)]


def glossary_routes(base: Views, edited: EditedGlossary) -> APIRouter:
    """`/glossaire`; below it `termes` and `source` for everybody, `entree`, `masquer` and `reprendre` for editors."""
    router = APIRouter(prefix=ADDRESS)

    def entries(request: Request) -> list[Entry]:
        person = person_of(request)
        return listed(base.of(person).acronyms(), edited.terms(base.rights(person)))

    def needed(request: Request, acronym: str) -> Rights | None:
        """The rights that an editor's entry needs: theirs, where the documents that they may read say more of the
        acronym than those that everybody may, or an entry that needs some stands already. The form holds all that, and
        an acronym that is hidden is one that somebody has found."""
        person, key = person_of(request), fold(" ".join(acronym.split()))
        rights = base.rights(person)
        if rights == base.rights(NOBODY):
            return None
        mine, of_all = (_said(base.of(reader).acronyms(), key) for reader in (person, NOBODY))
        before = (term.needed for term in edited.terms(rights) if term.key == key)
        return rights if mine != of_all or any(needs is not None for needs in before) else None

    @router.get("")
    def show(
        request: Request,
        q: Annotated[str, Query(max_length=200)] = "",
        page_n: Annotated[int, Query(alias="page", ge=1, le=100_000)] = 1,
        fait: Annotated[str, Query(max_length=60)] = "",
    ) -> Response:
        return shown(request, q, page_n, done=fait)

    def shown(
        request: Request,
        q: str = "",
        page_n: int = 1,
        *,
        done: str = "",
        trouble: str = "",
        typed: tuple[str, str] = ("", ""),
    ) -> Response:
        found = [entry for entry in entries(request) if person_of(request).edits or not entry.hidden]
        found = matching(found, q) if q.strip() else found
        pages = max(1, -(-len(found) // SHOWN))
        page_n = min(page_n, pages)
        return page(
            request,
            "glossary/page.html",
            422 if trouble else 200,
            q=q,
            found=found,
            shown=found[(page_n - 1) * SHOWN : page_n * SHOWN],
            page_n=page_n,
            pages=pages,
            done=done,
            trouble=trouble,
            typed=typed,
            most=MOST_EXPANSIONS,
            source=lambda entry, said: _source_address(entry, said.document_id),
        )

    @router.get("/source")
    def source(request: Request, sigle: _Word, document: Annotated[str, Query(max_length=2000)]) -> Response:
        held = base.of(person_of(request)).document(document)
        entry = next((entry for entry in entries(request) if entry.key == fold(sigle)), None)
        if held is None or entry is None:
            return RedirectResponse(reader_address(document), 303)
        meanings = (*entry.meanings, *entry.found)
        said = [meant.text for meant in meanings if document in {source.document_id for source in meant.sources}]
        start, end = explanation(held, entry.written, said[0] if said else "")
        return RedirectResponse(reader_address(document, start, end, held.text[start:end]), 303)

    @router.post("/termes")
    def terms(request: Request, mots: Annotated[list[str], Body(max_length=MOST_ASKED)]) -> Response:
        by_key = {entry.key: entry for entry in entries(request) if not entry.hidden}
        known = {word: by_key.get(fold(word)) for word in mots if len(word) <= LONGEST_ACRONYM}
        told = {word: _told(entry) for word, entry in known.items() if entry is not None and means(entry, word)}
        return JSONResponse(told, headers={"cache-control": "no-store"})

    @router.post("/entree")
    def write(request: Request, sigle: _Acronym = "", sens: _Meanings = "") -> Response:
        return changed(request, sigle, sens, lambda: put(request, sigle, sens))

    @router.post("/masquer")
    def hide(request: Request, sigle: _Acronym = "") -> Response:
        return changed(request, sigle, "", lambda: edited.hide(sigle, person_of(request).name, needed(request, sigle)))

    @router.post("/reprendre")
    def take_back(request: Request, sigle: _Acronym = "") -> Response:
        return changed(request, sigle, "", lambda: edited.drop(sigle, base.rights(person_of(request))))

    def put(request: Request, acronym: str, meanings: str) -> None:
        edited.put(acronym, meanings.splitlines(), person_of(request).name, needed(request, acronym))

    def changed(request: Request, acronym: str, meanings: str, change: Callable[[], object]) -> Response:
        try:
            change()
        except ReperesError as error:
            return shown(request, trouble=str(error), typed=(acronym, meanings))
        name = " ".join(acronym.split())
        return RedirectResponse(f"{ADDRESS}?{urlencode({'fait': name})}#{urlencode({'sigle': fold(name)})}", 303)

    return router


def _said(acronyms: Iterable[Acronym], key: str) -> set[str]:
    return {meaning.text for acronym in acronyms if acronym.key == key for meaning in acronym.meanings}


def _source_address(entry: Entry, document_id: str) -> str:
    return f"{ADDRESS}/source?{urlencode({'sigle': entry.written, 'document': document_id})}"


def _told(entry: Entry) -> dict[str, object]:
    """What a tooltip says: the meanings, and who says so."""
    sources = [source.title for meaning in entry.meanings for source in meaning.sources]
    documents = max((meaning.documents for meaning in entry.meanings), default=0)
    told = f"D'après « {sources[0]} »" if sources else "D'après le glossaire de l'agence"
    if documents > 1:
        told += f" et {strings.grouped(documents - 1)} autre{'s' if documents > 2 else ''}"
    return {"sens": [meaning.text for meaning in entry.meanings], "source": told}
