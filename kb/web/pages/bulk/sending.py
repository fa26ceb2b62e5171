"""Files and addresses that editors send: kept aside, where they wait to be looked at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated

from fastapi import APIRouter, Form, Request, UploadFile
from fastapi.responses import JSONResponse, RedirectResponse, Response

from kb.errors import ReperesError
from kb.web.pages.document_editor import DocumentEditor
from kb.web.uploads import is_address

MOST_FILES = 20
"""Files of one form. The page's script sends them one by one, so that each has its own progress and its own answer."""
MOST_IN_A_FOLDER = 200
"""Files that are chosen or dropped at once: each is looked at by somebody. A larger folder is a source of its own."""

Show = Callable[[Request, Sequence[str]], Response]
"""The page of documents, with what went wrong."""


def sending_routes(editors: DocumentEditor, show: Show) -> APIRouter:
    """`/documents/fichiers` and `/documents/adresse`."""
    router = APIRouter(prefix="/documents")

    @router.post("/fichiers")
    def add_files(request: Request, fichiers: list[UploadFile]) -> Response:
        editor, troubles = editors.adding(request), []
        if len(fichiers) > MOST_FILES:
            troubles.append(f"{len(fichiers)} fichiers : {MOST_FILES} au plus à la fois.")
        for file in fichiers[:MOST_FILES]:
            if not file.filename:
                continue  # a form sent without a file
            try:
                editor.uploads.keep(file.filename, file.file)
            except ReperesError as error:
                troubles.append(str(error))
        if "application/json" in request.headers.get("accept", ""):
            return JSONResponse({"troubles": troubles}, 422 if troubles else 200)
        return show(request, troubles) if troubles else RedirectResponse("/documents#attente", 303)

    @router.post("/adresse")
    def add_address(request: Request, adresse: Annotated[str, Form(max_length=2000)]) -> Response:
        editor, url = editors.adding(request), adresse.strip()
        if not is_address(url):
            return show(request, [f"« {url} » : une adresse commence par http:// ou https://."])
        try:
            editor.check_address()
        except ReperesError as error:
            return show(request, [str(error)])
        editor.uploads.keep_address(url)
        return RedirectResponse("/documents#attente", 303)

    return router
