"""What a language model is asked when it is measured: fixed French texts about a place that does not exist."""

from __future__ import annotations

import re
from dataclasses import dataclass

HELLO_SYSTEM = "Vous répondez en français."
HELLO = "Répondez par un seul mot : bonjour."
HELLO_TOKENS = 16

READING_SYSTEM = (
    "Vous lisez un registre et vous en rendez compte en français. Commencez par recopier la référence de sa première "
    "ligne, puis résumez ce qu'il dit en quatre phrases."
)
READING_TOKENS = 120

ASKING_SYSTEM = (
    "Vous répondez en français à une question, à partir des seuls passages numérotés qui vous sont donnés, en une "
    "phrase qui se termine par le numéro du passage qui la prouve, entre crochets, par exemple [1]. Si les passages ne "
    "donnent pas la réponse, écrivez seulement : « Les documents ne permettent pas de répondre. »"
)
ASKING_TOKENS = 100
_RULES = (
    "(Règlement de la ludothèque de Valombre, 2023-02-10) L'inscription à la ludothèque coûte 14 euros par an et par "
    "famille. Elle est gratuite pour les assistantes maternelles de la commune."
)
_HOURS = (
    "(Horaires de la ludothèque de Valombre, 2024-09-02) La ludothèque est ouverte le mercredi de 10 heures à 18 "
    "heures et le samedi matin. Elle ferme pendant les vacances d'hiver."
)
_LOANS = (
    "(Prêt de jeux, 2024-01-15) Chaque famille peut emprunter trois jeux à la fois, pendant vingt et un jours. Un jeu "
    "rendu incomplet doit être remplacé."
)
_YEAR = "(Rapport d'activité, 2024-06-20) En 2023, la ludothèque a prêté 5 260 jeux ; 318 familles y étaient inscrites."
PASSAGES = (_RULES, _HOURS, _LOANS, _YEAR)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question over `PASSAGES`. `passage` is the number of the one that answers, None when none does; `fact` is what
    the answer must hold, without spaces."""

    question: str
    passage: int | None
    fact: str = ""


QUESTIONS = (
    Asked("Combien de jours une famille peut-elle garder les jeux empruntés ?", 3, "vingtetun|21"),
    Asked("Combien de jeux la ludothèque a-t-elle prêtés en 2023 ?", 4, "5260"),
    Asked("Quel est le salaire de la directrice de la ludothèque ?", None),
)

_CLAIMS = (
    ("Une famille garde vingt et un jours les jeux qu'elle emprunte.", True),
    ("En 2023, la ludothèque a prêté 318 jeux.", False),
    ("Les assistantes maternelles de la commune s'inscrivent gratuitement.", True),
    ("La ludothèque ne ferme pas pendant les vacances d'hiver.", False),
    ("Chaque famille peut emprunter vingt et un jeux à la fois.", False),
    ("La ludothèque comptait 318 familles inscrites en 2023.", True),
)
# The task of the second look, where half of the sentences are false.
JUDGING_SYSTEM = (
    "Tu relis une réponse avant sa publication. Dis de chaque phrase numérotée si les passages disent bien cela : "
    "mêmes chiffres, mêmes personnes, même sens, rien d'ajouté. Écris une ligne par phrase : son numéro, deux points, "
    "puis « oui » ou « non ». Rien d'autre."
)
JUDGING = "\n".join(
    [
        "Passages :",
        *(f"[{number}] {text}" for number, text in enumerate(PASSAGES, start=1)),
        *(f"({number}) Phrase : {text}" for number, (text, _) in enumerate(_CLAIMS, start=1)),
        "Verdicts :",
    ]
)
JUDGING_TOKENS = 64

_MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin", "juillet"),
    *("août", "septembre", "octobre", "novembre", "décembre"),
)
_WORKS = (
    "la réfection de la toiture du lavoir",
    "le remplacement des lampes de la grande salle",
    "la taille des haies du sentier des Forges",
    "l'entretien de la passerelle du moulin",
    "la peinture des volets de l'ancienne école",
)
_PLACES = ("à la halle aux grains", "au manège", "dans la cour du relais de poste", "au théâtre de verdure")
_MARK = re.compile(r"\[(?:passage|extrait|document|source)?\s*(\d+)\s*\]", re.IGNORECASE)
_REFUSES = re.compile(
    r"ne (?:permettent|permet|disent|dit|précisent|précise|mentionnent|mentionne|donnent|donne|contiennent|contient|"
    r"fournissent|fournit|indiquent|indique)\b|n'(?:est|ont|a|indiquent|indique|y a)\b.{0,40}\bpas\b|"
    r"aucun(?:e)? (?:information|passage|document|extrait|mention)|pas (?:d'information|mentionné|indiqué|précisé)",
    re.IGNORECASE | re.DOTALL,
)
_SAID = re.compile(r"^\W{0,5}(\d{1,2})\W{1,8}(oui|non|yes|no)\b", re.IGNORECASE | re.MULTILINE)
_FRENCH = frozenset("le la les un une des du de et en à au aux est sont a ont pour par dans qui que pas ne".split())
_ENGLISH = frozenset("the of and is are to in for with that not this was were on it by an".split())


def register(reference: str, characters: int) -> str:
    """An invented register of about so many characters, which begins with `reference` and tells no two months alike."""
    pages = [f"Référence : {reference}"]
    length, number = 0, 0
    while length < characters:
        page = _page(number)
        pages.append(page)
        length += len(page)
        number += 1
    return "\n\n".join(pages)


def questioned(question: str) -> str:
    """The passages, numbered from 1, then the question: what comes first is read once by a server that remembers."""
    passages = "\n".join(f"[{number}] {text}" for number, text in enumerate(PASSAGES, start=1))
    return f"Passages :\n{passages}\n\nQuestion : {question}\nRéponse :"


def is_cited(answer: str, asked: Asked) -> bool:
    """Whether `answer` tells the fact, and cites the passage that does and no other."""
    cited = {int(number) for number in _MARK.findall(answer)}
    return cited == {asked.passage} and re.search(asked.fact, re.sub(r"[\W_]", "", answer.lower())) is not None


def is_refused(answer: str) -> bool:
    """Whether `answer` says that the passages do not."""
    return _REFUSES.search(answer.replace("’", "'")) is not None


def judges_right(answer: str) -> bool:
    """Whether `answer` tells every true sentence from every false one."""
    said = {int(number): verdict.lower() in {"oui", "yes"} for number, verdict in _SAID.findall(answer)}
    return said == {number: true for number, (_, true) in enumerate(_CLAIMS, start=1)}


def is_french(answer: str) -> bool:
    """Whether the little words of `answer` are those of French."""
    words = re.findall(r"[^\W\d_]+", answer.lower())
    return sum(word in _FRENCH for word in words) > 2 * sum(word in _ENGLISH for word in words)


def repeats(answer: str, reference: str) -> bool:
    """Whether `answer` holds the reference, however it is spaced."""
    return re.sub(r"\W", "", reference).lower() in re.sub(r"\W", "", answer).lower()


def _page(number: int) -> str:
    month, year = _MONTHS[number % 12], 1990 + number // 12
    visits, hours, spent = 140 + 37 * number % 211, 12 + 7 * number % 31, 310 + 53 * number % 870
    works, place = _WORKS[number % len(_WORKS)], _PLACES[number % len(_PLACES)]
    return (
        f"{month.capitalize()} {year}. La maison du pays de Valombre a reçu {visits} visiteurs, dont "
        f"{visits // 3} enfants venus avec leur classe. Les bénévoles ont donné {hours} heures à {works}, pour une "
        f"dépense de {spent} francs que le comité a approuvée à l'unanimité. La veillée s'est tenue {place}, devant "
        f"{visits // 2} personnes ; la chorale des Trois-Vallées y a chanté {3 + number % 6} airs anciens. Le conseil "
        f"a remis au mois suivant l'examen de la demande du club de marche, qui voudrait disposer de la salle du bas "
        f"le {1 + number % 28} de chaque mois."
    )
