"""Words that lost the space between them: « Envoyez au33700parSMS »."""

from __future__ import annotations

import re

_SEAM = re.compile(
    r"""(?<=[a-zà-öø-ÿ»)][.!?;:])(?=[A-ZÀ-ÖØ-Þ«])
    | (?<=[a-zà-öø-ÿ])(?=\d{2}) | (?<=\d\d)(?=[a-zà-öø-ÿ]{2}) | (?<=\d\d)(?=[A-ZÀ-ÖØ-Þ]{2})
    | (?<=[a-zà-öø-ÿ]{2})(?<!\bkm)(?<!\bcm)(?<!\bmm)(?<!\bdm)(?<!\bhm)(?<!\bco)(?=\d[ ][a-z]{2})
    | (?<=[a-zà-öø-ÿ]{2})(?=[A-ZÀ-ÖØ-Þ])""",
    re.VERBOSE,
)


def unglued(text: str) -> str:
    """`text` with a space where letters meet a number of two digits or more, or one before a word (« plus de2 mois »),
    or a capital: only for looking things up.

    « m2 » and « CO2 » stay whole.
    """
    return _SEAM.sub(" ", text)
