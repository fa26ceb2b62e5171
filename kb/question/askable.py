"""What can be asked: a question with words, no longer than the encoder reads."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager

from kb.errors import ReperesError, TextTooLongError


@contextmanager
def too_long_told() -> Iterator[None]:
    """Says in French that a question is longer than the encoder reads."""
    try:
        yield
    except TextTooLongError:
        raise ReperesError(
            "La question est trop longue pour être comprise en entier. Raccourcissez-la (une ou deux phrases)."
        ) from None


def checked(question: str) -> str:
    """`question` as it is searched for. Raises ReperesError when it has no word."""
    if not any(sign.isalnum() for sign in question):
        raise ReperesError("La question est vide. Écrivez une question en quelques mots.")
    return unicodedata.normalize("NFC", question).strip()  # the model does not compose accents itself
