"""What a thing is, or is for: whether a question asks for it, and how much a sentence looks like one that tells it.

« C'est quoi un cookie ? », « À quoi sert le comité ? », « Que fait l'Agence ? »: what answers begins with the thing
itself, or points to it below a title or heading that begins with it, and says what it is, does or is for.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from kb.question.intent import defined
from kb.text.figures import Figure, figures
from kb.text.folding import fold
from kb.text.stems import stems
from kb.types import Group, Question

# Of a folded question.
_ARTICLE = r"(?:(?:les?|la|une?|des|du|de la|de) |de l'|l'|d'une? |d')?"
_THING = rf"{_ARTICLE}(?P<thing>[^?;:!.,]+?)"
_WHAT_FOR = r"(?:role|mission|but|objectif|fonction|utilite|interet|objet)s?"
_PURPOSE = tuple(
    re.compile(rf"^\W*{pattern}[\s?!.]*$")
    for pattern in (
        rf"(?:a quoi (?:ca |cela )?ser(?:t|vent|vait)|ca sert a quoi) ?,? ?{_THING}",
        rf"quel(?:le)?s? (?:est|sont) (?:le |la |les |l'){_WHAT_FOR} (?:de |du |des |d'){_THING}",
        rf"quel (?:est le )?role (?:que )?joue(?:nt)? {_THING}",
        rf"(?:que |qu'est-ce que )f(?:ait|ont) {_THING}",
        rf"{_THING} ?,? (?:(?:ca )?ser(?:t|vent) a quoi|fait quoi|font quoi)(?: exactement| au juste)?",
    )
)
_WHERE = re.compile(r" (?:dans|pour|au sein|lors) ")
_LONGEST_THING = 7  # words, as of a definition
_POINTS = re.compile(r"^\W*(?:il|elle|ils|elles|c'est|ce sont)\b")
_ITS = re.compile(
    r"^\W*(?:son|sa|ses|leurs?) (?:buts?|missions?|metiers?|roles?|objectifs?|raisons? d'etre|objet|vocation)\b"
)
_BY_THE_WAY = r"(?:(?:en (?:principe|general|effet|fait)|donc|aussi|d'abord|avant tout|surtout|egalement|\w+ment) )?"
_IS = re.compile(
    rf"\b(?:est|sont) {_BY_THE_WAY}(?:(?:une?|des|les?|la)\b|l')|^\W*(?:c'est|ce sont)\b|"
    r"\b(?:designe|signifie|represente|regroupe|rassemble|correspond|constitue|s'entend)(?:nt)?\b|"
    r"\b(?:on appelle|defini\w* comme|il s'agit|c'est-a-dire)\b"
)
_DOES = re.compile(
    rf"\b(?:est|sont) {_BY_THE_WAY}(?:charge|destine|responsable)\w*\b|\bcharge\w* (?:de|d'|du|des)\b|"
    r"\b(?:consiste|permet|vise|sert|veille|accompagne|aide|finance|gere|prepare|garantit|controle|conseille|s'adresse)"
    r"(?:nt)?\b|\b(?:permettent|servent)\b|"
    r"\b(?:a|ont) (?:pour|comme) (?:but|mission|objet|objectif|role|vocation|fonction|finalite)|"
    r"^\W*[a-z]{3,}(?:er|ir)\b"
)
_OF_PURPOSE = re.compile(
    r"^\W*(?:le |la |les |l'|son |sa |ses |leurs? )?"
    r"(?:but|idee|objectif|finalite|definition|presentation|principe|role|mission|"
    r"fonction|metier|utilite|objet)s?\W*$|"
    r"\bde quoi s'agit|\bc'est quoi\b|\bqu'est-ce\b|\ba quoi (?:ca |cela )?ser|"
    r"\bce qu'(?:elle|il|ils|elles) (?:est|font|fait|sont)\b"
)
_LARGE = 1000  # a smaller number without a unit counts members, or numbers an article
# What each adds to the score of a unit, a logit. Chosen on 48 questions of the bundled corpus, bench/cnil and
# bench/sheets that were written for it (six first sentences better, two absurd ones gone), looked at on 38 others (four
# better, none wrong that was right); their question files' figures stay the same (1 December 2026).
SUBJECT, POINTING, HEADING, TELLING, COUNTING = 1.0, 0.8, 1.0, 0.8, -0.8
TELLING_ELSE = 0.4  # what it is, where it is asked what it is for


def described(question: Question) -> tuple[Group, ...]:
    """The words of the thing that a question asks what it is or is for; none for another question, and where a figure
    or the difference of two things is asked for (« c'est quoi le prix du timbre »).
    """
    if question.figure is not None or question.several_things:
        return ()
    thing = _of_purpose(question.standalone) or (defined(question.standalone) or ("",))[0]
    wanted = set(stems(thing))
    return tuple(group for group in question.groups if group[0].stems and set(group[0].stems) <= wanted)


def asks_purpose(question: Question) -> bool:
    """Whether it is asked what a thing is for, or does."""
    return _of_purpose(question.standalone) is not None


def _of_purpose(asked: str) -> str | None:
    folded = fold(asked)
    for pattern in _PURPOSE:
        if match := pattern.match(folded):
            thing = _WHERE.split(match["thing"])[0]
            return thing if len(thing.split()) < _LONGEST_THING else None
    return None


def tells_what(text: str, about: Sequence[str], thing: Sequence[Group], *, purpose: bool = False) -> float:
    """How much `text` looks like telling what `thing` is, or what it is for (`purpose`), a logit: 0 where it does not,
    less where it only counts something. `about` is its title, its headings and the line before it."""
    if not thing:
        return 0.0
    folded = fold(text)
    does, is_it = bool(_DOES.search(folded) or _ITS.match(folded)), bool(_IS.search(folded))
    if not does and not is_it and any(map(_is_amount, figures(text))):
        return COUNTING
    is_subject = begins_with(text, thing)
    is_about_it = any(begins_with(line, thing) for line in about)
    points = not is_subject and is_about_it and bool(_POINTS.match(folded) or _ITS.match(folded))
    headed = is_about_it and any(_OF_PURPOSE.search(fold(line)) for line in about)
    fit = SUBJECT * is_subject + POINTING * points + HEADING * headed
    if not fit:
        return 0.0
    return fit + (TELLING if does or (is_it and not purpose) else TELLING_ELSE * is_it)


def begins_with(text: str, thing: Sequence[Group]) -> bool:
    """Whether the first words of a text, but for articles, are all those of a thing, in any order."""
    said = stems(text)
    left = list(thing)
    at = 0
    while left:
        for group in left:
            ways = [len(way.stems) for way in group if set(said[at : at + len(way.stems)]) == set(way.stems)]
            if ways:
                at += max(ways)
                left.remove(group)
                break
        else:
            return False
    return True


def _is_amount(figure: Figure) -> bool:
    return figure.unit not in {"", "date", "year"} or (figure.unit == "" and figure.value >= _LARGE)
