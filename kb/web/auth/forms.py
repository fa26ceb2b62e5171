"""Reading the forms that anybody may send, before it is known who does: small, of one plain form, each value once.

FastAPI's own reading takes files, a thousand fields, and any character set that the sender names.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl

from fastapi import Request
from starlette.exceptions import HTTPException

from kb.web import strings

_PLAIN = "application/x-www-form-urlencoded"
# A character of four bytes is twelve when a form is sent.
_BYTES_OF_A_CHARACTER = 12


async def read_form(request: Request, longest: Mapping[str, int]) -> dict[str, str]:
    """The fields named by `longest`, each with at most so many characters; those that were not sent are missing.

    Raises HTTPException 422, naming the field, for a value that is too long, no text, or told twice; for another kind
    of form. Fields of other names are left out.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    limit = sum(longest.values()) * _BYTES_OF_A_CHARACTER + 1_000
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > limit:
            raise HTTPException(413, strings.TOO_LONG_A_FORM)
    if not body:
        return {}
    if kind != _PLAIN:
        raise HTTPException(422, strings.UNREADABLE_FORM)
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=20, errors="strict")
    except ValueError as error:  # no such form, or no UTF-8
        raise HTTPException(422, strings.UNREADABLE_FORM) from error
    told = [(name, value) for name, value in pairs if name in longest]
    names = [name for name, _ in told]
    if wrong := [name for name, value in told if len(value) > longest[name] or names.count(name) > 1]:
        raise HTTPException(422, strings.MISUNDERSTOOD.format(fields=", ".join(dict.fromkeys(wrong))))
    return dict(told)
