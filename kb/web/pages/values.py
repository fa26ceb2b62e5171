"""The page of values, for editors: types, rubrics, programmes and partners, those that look alike, and merging them."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from kb.errors import ReperesError
from kb.records.corrections import FIELDS, checked
from kb.retrieval.values import FIELDS_OF_VALUES, alike
from kb.web.pages.document_editor import DocumentEditor
from kb.web.pages.templating import page

ADDRESS = "/documents/valeurs"
_MOST_MERGED = 200
Value = Annotated[str, Form(max_length=500)]


def value_routes(editors: DocumentEditor) -> APIRouter:
    """`/documents/valeurs`: what there is, and a form that merges."""
    router = APIRouter(prefix=ADDRESS)

    def show(request: Request, trouble: str = "", chosen: tuple[str, ...] = (), done: str = "") -> Response:
        known = editors.of(request).known_values()
        groups: list[dict[str, Any]] = [
            {"field": field, "label": FIELDS[field], "values": known[field], "alike": alike(known[field])}
            for field in FIELDS_OF_VALUES
        ]
        status = 422 if trouble else 200
        told = {"groups": groups, "trouble": trouble, "chosen": chosen, "done": done}
        return page(request, "parts/values.html", status, **told)

    @router.get("")
    def values(request: Request, fait: Annotated[str, Query(max_length=500)] = "") -> Response:
        return show(request, done=fait)

    @router.post("")
    def merge(
        request: Request,
        champ: Annotated[str, Form(max_length=20)],
        valeur: Annotated[list[Value], Form(default_factory=list)],
        en: Value = "",
    ) -> Response:
        merged = tuple(value for value in valeur[:_MOST_MERGED] if value != en.strip())
        editor = editors.of(request)
        try:
            if champ not in FIELDS_OF_VALUES:
                raise ReperesError(f"« {champ} » ne se fusionne pas.")
            if not en.strip():
                raise ReperesError("Écrivez la valeur à garder.")
            if not merged:
                raise ReperesError("Cochez au moins une valeur, autre que celle à garder.")
            checked({champ: en})
            # What is hidden from an editor does not change by their hand.
            if not editor.ingestor.merge(champ, merged, " ".join(en.split()), editor.rights):
                return RedirectResponse("/documents#mise-a-jour", 303)
        except ReperesError as error:
            return show(request, str(error), tuple(valeur))
        told = f"{FIELDS[champ].capitalize()} : {', '.join(f'« {value} »' for value in merged)} → « {en.strip()} »."
        return RedirectResponse(f"{ADDRESS}?{urlencode({'fait': told[:500]})}", 303)

    return router
