"""robots.txt (RFC 9309): what it allows, and the pace that it asks for."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from protego import Protego

MOST_BYTES = 512_000  # the rest is not looked at, as RFC 9309 allows
_LONGEST_PACE = 10.0  # seconds between two requests that it may ask for (Crawl-delay)
_MOST_PAIRS = 500_000  # agents times rules: each agent of a group is given each of its rules
_MOST_AGENTS = 2_000  # of one group: each is looked for among all others
_LONGEST_LINE = 4_000  # characters of a rule
_AGENT = re.compile(r"\s*user[- ]?agent\b", re.IGNORECASE)


class UnreadableRulesError(ValueError):
    """Rules that cannot be made out. The message is the reason, in French."""


def read_rules(content: bytes) -> Protego:
    """The rules in a robots.txt. Raises UnreadableRulesError."""
    from protego import Protego

    lines = content[:MOST_BYTES].decode("utf-8", errors="replace").splitlines()
    kept = [line for line in lines if len(line) <= _LONGEST_LINE and line.strip() and not line.lstrip().startswith("#")]
    _check_size(kept)
    try:
        return Protego.parse("\n".join(kept))
    except ValueError:
        raise UnreadableRulesError("ses règles sont mal écrites") from None


def pace_asked(rules: Protego, user_agent: str) -> float:
    """Seconds between two requests that the rules ask for, as far as we follow."""
    asked = float(rules.crawl_delay(user_agent) or 0.0)
    return min(max(asked, 0.0), _LONGEST_PACE) if math.isfinite(asked) else 0.0


def _check_size(lines: list[str]) -> None:
    agents = pairs = 0
    after_rule = True
    for line in lines:
        if _AGENT.match(line):
            agents = 1 if after_rule else agents + 1
            after_rule = False
        else:
            pairs += agents
            after_rule = True
        if agents > _MOST_AGENTS or pairs > _MOST_PAIRS:
            raise UnreadableRulesError("il contient trop de règles")
