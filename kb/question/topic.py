"""What a short question is about: the nouns that it puts an article before, each with the adjective behind it."""

from __future__ import annotations

import re

from kb.text.folding import fold
from kb.text.stems import STOP_WORDS, stems
from kb.types import Question

# A name in more than about a quarter of the passages (rarity: ln(N / n)) is what the base is about: it tells nothing.
_COMMON_NAME = 1.4
# In more words, people say the same thing otherwise than documents do. Of questions that were answered with a
# confidence under 0.6, those whose topic no good unit held were, of up to four stems, 4 without an answer in reach and
# 1 with one; of up to six, 17 and 18 (bench/sheets, bench/cnil and the bundled corpus, as asked and with their own
# documents left out; 30 November 2026).
_MOST_TOPIC_STEMS = 4
_DETERMINER = (
    r"(?:les?|la|l'|une?|mon|ma|mes|ton|ta|tes|son|sa|ses|notre|nos|votre|vos|leurs?|cet?|cette|ces|des|du|aux?|de|d'|"
    r"quels?|quelles?|combien de|combien d'|nombre de|nombre d')"
)
_TOPIC_NOUN = re.compile(
    rf"(?<![\w'])(?:{_DETERMINER}(?:(?<=')|\s+))+(?P<noun>[a-z][\w-]+)"
    r"(?:\s+(?P<adjective>[a-z][\w-]+)(?=\W*$|\s*[?.!,;:]|\s(?:de|du|des)\b|\sd'))?"
)
_INVERTED_VERB = re.compile(r"\b\w+-(?:t-)?(?:je|tu|il|elle|on|nous|vous|ils|elles)\b")
# Acronyms and names are looked for by themselves (`missing_names`).
_IN_CAPITALS = re.compile(r"\b[A-Z]{2,}\b")
# What a figure is asked by: the figure stands for it. And what documents and their parts are called.
_STOOD_FOR = frozenset(
    "temps argent euro euros fois gens personne personnes an ans annee annees mois semaine semaines jour jours heure "
    "heures age prix tarif tarifs montant cout somme budget nombre taux part delai duree date numero "
    "document texte page article fiche note courrier lettre arrete decret circulaire objet reference".split()
)
# « À partir de quel âge », « quelle part », and how people shorten « combien », « nombre » and « compared with ».
_STEMS_STOOD_FOR = frozenset(stem for word in [*_STOOD_FOR, "part", "partir", "cb", "nb", "vs"] for stem in stems(word))


def topic(question: Question) -> tuple[str, ...]:
    """The stems of the nouns of a short question, as its articles tell them; none for a longer one, or one that has a
    rare name.
    """
    asked = question.standalone
    if len(set(stems(asked))) > _MOST_TOPIC_STEMS or any(is_rare(name, question) for name in question.names):
        return ()
    plain = _INVERTED_VERB.sub(" ", fold(_IN_CAPITALS.sub(" ", asked)))
    found = [word for match in _TOPIC_NOUN.finditer(plain) for word in (match["noun"], match["adjective"]) if word]
    told = [word for word in found if word not in STOP_WORDS and word not in _STOOD_FOR]
    return tuple(dict.fromkeys(stem for word in told for stem in stems(word)))


def asks_for_it(stem: str) -> bool:
    """Whether a stem is of a word that a figure is asked by (« âge », « délai », « jours »), and tells nothing else."""
    return stem in _STEMS_STOOD_FOR


def is_rare(name: str, question: Question) -> bool:
    """Whether a name of a question tells something: few passages hold it."""
    return any(question.rarity(stem) > _COMMON_NAME for stem in stems(name)) or not stems(name)
