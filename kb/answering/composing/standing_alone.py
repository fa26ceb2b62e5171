"""Units that do not stand by themselves: what ties one to the sentence before it, and what it then needs.

A tie (« Toutefois, ») goes where that sentence is not shown; what a pronoun points to comes with it, as one sentence; a
« Oui » that answers another question goes; a bare item gets its document's title.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace

from kb.answering.hostile import is_hostile
from kb.text.figures import MARKS
from kb.text.folding import fold
from kb.text.stems import stems
from kb.types import Evidence, Question

LONGEST_CONTEXT = 240
"""Characters of a sentence, or line, that comes with the one behind it."""

_LONGEST_TITLE = 120  # characters: one that takes longer than a line to read would hide the item behind it
_TITLE_OF_A_QUESTION = re.compile(r"(?P<about>.+)\s:\s.*\?", re.DOTALL)  # « Sanctions : who decides ? »

# « Il faut », « il s'agit » point at nothing.
_PRONOUN = (
    r"(?:ils?|elles?|celui-ci|celle-ci|ceux-ci|celles-ci|ce dernier|cette derniere|ces derni(?:er|ere)s|d'autres)\b"
    r"(?! (?:faut|fallait|faudra|s'agit|s'agira|existe|y a|y avait|y aura|reste|convient|suffit|est (?:possible|prevu|"
    r"interdit|conseille|recommande|necessaire|indispensable|obligatoire|important|utile|demande)|vaut|arrive|faudrait|"
    r"n'y a|n'existe|annees|mois|semaines|jours)\b)"
)
# « Cette durée », « À l'issue de cette période »; « ce qui » and « celui que » say themselves what they mean.
_THIS = (
    r"(?:(?:a l'issue|au cours|lors|au bout|a la fin|au terme|(?:la |le |les |l')\w+) de |a partir de |quant a |"
    r"(?:dans|pendant|apres|avant|pour|durant|en|a) )?"
    r"(?:c'est|(?:ce|cet|cette|ces|celui|celle|ceux|celles|cela|ceci)"
    r"(?! (?:qui|que|dont|qu'|et ceux|et celles|derni(?:er|ere)s (?:annees|mois|semaines|jours))))\b"
)
_NO_CLAUSE = re.compile(
    r"(?:a condition|au plus tard|a defaut|sinon|le cas echeant|par exemple|exemples?|sauf|y compris|notamment)\b"
)
_POINTS_BACK = re.compile(f"{_PRONOUN}|{_THIS}|{_NO_CLAUSE.pattern}")
# What ties a sentence to one before it that is not shown.
_TIES_BACK = re.compile(
    r"(?:(?:De plus|De même|Ainsi|Enfin|À l['’]inverse|Au contraire|D['’]autre part|Or),|"
    r"(?:Par contre|En revanche|Toutefois|Cependant(?! qu)|Néanmoins|Pourtant|Par ailleurs|En outre|En effet|"
    r"Par conséquent|Dès lors(?! qu)|Pour autant(?! qu)|De (?:son|leur) côté),?|"
    r"Mais|Et)\s+(?=\w)"
)
# A page that answers its own question (« La loi le dit-elle ? Oui. La loi… »), beside another question.
_YES_OR_NO = re.compile(r"(?:Oui|Non)\s?[.,;:!]\s*(?:[Ee]t\s+)?(?=\w)")
_ENDS_IN_LETTER = re.compile(r"\.\w\.$")  # the last dot is an acronym's own, « C.G.I. »
_BEGINS_A_SENTENCE = re.compile(
    r"(?:le|la|les|un|une|des|du|vous|nous|on|ils?|elles?|votre|vos|tout|toute|tous|toutes|chaque)\s|l['’]",
    re.IGNORECASE,
)
# On bench/cnil, bench/sheets, the bundled corpus and 56 plain questions, all 12 that this takes away were said to
# another question; of 20 that it leaves, 4 are (30 November 2026).
_MOST_ASKED = 1 / 3


def points_back(text: str) -> bool:
    """Whether a sentence begins with what the one before tells (« Il », « Cette durée »), or with no clause of its own
    (« À condition de… »), behind what ties it to that one or not.
    """
    return _POINTS_BACK.match(fold(_behind_tie(text))) is not None


def answers_another(evidence: Evidence, question: Question) -> bool:
    """Whether the « Oui » or « Non » that a unit begins with answers a question of its document that is hardly the one
    asked, and what is left without it is a sentence.

    Hardly: at most a third of the words of that question (the title, the heading or the line before) are asked for, and
    the unit is not likelier than not to answer.
    """
    said = _YES_OR_NO.match(evidence.text)
    if said is None or evidence.score > 0 or not _BEGINS_A_SENTENCE.match(evidence.text, said.end()):
        return False
    above = (evidence.document.title, *evidence.passage.heading_path[-1:], evidence.context)
    told = [set(stems(line)) for line in above if line.rstrip().endswith("?")]
    asked = {stem for group in question.groups for way in group for stem in way.stems} | set(stems(question.standalone))
    return bool(told) and all(len(own & asked) <= _MOST_ASKED * len(own) for own in told)


def without_yes_or_no(evidence: Evidence) -> Evidence:
    """A unit without the « Oui » or « Non » that it begins with."""
    return _without(_YES_OR_NO, evidence)


def untied(evidence: Evidence, ends: Collection[tuple[str, int]]) -> Evidence:
    """A sentence without the « Toutefois, » that ties it to the one before, unless that is shown: `ends` are the ids of
    documents and where in them what is shown ends.
    """
    before = len(evidence.document.text[: evidence.start].rstrip())
    if evidence.kind != "sentence" or (evidence.document.id, before) in ends:
        return evidence
    return _without(_TIES_BACK, evidence)


def untied_text(text: str) -> str:
    """A line without what ties it to the one before."""
    rest = _behind_tie(text)
    return text if rest == text else rest[0].upper() + rest[1:]


def with_antecedent(evidence: Evidence, ends: Collection[tuple[str, int]]) -> Evidence:
    """A sentence that points back (« Il disparaît… ») with the sentence before it.

    Left as they are: those whose sentence before is shown already (see `untied`), is long, points back itself, gives
    orders, or does not stand right before it.
    """
    if evidence.kind != "sentence" or not points_back(evidence.text) or not evidence.context:
        return evidence
    whole, context = evidence.document.text, evidence.context
    if len(context) > LONGEST_CONTEXT or points_back(context) or is_hostile(context):
        return evidence
    before = whole[: evidence.start].rstrip()
    start = len(before) - len(context)
    if not before.endswith(context) or "\n\n" in whole[len(before) : evidence.start]:
        return evidence
    if start < evidence.passage.start or (evidence.document.id, len(before)) in ends:
        return evidence
    return replace(evidence, text=joined(context, evidence.text), start=start, context="")


def has_its_clause(evidence: Evidence) -> bool:
    """Whether a unit is no mere « À condition de… » of a sentence that cannot come with it."""
    text = fold(_behind_tie(evidence.text))
    return evidence.kind != "sentence" or not _NO_CLAUSE.match(text) or with_antecedent(evidence, ()) is not evidence


def joined(before: str, sentence: str) -> str:
    """Two sentences as one, that what is told about stands in it: « The fund is old ; it ends in 2030. »."""
    if not before.endswith(".") or before.endswith(("..", " etc.")) or _ENDS_IN_LETTER.search(before):
        return f"{before} {sentence}"
    first = sentence[0] if sentence[1:2].isupper() else sentence[0].lower()
    return f"{before[:-1].rstrip()} ; {first}{sentence[1:]}"


def introduced(evidence: Evidence) -> str:
    """The text of a unit, behind what its document is about where it says nothing by itself: an item that is no
    sentence and that nothing leads to, or a paragraph that points back.
    """
    if not (_is_bare_item(evidence) or (_begins_paragraph(evidence) and points_back(evidence.text))):
        return evidence.text
    title = MARKS.sub("", evidence.document.title).strip()
    if title.endswith("?"):
        question = _TITLE_OF_A_QUESTION.fullmatch(title)
        title = "" if question is None else question["about"]
    if not 0 < len(title) <= _LONGEST_TITLE or is_hostile(title):
        return evidence.text
    return f"{title} — {evidence.text}"


def _behind_tie(text: str) -> str:
    """What stands behind « Toutefois, » in a sentence, or all of it."""
    tie = _TIES_BACK.match(text)
    return text if tie is None else text[tie.end() :]


def _begins_paragraph(evidence: Evidence) -> bool:
    before = evidence.document.text[: evidence.start].rstrip(" ")
    return evidence.kind == "sentence" and (not before or before.endswith("\n\n"))


def _is_bare_item(evidence: Evidence) -> bool:
    whole = " ".join(evidence.document.text[evidence.start : evidence.end].split())
    is_alone = "\n" not in evidence.text and " ".join(evidence.text.split()) == whole
    return evidence.kind == "item" and is_alone and whole[-1:] not in ".!?:"


def _without(first: re.Pattern[str], evidence: Evidence) -> Evidence:
    """A unit without the words that it begins with."""
    if (match := first.match(evidence.text)) is None:
        return evidence
    rest = evidence.text[match.end() :]
    # The words in the document may be set otherwise (a line end for a space).
    there = first.match(evidence.document.text, evidence.start)
    start = evidence.start if there is None else there.end()
    return replace(evidence, text=rest[0].upper() + rest[1:], start=start)
