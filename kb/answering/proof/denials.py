"""« Les documents ne disent pas… »: what an answer says of what is missing. It stands without a citation."""

from __future__ import annotations

import re

from kb.text.folding import fold

_SUBJECT = (
    r"(?:(?:les|ces|aucun(?: des)?|le|ce|mes|vos)\s+)?(?:documents?|passages?|extraits?|sources?|textes?)"
    r"(?: (?:disponibles?|fournis?|consultes?|donnes?|cites?|trouves?|lus?))*"
)
_VERB = (
    r"(?:dis(?:ent)?|dit|precise(?:nt)?|indique(?:nt)?|mentionne(?:nt)?|donne(?:nt)?|contien(?:nen)?t|permette?(?:nt)?|"
    r"expliqu(?:e|ent)|repond(?:ent)?|parle(?:nt)?|couvr(?:e|ent)|detaille(?:nt)?|chiffre(?:nt)?|nomme(?:nt)?|"
    r"fourni(?:t|ssent)|traite(?:nt)?|evoque(?:nt)?|comparent?|distinguent?|tranche(?:nt)?|preciseraient)"
)
_FRENCH = re.compile(
    rf"^(?:en revanche,? |toutefois,? |cependant,? |mais )?{_SUBJECT} (?:ne |n')(?:(?:le|la|les|l'|en|y|vous) ?)?"
    rf"{_VERB}\b"
)
_ENGLISH = re.compile(
    r"^(?:however,? |but )?(?:(?:the|these)\s+(?:documents?|passages?|sources?)\s+(?:do(?:es)? not|don't|doesn't)|"
    r"no\s+(?:documents?|passages?|sources?)\s+(?:says?|states?|mentions?|specif(?:y|ies)))\b"
)
# Behind these, something may be told that needs proof after all.
_GOES_ON = re.compile(
    r"[;:]|\b(?:mais (?!non|pas|ni)|car |et (?:ils?|elles?|vous|on) |tandis que|alors que|puisque|parce que?|"
    r"but|because|since|whereas)\b|\.\s"
)
_ONLY = re.compile(r" qu(?:e |')")  # « ne donnent qu'un montant » gives it

_REFUSAL = re.compile(
    r"^(?:desole\W+)?(?:je (?:ne |n')(?:trouve|peux|dispose|ai)|"
    r"i (?:can(?:no|')t|could not|couldn't|do not|don't|am unable to) (?:find|answer)|"
    r"(?:this|the) (?:information|answer) (?:is not|isn't|cannot be found|does not appear))\b"
)


def refuses(folded: str, *, any_part: bool = False) -> bool:
    """Whether a folded sentence says that the answer is not in the documents; with `any_part`, or a part of it."""
    return bool(_REFUSAL.match(folded.strip())) or (any_part and tells_what_is_missing(folded))


def tells_what_is_missing(sentence: str) -> bool:
    """Whether a sentence says only that the documents do not tell something."""
    folded = fold(sentence).strip()
    match = _FRENCH.match(folded) or _ENGLISH.match(folded)
    if match is None or (_ONLY.match(folded[match.end() :]) and "aucun" not in match[0]):
        return False
    return not _GOES_ON.search(folded[match.end() :].rstrip(" ."))
