"""What an update would change, shown before it is made: tried, then made as it was shown, or let go of."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from kb.errors import ReperesError
from kb.web.pages.bulk.sending import Show
from kb.web.pages.document_editor import DocumentEditor

_MARK = re.compile(r"[0-9a-f]{64}")


def updating_routes(editors: DocumentEditor, show: Show) -> APIRouter:
    """`/documents/mettre-a-jour`, `/documents/essai` and `/documents/essai/laisser`."""
    router = APIRouter(prefix="/documents")

    @router.post("/mettre-a-jour")
    def update(
        request: Request,
        marque: Annotated[str, Form(max_length=64)] = "",
        retirer: Annotated[str, Form(max_length=3)] = "",
    ) -> Response:
        try:
            if marque and not _MARK.fullmatch(marque):
                raise ReperesError("Cet aperçu n'existe pas : demandez-en un autre.")
            # Without a mark nothing was shown, and nothing can have been confirmed.
            editor = editors.foreseeing(request) if marque else editors.of(request)
            editor.ingestor.start(foreseen=marque, confirm=bool(marque) and retirer == "oui")
        except ReperesError as error:
            return show(request, [str(error)])
        return _back()

    @router.post("/essai")
    def foresee(request: Request) -> Response:
        editors.foreseeing(request).ingestor.foresee()
        return _back()

    @router.post("/essai/laisser")
    def drop(request: Request) -> Response:
        editors.foreseeing(request).ingestor.drop_foreseen()
        return _back()

    return router


def _back() -> Response:
    return RedirectResponse("/documents#mise-a-jour", 303)
