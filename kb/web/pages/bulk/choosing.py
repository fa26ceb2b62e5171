"""What waits, many at once: one question about all that were chosen, one ingestion, and what became of each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from kb.errors import ReperesError
from kb.records.corrections import FIELDS
from kb.web.pages.bulk.sending import Show
from kb.web.pages.document_editor import Alike, DocumentEditor
from kb.web.pages.templating import page
from kb.web.uploads import WaitingUpload

Keys = Annotated[list[str], Form(default_factory=list, max_length=900)]
Word = Annotated[str, Form(max_length=20)]


def choosing_routes(editors: DocumentEditor, show: Show) -> APIRouter:
    """`/documents/lot`, and `/documents/ajouts/effacer`, which clears what is told of those that were added."""
    router = APIRouter(prefix="/documents")

    @router.post("/lot")
    async def act(request: Request, choisi: Keys, quoi: Word = "", sur: Word = "", valeurs: Word = "") -> Response:
        editor = editors.adding(request)

        def work() -> Response:
            uploads, troubles = _waiting(editor, choisi)
            if quoi not in {"ajouter", "ecarter"} or not uploads:
                return show(request, troubles or ["Choisissez d'abord des documents, par leur case à cocher."])
            if sur != "oui":
                return _asked(request, editor, uploads, "ajouter" if quoi == "ajouter" else "ecarter")
            if quoi == "ajouter":
                troubles += editor.accept_many(uploads, valeurs)
            else:
                for upload in uploads:
                    editor.uploads.discard(upload.key)
            there = "mise-a-jour" if quoi == "ajouter" else "attente"
            return show(request, troubles) if troubles else RedirectResponse(f"/documents#{there}", 303)

        return await run_in_threadpool(work)

    @router.post("/ajouts/effacer")
    def clear(request: Request) -> Response:
        editor = editors.adding(request)
        editor.uploads.added.drop([outcome.added for outcome in editor.outcomes()])
        return RedirectResponse("/documents#mise-a-jour", 303)

    return router


def _waiting(editor: DocumentEditor, keys: Sequence[str]) -> tuple[list[WaitingUpload], list[str]]:
    """What waits under keys, each once, and what is to be said when some of it does no more."""
    found: list[WaitingUpload] = []
    gone = 0
    for key in dict.fromkeys(keys):
        try:
            found.append(editor.upload(key))
        except ReperesError:
            gone += 1
    told = f"{gone} documents n'attendent" if gone > 1 else "1 document n'attend"
    return sorted(found, key=lambda upload: upload.name), [
        f"{told} plus : ajoutés ou écartés entre-temps."
    ] if gone else []


def _asked(
    request: Request, editor: DocumentEditor, uploads: Sequence[WaitingUpload], what: Literal["ajouter", "ecarter"]
) -> Response:
    """The page that asks once about all of them. Only what was read can be added."""
    ready = [upload for upload in uploads if upload.preview is not None] if what == "ajouter" else uploads
    alike: list[Alike] = editor.alike(ready) if what == "ajouter" else []
    return page(
        request,
        "editors/bulk.html",
        what=what,
        ready=ready,
        others=[upload for upload in uploads if upload not in ready],
        alike=alike,
        fields=FIELDS,
    )
