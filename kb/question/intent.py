"""What a question asks for: a number, a duration, a date, and about whom or what."""

from __future__ import annotations

import re
from collections.abc import Collection

from kb.text.figures import figures, same_figure
from kb.text.folding import fold
from kb.text.number_words import RUN
from kb.text.stems import words
from kb.types import FigureKind, Question

_SHARE = re.compile(r"\b(?:parts?|pourcentages?|taux|proportion)\b|%")
# « Le 1 % patronal » is a name: a percentage in the singular, with a word right after it.
_NAMED_BY_SHARE = re.compile(
    r"\b(?:le|du|au|ce|ex-) ?\d{1,2} ?% (?!(?:a|au|de|du|des|en|est|et|ou|par|pour|sur)\b)(?=[a-z])"
)
_RATIO = re.compile(r"\b(?:pourcentages?|taux|proportion)\b")
_FRACTION = re.compile(
    r"\b(?:moitie|tiers|trois quarts|un quart|un cinquieme|un dixieme|\w+ sur (?:deux|trois|quatre|cinq|dix|cent))\b"
)
_NUMBERS = (
    r"nombre|nb|montants?|sommes?|budget|enveloppe|plafond|minimum|maximum|couts?|prix|tarifs?|superficie|effectifs?"
)
_MEASURES = r"distance|hauteur|longueur|largeur|profondeur|surface|taille|vitesse|poids|seuil|score"
_NUMBER = re.compile(
    rf"\b(?:combien|cb|{_NUMBERS}|chiffres?|que coute(?:nt)?)\b|"
    rf"\bquel(?:le)?s? (?:(?:est|sont) )?(?:la |le |les |l')?(?:{_MEASURES})s?\b"
)
# Where a number, a duration or a share is what is asked for, not what is spoken of: « combien », « quel est le délai »,
# « durée du bail »; not « qui fixe le taux », « que faire du budget ».
_ASKED_FOR = re.compile(
    r"\b(?:combien|nb|cb)\b|"
    r"(?:\bquel(?:le)?s? (?:(?:est|sont|sera|seront|etait) )?(?:donc )?(?:le |la |les |l')?|^\W*(?:le |la |les |l')?|"
    r"[:,] ?(?:le |la |l')?)"
    rf"(?:{_NUMBERS}|delais?|durees?|frequences?|age|taux|parts?|pourcentage|proportion)\b|\bjusqu'a quand\b"
)
_ABOUT_IT = re.compile(r"^\W*(?:qui|comment|pourquoi|ou|que|qu'est-ce|quoi|est-ce|peut|peux|puis|faut|dois|doit)\b")
_WHEN = re.compile(
    r"^(?:depuis |jusqu'a |a partir de |c'est )?quand\b|\bquelle (?:date|annee)\b|\bquel jour\b|^dates? "
)
# « Quand » asks where nothing but the question follows it; « quand je viens », « quand on parle de » do not.
_DATE = re.compile(
    r"\bquels? mois\b|\bdates?\b|\b(?:depuis|jusqu'a|et|c'est) quand\b|\bquand(?: est[- ]ce\b|\W*$|,)|"
    r"\bquand\b[^?.]*-(?:t-)?(?:il|elle|on|ils|elles)\b"
)
_TIME = r"(?:jours?|mois|ans?|annees?|semaines?|heures?|minutes?|trimestres?|semestres?)"
_HOW_LONG = re.compile(
    r"\bdelais?\b|\bdurees?\b|\bfrequences?\b|\b(?:combien|cb) de te?m?ps\b|\bjusqu'a quand\b|"
    r"\b(?:tous les|sous) combien\b|"
    rf"\b(?:combien|cb|nb|nombre) (?:de |d'){_TIME}\b|\b(?:quel|a partir de quel) age\b|"
    r"\bage (?:minimum|maximum|minimal|maximal|limite|legal|requis)\b"
)
_DURATION = re.compile(
    rf"\b(?:\d+|{RUN}|une?|premier)(?: ?e?r?)? ?{_TIME}\b|\b\d+ ?(?:fois|h)\b|\bune fois\b|\bdans (?:le|l') ?{_TIME}\b|"
    rf"\bsans delai\b|\bimmediate|\bchaque {_TIME}\b|\btous les {_TIME}\b"
)
# « La formation dure un an » says no age.
_ASKS_AGE = re.compile(r"\bquels? ages?\b|\bage (?:minim|maxim|legal|limite|requis)")
_LASTS = re.compile(rf"\b(?:dur(?:e|ent|era|ait|ees?)|pendant|delais?)\b[^.;:]{{0,60}}?(?:{_DURATION.pattern})")
# A name: a capital in the middle of a sentence, or an acronym of four letters or more. Shorter acronyms are too often
# written in full in the documents (CA, AAP) to tell anything.
_NAME = re.compile(r"(?<=[^\s.?!…«»:] )(?:[A-ZÀ-ÖØ-Þ][a-zà-öø-ÿ]{2,}(?:-[A-ZÀ-ÖØ-Þ]?[a-zà-öø-ÿ]+)*)")
_ELIDED_NAME = re.compile(r"(?<=[dlDL][’'])[A-ZÀ-ÖØ-Þ][a-zà-öø-ÿ]{2,}")
_ACRONYM = re.compile(r"\b[A-Z]{4,}\b")


