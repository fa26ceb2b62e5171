"""How the values of settings are read: text -> value, or a ValueError whose French text says what is wanted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path


def whole_number(low: int, high: int) -> Callable[[str], int]:
    """Reads a whole number from `low` to `high`."""

    def parse(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            raise ValueError(f"il faut un nombre entier de {low} à {high}") from None
        if not low <= value <= high:
            raise ValueError(f"il faut un nombre entier de {low} à {high}")
        return value

    return parse


def zero_or_from(low: int, high: int) -> Callable[[str], int]:
    """Reads 0, or a whole number from `low` to `high`."""

    def parse(text: str) -> int:
        try:
            return 0 if int(text) == 0 else whole_number(low, high)(text)
        except ValueError:
            raise ValueError(f"il faut 0, ou un nombre entier de {low} à {high}") from None

    return parse


def one_of(*choices: str) -> Callable[[str], str]:
    """Reads one of `choices`."""

    def parse(text: str) -> str:
        if text not in choices:
            raise ValueError("valeurs possibles : " + ", ".join(choices))
        return text

    return parse


def yes_or_no(text: str) -> bool:
    """Reads `yes` or `no`, in French too."""
    word = _in_english(text)
    if word not in {"yes", "no"}:
        raise ValueError("valeurs possibles : yes, no")
    return word == "yes"


def yes_no_or_name(text: str) -> str:
    """Reads `auto`, `yes` or `no`, in French too, or any other text as a name."""
    word = _in_english(text)
    return word if word in {"auto", "yes", "no"} else text.strip()


def _in_english(text: str) -> str:
    word = text.strip().lower()
    return {"oui": "yes", "non": "no"}.get(word, word)


def path(text: str) -> Path:
    """Reads a path; `~` is the personal folder."""
    if not text.strip():
        raise ValueError("le chemin est vide")
    try:
        return Path(text).expanduser()
    except RuntimeError:
        raise ValueError("ce dossier personnel n'existe pas") from None


def text(text: str) -> str:
    """Takes the text as it is."""
    return text
