"""Text of a document that addresses whoever answers instead of telling something: never evidence.

A document is data. What it says to a language model, what it hides from its reader and what would make a page fetch
something is left out of what can be chosen; the document stays in the base as it is.
"""

from __future__ import annotations

import re

from kb.text.folding import fold, visible

_ORDERS = re.compile(
    r"""
    \b(?:ignor\w+|oubli\w+|disregard|forget|override)\b.{0,40}\b(?:instructions?|consignes?|regles?|rules?|prompts?|
        precedent\w*|previous)\b
  | \b(?:system|systeme)[ ]?(?:prompt|:)
  | \b(?:prompt[ ]systeme|jailbreak|mode[ ]developpeur|developer[ ]mode)\b
  | \btu[ ]es[ ](?:desormais|maintenant)\b | \byou[ ]are[ ]now\b
  | \b(?:assistant|ia|intelligence[ ]artificielle|modele[ ]de[ ]langage|chatbot|llm|gpt)\b.{0,60}
        \b(?:repond\w*|dois|doit|devez|affich\w+|ecri\w+|insere\w*|dis|must|answer|print|say)\b
  | \b(?:reponds|repondez|affichez?|inserez|terminez|commencez)\b.{0,60}\b(?:reponses?|utilisateurs?|question\b.{0,20}
        \burl|image|lien|balise|markdown|mot[ ]pour[ ]mot)\b
  | <\|?\s*(?:im_start|im_end|system|assistant|endoftext)
    """,
    re.VERBOSE,
)
_FETCHES = re.compile(r"!\[[^\]]*\]\(|<\s*(?:img|script|iframe|object|embed|link|style|svg|meta)\b|javascript:", re.I)
_QUERY = re.compile(r"https?://\S*\?\S*(?:\{|\bq=|\bquery=|question)", re.I)


def is_hostile(text: str) -> bool:
    """Whether a unit of a document gives orders to whoever answers, or would fetch or run something when shown."""
    seen = visible(text)
    return bool(_ORDERS.search(fold(seen)) or _FETCHES.search(seen) or _QUERY.search(seen))