_SEVERAL_THINGS = re.compile(
    r"\bcompar|\bvs\b|\bversus\b|\bdif+eren|\bentre\b.*\bet\b|\?.*\?|\bd'une part\b|"
    r"\b(?:combien|cb|nb)\b.*\b(?:combien|cb|nb)\b"
)


# « Différence entre PLUM et NPLUM », « comparer A et B », « A vs B »: the two things, without their articles.
_ARTICLE = r"(?:(?:les?|la|une?|des|du|de la)\s+|de l['’]|l['’])?"
_END = r"\s*(?:[?!.;:,]|$)"
_COMPARED = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b(?:diff|diff[ée]ren\w*|compar\w*|distin\w*)\b.*?\bentre\s+{_ARTICLE}(?P<one>[^?;:!.,]+?)\s+et\s+{_ARTICLE}(?P<two>[^?;:!.,]+?){_END}",
        rf"\bcompare[rz]?\s+{_ARTICLE}(?P<one>[^?;:!.,]+?)\s+(?:et|avec|à)\s+{_ARTICLE}(?P<two>[^?;:!.,]+?){_END}",
        rf"^\s*{_ARTICLE}(?P<one>[^?;:!.,]+?)\s+(?:vs\.?|versus)\s+{_ARTICLE}(?P<two>[^?;:!.,]+?){_END}",
    )
)
_LONGEST_THING = 6  # words


# « C'est quoi PLUM ? », « que signifie PLUM », « qu'est-ce que le plan Lumière ? »: the thing.
_ASKED_WHAT = tuple(
    re.compile(rf"^\W*{pattern}\s*{_ARTICLE}(?P<thing>[^?;:!.,]+?)[\s?!.]*$", re.IGNORECASE)
    for pattern in (
        r"(?:et\s+)?(?:c['’ ]?est|sa?t?\s+c['’ ]?est)\s+quoi(?:\s+que)?",
        r"qu['’ ]?\s*est[- ]ce\s+(?:que\s+c['’ ]?est\s+)?(?:que|qu['’])",
        r"(?:que|qu['’ ]?est[- ]ce\s+que)\s+(?:signifie|veut\s+dire)(?:\s+(?:le\s+(?:sigle|mot|terme)|l['’]acronyme))?",
        r"[çc]a\s+(?:veut\s+dire|signifie)\s+quoi",
        r"(?:d[ée]finition|signification|sens)\s+(?:de\s+|d['’])?(?:(?:sigle|mot|terme)\s+)?",
    )
)
# « PLUM, ça veut dire quoi exactement ? »
_DEFINED = (
    *_ASKED_WHAT,
    re.compile(
        rf"^\W*(?:(?:et|donc|alors|du\s+coup)\s+)?(?!(?:dans|pour|en|chez|avec|du\s+coup|donc|alors|(?:la\s+)?diff[ée]rence|"
        rf"mon|ma|mes)\b){_ARTICLE}(?P<thing>[^?;:!.,]+?)\s*,?\s+(?:(?:c['’]?est|[çc]a\s+(?:veut\s+dire|signifie))\s+quoi|"
        r"qu['’ ]?est[- ]ce\s+que\s+c['’]est|kezako)(?:\s+(?:exactement|au juste))?[\s?!.]*$",
        re.IGNORECASE,
    ),
)
# « Qui touche l'aide ? »: of what it says in documents, to concern somebody, the reader understands nothing else.
_RECEIVES = re.compile(
    r"^(?P<who>\W*Qui) touch(?:e|ent) (?=(?:l['’]|la |le |les |cette |une )"
    r"(?:(?-i:[A-ZÉ])|aides?|allocation|prime|indemnit|pension|prestation|bourse|subvention|retraite|chèque|dotation))",
    re.IGNORECASE,
)
_ALONE = 2  # words that are no sentence


_LIST = re.compile(
    r"\bquels? (?:sont|etaient)\b|\bquelles (?:sont|etaient)\b|\bquels\b|\bquelles\b|\blistes?\b|\bcompar|\bvs\b|"
    r"\bcite[sz]?[ -]|\benumer|\btous les\b|\btoutes les\b|\bqui sont\b"
)


# « Auprès de qui déclarer ? », « Sur mon site, que déclarer ? »; « Est-ce que » and a verb first ask for yes or no.
_OPEN = re.compile(
    r"(?:^\W*|[,;:] |\bet )(?:(?:a|au|aupres|de|d'|depuis|par|pour|avec|en|dans|sous|jusqu'a|sur|chez|vers) ?)*"
    r"(?:qui|que|qu'|quoi|quels?|quelles?|quand|ou|comment|pourquoi|combien|lequel|laquelle|lesquels|lesquelles)\b|\bquoi\b"
)
# « Dois-je », « peut on », « est-ce que »; a mark at the end.
_CLOSED = re.compile(
    r"\w-(?:t-)?(?:je|tu|il|elle|on|nous|vous|ils|elles|ce)\b|\?|^\W*est[- ]ce\b|"
    r"^\W*(?:dois|doit|doivent|peut|peux|puis|peuvent|faut|ai|est|a|sont|ont|va|vais) (?:t )?"
    r"(?:je|il|elle|on|nous|ils|elles)\b"
)


