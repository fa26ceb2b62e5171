"""Forms that nothing but an attack has in a text shown to a reader: what fetches or runs, what only models are told."""

from __future__ import annotations

import re

_FETCHES = re.compile(
    r"!\[[^\]\n]{0,500}\]\(|<\s{0,20}(?:img|script|iframe|object|embed|link|style|svg|meta)\b|javascript:", re.I
)
# The marks by which chat templates part what the system, the user and the model say.
_TEMPLATE = re.compile(
    r"<\|\s{0,9}/?(?:im_start|im_end|system|assistant|user|endoftext|eot_id|start_header_id|end_header_id|begin_of_text)|"
    r"(?<!#)#{3,6}\s{0,9}(?:instructions?|r[ée]ponse|response|input|output|system|syst[èe]me|assistant|user)\s{0,9}:|"
    r"\[/?INST\]|<</?SYS>>|</?(?:start|end)_of_turn>|<\uff5c(?:User|Assistant|begin)",
    re.I,
)
# In folded text, at the beginning of a clause: « celui qui ignore les règles » is honest.
_FORGET = re.compile(
    r"(?:^|[.:;,!?«»\"()>\]-] ?)(?:et |and |please |alors )?"
    r"(?:ignor(?:e|ez|ons)|oubli(?:e|ez|ons)|disregard|forget|override)"
    r"(?: (?:toutes?|tous|all|any|of|the|your|my|les|tes|vos|ces|mes|previous|prior|earlier|above)){0,4}"
    r" (?:instructions?|consignes?|directives?|regles|rules|prompts?|guidelines)\b"
)
_ASKED = re.compile(r"[{]|\bq=|\bquery=|question|\bprompt=", re.I)


def is_certain(shown: str) -> bool:
    """Whether a text as `seen` fetches something, holds marks of a chat template, or an address with the question."""
    if _FETCHES.search(shown) or _TEMPLATE.search(shown):
        return True
    return "://" in shown and any(_asks_elsewhere(word) for word in shown.split() if "://" in word)


def orders_to_forget(folded: str) -> bool:
    """Whether a folded text tells its reader to set instructions aside, in the plainest of words."""
    return bool(_FORGET.search(folded))


def _asks_elsewhere(word: str) -> bool:
    """Whether an address would carry the question away."""
    return "?" in word and bool(_ASKED.search(word, word.index("?")))
