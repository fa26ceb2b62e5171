"""Pages and files of evaluations that are no part of Gradio: reports of runs, exports of test queries."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request, UploadFile
from fastapi.responses import PlainTextResponse, Response
from markupsafe import Markup

from kb.errors import ReperesError
from kb.evaluation.shown.page import part_style
from kb.evaluation.tables import to_csv, to_jsonl, to_xlsx
from kb.ports import DeskOf
from kb.web import strings
from kb.web.chat.sources import reader_address
from kb.web.guard import LARGEST_BODY
from kb.web.pages.templating import page, person_of
from kb.web.uploads import clean_name

_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "jsonl": "application/jsonl; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_LARGEST_NUMBER = 2**63 - 1  # that the database holds


def evaluation_routes(desks: DeskOf) -> APIRouter:
    """`/evaluation/rapport/N` and `/evaluation/questions.csv`, `.jsonl` and `.xlsx`."""
    router = APIRouter(prefix="/evaluation")

    @router.get("/rapport/{number}")
    def report(request: Request, number: Annotated[int, Path(ge=1, le=_LARGEST_NUMBER)]) -> Response:
        try:
            told = desks(person_of(request)).report(number, reader_address)
        except ReperesError as error:
            text = str(error)
            return page(request, "message.html", 404, title="Rapport introuvable", text=text, back="/evaluation/")
        # Escaped where it is written.
        return page(request, "editors/report.html", report=Markup(told), style=Markup(part_style()))

    @router.get("/questions.{form}")
    def export(request: Request, form: str) -> Response:
        if form not in _TYPES:
            return PlainTextResponse(strings.NOT_FOUND, 404)
        queries = desks(person_of(request)).queries()
        content = {"csv": to_csv, "xlsx": to_xlsx}.get(form, lambda found: to_jsonl(found).encode())(queries)
        headers = {"content-disposition": f'attachment; filename="questions.{form}"'}
        return Response(content, media_type=_TYPES[form], headers=headers)

    @router.post("/questions")
    def take(request: Request, fichier: UploadFile) -> Response:
        try:
            content = fichier.file.read(LARGEST_BODY)
            number = desks(person_of(request)).import_file(clean_name(fichier.filename or ""), content)
        except ReperesError as error:
            return page(request, "message.html", 422, title=strings.IMPORT_FAILED, text=str(error))
        text = strings.PASTED.format(number=number)
        return page(request, "message.html", title=strings.IMPORTED, text=text, back="/evaluation/")

    return router