def is_open(question: str) -> bool:
    """Whether no « oui » answers a question: it asks who, what, which, when, where, how or why, or is a few words."""
    folded = fold(question)
    return defined(question) is not None or bool(_OPEN.search(folded)) or not _CLOSED.search(folded)


def asks_several_things(question: str) -> bool:
    """Whether no single document need hold all that the question names: a comparison, two questions in one."""
    return bool(_SEVERAL_THINGS.search(fold(question)))


def compared(question: str) -> tuple[str, str] | None:
    """The two things that a question compares, as written without their articles; None when it compares none."""
    for pattern in _COMPARED:
        if match := pattern.search(question):
            one, two = match["one"].strip(), match["two"].strip()
            # « entre 2014 et 2020 » compares no things.
            if all(re.search(r"[^\W\d]", thing) and len(thing.split()) <= _LONGEST_THING for thing in (one, two)):
                return one, two
    return None


def word_alone(question: str) -> tuple[str] | None:
    """The word or two that are all that a question holds (« PLUM ? »); None for a longer one."""
    said = question.strip(" ?!.")
    return (said,) if 0 < len(said.split()) <= _ALONE else None


def defined(question: str) -> tuple[str] | None:
    """The thing that a question asks what it is (« c'est quoi PLUM », « PLUM ? »), as written; None for another one."""
    for pattern in _DEFINED:
        if (match := pattern.search(question)) and len(match["thing"].split()) < _LONGEST_THING:
            return (match["thing"].strip(),)
    return word_alone(question)


def as_read(question: str) -> str:
    """The question as a reader takes it: a word or two alone (« PLUM ») ask what that is, and who « touche » an aid who
    has a right to it.
    """
    word = word_alone(question)
    return f"Qu'est-ce que {word[0]} ?" if word else _RECEIVES.sub(r"\g<who> a droit à ", question)


def wanted_figure(question: str) -> FigureKind | None:
    """Whether the question asks for a duration, a frequency or an age (« quel délai »), a share (« quel taux »), a
    number (« combien ») or a date; None for none.
    """
    folded = fold(question)
    if _HOW_LONG.search(folded):
        return "duration"
    if _WHEN.search(folded) and "combien" not in folded:
        return "date"
    if _SHARE.search(_NAMED_BY_SHARE.sub("", folded)):
        return "share"
    if _NUMBER.search(folded):
        return "number"
    return "date" if _DATE.search(folded) else None


def asks_figure(question: str) -> bool:
    """Whether a figure is what the question asks for: no other answer will do than one with a figure."""
    folded = fold(question)
    return bool(_ASKED_FOR.search(folded)) and not _ABOUT_IT.match(folded) and is_open(question)


def wants_ratio(question: str) -> bool:
    """Whether the question asks for a rate or a proportion, which no plain number answers."""
    return bool(_RATIO.search(fold(question)))


def figure_fit(text: str, question: Question) -> float:
    """How well the figures of `text` suit the one that `question` asks for: 1 fully, 0 not at all; its own count not.

    A number that is no percentage suits a question for a part a little: « 8,4 milliards sur 12 » is a part too. It does
    not suit one for a rate or a proportion; « la moitié » does.
    """
    wanted = question.figure
    if wanted is None:
        return 0.0
    if wanted == "share" and _FRACTION.search(fold(text)):
        return 1.0
    if wanted == "duration":
        asked, told = fold(question.standalone), fold(text)
        told = _LASTS.sub(" ", told) if _ASKS_AGE.search(asked) else told
        said = {match[0] for match in _DURATION.finditer(asked)}
        return float(any(match[0] not in said for match in _DURATION.finditer(told)))
    other = 0.0 if question.wants_ratio else 0.4
    known = figures(question.standalone)
    fit = 0.0
    for figure in figures(text):
        if any(same_figure(own, figure) for own in known):
            continue
        is_date = figure.unit in {"date", "year"}
        if is_date != (wanted == "date"):
            continue
        fit = max(fit, other if wanted == "share" and figure.unit not in {"%", "point"} else 1.0)
    return fit


def names(question: str) -> list[str]:
    """The proper names and long acronyms of a question, as written, without repeats; none when it is all capitals."""
    if not any(sign.islower() for sign in question):
        return []
    found = [*_NAME.findall(question), *_ELIDED_NAME.findall(question), *_ACRONYM.findall(question)]
    return list(dict.fromkeys(found))


def missing_names(wanted: Collection[str], text: str) -> list[str]:
    """Those of the names `wanted` of which a word is nowhere in `text`."""
    if not wanted:
        return []
    there = set(words(text))
    return [name for name in wanted if not set(words(name)) <= there]


def asks_for_list(question: str) -> bool:
    """Whether the question asks for several things of a kind, or compares some."""
    return bool(_LIST.search(fold(question)))
