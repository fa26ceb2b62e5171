"""Small language models that a reader may want to know of. None was measured by us: sizes and licences are what their
publishers say."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class KnownModel:
    """A model as its publisher names it. `gigabytes` is the size of a 4-bit GGUF file, None where it was not verified;
    `source` what `reperes model install` takes, empty where it was not verified."""

    name: str
    licence: str
    page: str
    gigabytes: float | None = None
    source: str = ""


KNOWN: tuple[KnownModel, ...] = (KnownModel("x", "y", "z"),)
