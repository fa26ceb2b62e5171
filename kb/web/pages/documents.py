"""The page of documents, for editors: adding files and addresses, looking before they enter, correcting, removing."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from kb.errors import ReperesError
from kb.index.catalog.report_lines import CHANGES, and_others, foreseen_groups, ignored_lines, numbers_line
from kb.index.catalog.rows import Withdrawn
from kb.ports import Foresight
from kb.records.corrections import FIELDS, as_typed, checked, read_corrections
from kb.retrieval.holdings import newest_first
from kb.settings import UPLOADS_SOURCE
from kb.text.folding import fold
from kb.types import Document
from kb.web.base_state import read_base_state
from kb.web.chat.sources import reader_address
from kb.web.pages.bulk.choosing import choosing_routes
from kb.web.pages.bulk.sending import MOST_FILES, MOST_IN_A_FOLDER, sending_routes
from kb.web.pages.bulk.updating import updating_routes
from kb.web.pages.document_editor import Alike, AlikeError, DocumentEditor
from kb.web.pages.templating import page
from kb.web.uploads import file_of

ON_A_PAGE = 50
UNFOLDED = 3
"""What waits whose forms are shown whole: more would have to be scrolled past."""
_FAILED = "Une erreur interne a empêché l'opération : voyez le journal de l'application."

logger = logging.getLogger(__name__)


def document_routes(editors: DocumentEditor) -> APIRouter:
    """`/documents` and what its forms send to."""
    router = APIRouter(prefix="/documents")

    @router.get("")
    def show(
        request: Request,
        q: Annotated[str, Query(max_length=200)] = "",
        page_n: Annotated[int, Query(alias="page", ge=1, le=100_000)] = 1,
    ) -> Response:
        return _show(request, editors.of(request), q, page_n)

    @router.get("/attente")
    def waiting(request: Request) -> Response:
        return page(request, "parts/waiting.html", typed={}, alike={}, **_waiting(editors.adding(request)))

    @router.get("/attente/{key}")
    def look(request: Request, key: str, partie: bool = False) -> Response:
        editor = editors.adding(request)
        try:
            editor.preview(key)
            upload = editor.upload(key)
        except ReperesError as error:
            return page(request, "message.html", 404, title="Aperçu impossible", text=str(error))
        template = "parts/preview.html" if partie else "preview.html"
        return page(request, template, upload=upload, typed={}, alike={}, **_waiting(editor, folds=partie))

    @router.post("/attente/{key}/ajouter")
    async def accept(request: Request, key: str) -> Response:
        editor = editors.adding(request)
        return await _from_form(request, editor, lambda fields: editor.accept(key, fields), waiting=key)

    @router.post("/attente/{key}/ecarter")
    def discard(request: Request, key: str) -> Response:
        editors.adding(request).discard(key)
        return _back("#attente")

    @router.get("/fiche")
    def record(request: Request, document: Annotated[str, Query(max_length=2000)]) -> Response:
        return _record(request, editors.of(request), document)

    @router.post("/fiche")
    async def correct(request: Request, document: Annotated[str, Query(max_length=2000)]) -> Response:
        editor = editors.of(request)

        def act(fields: dict[str, str]) -> bool:
            found = _known(editor, document)
            fields = editor.one_way(fields)
            given = checked(fields)
            changed = {name: fields[name] for name in given if as_typed(given[name]) != as_typed(getattr(found, name))}
            return not changed or editor.ingestor.correct(document, changed, found.title)

        return await _from_form(request, editor, act, record=document)

    @router.post("/fiche/reprendre")
    async def reset(request: Request, document: Annotated[str, Query(max_length=2000)]) -> Response:
        editor = editors.of(request)

        def act(_: dict[str, str]) -> bool:
            return editor.ingestor.correct(document, None, _known(editor, document).title)

        return await _from_form(request, editor, act, record=document)

    @router.post("/retirer")
    async def withdraw(request: Request, document: Annotated[str, Query(max_length=2000)]) -> Response:
        editor = editors.of(request)
        return await _from_form(request, editor, lambda _: editor.withdraw(_known(editor, document)))

    @router.post("/effacer")
    async def forget(request: Request, document: Annotated[str, Query(max_length=2000)]) -> Response:
        editor = editors.of(request)

        def act(fields: dict[str, str]) -> None:
            if fields.get("sur") != "oui":
                raise ReperesError("Cochez la case pour confirmer : un document effacé ne revient pas.")
            # What was withdrawn, or is about to be, is erased too: its file goes with it.
            found = _withdrawn(editor, document) or _known(editor, document)
            editor.ingestor.forget(document, found.title)

        return await _from_form(request, editor, act, record=document, back="/documents#mise-a-jour")

    @router.get("/etat")
    def state(request: Request) -> Response:
        return page(request, "parts/update_state.html", **_state(editors.of(request)))

    def troubled(request: Request, troubles: Sequence[str]) -> Response:
        return _show(request, editors.of(request), troubles=troubles)

    both = APIRouter()
    for routes in (sending_routes, choosing_routes, updating_routes):
        both.include_router(routes(editors, troubled))
    both.include_router(router)
    return both


async def _from_form(
    request: Request,
    editor: DocumentEditor,
    act: Callable[[dict[str, str]], bool | None],
    record: str | None = None,
    back: str | None = None,
    waiting: str = "",
) -> Response:
    """Does what a form asks for; the page it came from, with the reason and what was typed, when that fails. A change
    that waits for another one (`act` gives False) is told with the state of the update.
    """
    async with request.form() as sent:
        form = {name: value for name, value in sent.items() if isinstance(value, str)}

    def work() -> Response:
        alike: Sequence[Alike] = ()
        try:
            done = act(form)
        except AlikeError as error:
            trouble, alike = str(error), error.found
        except ReperesError as error:
            trouble = str(error)
        except Exception:  # a form of the page: told there, its cause in the log
            logger.exception("changing the documents failed")
            trouble = _FAILED
        else:
            if done is False:
                return _back("#mise-a-jour")
            if record is None or back is not None:
                return _back(path=back or "/documents")
            return RedirectResponse(_record_address(record), 303)
        if record is None:
            return _show(request, editor, troubles=[trouble], typed={waiting: form}, alike={waiting: alike})
        return _record(request, editor, record, trouble, form, alike)

    return await run_in_threadpool(work)


def _show(
    request: Request,
    editor: DocumentEditor,
    q: str = "",
    page_n: int = 1,
    troubles: Sequence[str] = (),
    typed: Mapping[str, Mapping[str, str]] = MappingProxyType({}),
    alike: Mapping[str, Sequence[Alike]] = MappingProxyType({}),
) -> Response:
    everything = newest_first(editor.base().documents())
    wanted = fold(q)
    found = [
        document
        for document in everything
        if wanted in fold(f"{document.title} {document.id} {document.source} {document.rubric or ''}")
    ]
    return page(
        request,
        "documents.html",
        422 if troubles else 200,
        troubles=troubles,
        typed=typed,
        alike=alike,
        q=q,
        found=found,
        shown=found[(page_n - 1) * ON_A_PAGE : page_n * ON_A_PAGE],
        page_n=page_n,
        pages=max(1, -(-len(found) // ON_A_PAGE)),
        suffixes=editor.ingestor.suffixes,
        max_mb=editor.max_mb,
        most_files=MOST_FILES,
        most_in_a_folder=MOST_IN_A_FOLDER,
        refusals=editor.refusals(),
        corrected=set(read_corrections(editor.app_db)),
        record=_record_address,
        gone=[
            document
            for document in editor.base().withdrawn()
            if wanted in fold(f"{document.title} {document.document}")
        ],
        **_waiting(editor),
        **_state(editor),
    )


def _waiting(editor: DocumentEditor, *, folds: bool = True) -> dict[str, Any]:
    """What waits. Where there is much of it, forms are folded, unless one is a page of its own."""
    waiting = editor.waiting()
    return {
        "waiting": waiting,
        "known": editor.known_values(),
        "fields": FIELDS,
        "listed": as_typed,
        "is_folded": folds and len(waiting) > UNFOLDED,
    }


def _state(editor: DocumentEditor) -> dict[str, Any]:
    state = read_base_state(editor.views, editor.person, editor.ingestor)
    reports = state.status.reports if state.status is not None else ()
    return {
        "added": editor.outcomes(),
        "foresees": editor.foresees,
        "foresight": editor.ingestor.foreseen() if editor.foresees else Foresight(),
        "foreseen": foreseen_groups,
        "and_others": and_others,
        "reader": reader_address,
        "progress": state.progress,
        "sources": state.status.sources if state.status is not None else {},
        "reports": reports,
        "numbers": numbers_line,
        "ignored": ignored_lines,
        "changes": CHANGES,
    }


def _record(
    request: Request,
    editor: DocumentEditor,
    document_id: str,
    trouble: str = "",
    typed: Mapping[str, str] | None = None,
    alike: Sequence[Alike] = (),
) -> Response:
    status, shown = 422 if trouble else 200, {"trouble": trouble, "unreached": editor.unreached}
    found = editor.base().document(document_id)
    if found is None and (gone := _withdrawn(editor, document_id)) is not None:
        return page(request, "record.html", status, document=None, gone=gone, **shown)
    if found is None:
        text = f"« {document_id} » n'est pas, ou n'est plus, dans la base."
        return page(request, "message.html", 404, title="Document introuvable", text=text)
    return page(
        request,
        "record.html",
        status,
        document=found,
        fields=FIELDS,
        listed=as_typed,
        correction=read_corrections(editor.app_db).get(document_id),
        typed=typed or {},
        alike=alike,
        known=editor.known_values(),
        reader=reader_address(document_id),
        is_upload=found.source == UPLOADS_SOURCE,
        within=file_of(document_id.partition("/")[2]) if document_id.count("/") > 1 else None,
        **shown,
    )


def _withdrawn(editor: DocumentEditor, document_id: str) -> Withdrawn | None:
    return next((gone for gone in editor.base().withdrawn() if gone.document == document_id), None)


def _known(editor: DocumentEditor, document_id: str) -> Document:
    found = editor.base().document(document_id)
    if found is None:
        raise ReperesError(f"« {document_id} » n'est pas, ou n'est plus, dans la base.")
    return found


def _record_address(document_id: str) -> str:
    return f"/documents/fiche?{urlencode({'document': document_id})}"


def _back(anchor: str = "", path: str = "/documents") -> Response:
    return RedirectResponse(f"{path}{anchor}", 303)
