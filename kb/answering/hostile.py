"""Text of a document that addresses whoever answers instead of telling something: never evidence.

A document is data. What it says to a language model, what it hides from its reader and what would make a page fetch
something is left out of what can be chosen; the document stays in the base as it is. The same words are looked for in
what a text hides: letters one by one, digits and foreign letters in the place of letters.
"""

from __future__ import annotations

import html
import re
import unicodedata

from kb.text.folding import fold, visible
from kb.text.remembering import remembering

# Pieces of the patterns, in folded text: no capitals, no accents, single spaces.
_GIVEN = (
    "(?:instructions?|consignes?|directives?|regles?|rules?|prompts?|guidelines?|garde-fous?|guardrails?|contextes?|"
    "context|tout ce qui (?:precede|suit)|everything|la question|the question)"
)
_SOURCES = "(?:documents?|sources?|passages?|extraits?|excerpts?|textes?|pages?|fichiers?|files?|chunks?|donnees|data)"
_OTHER = (
    "(?:autres?|others?|precedente?s?|previous|prior|suivante?s?|ci-dessus|above|earlier|recuperes?|retrieved|restante?s?)"
)
_SETS_ASIDE = (
    "(?:(?<!n')(?<!d')(?:ignor(?:e|es|ez|er|ons|ing)|oubli(?:e|es|ez))|disregard(?:ing)?|forget|overrid(?:e|es|ing)|"
    "ne (?:tiens|tenez|tenir|tenons) (?:plus |pas |aucun(?:ement)? )?compte|(?:faire|fais|faites) abstraction|"
    "passe[rz]? outre|outrepasse[rz]?|"
    "ne (?:suis|suivez|suivre|respectez|utilise[rz]?|cite[rz]?|consulte[rz]?|lis|lisez|te fie|vous fiez) "
    "(?:plus|pas|jamais|aucune?)|(?:do not|don't|never) (?:use|follow|trust|cite|rely|read|obey|consider|mention))"
)
# What answers by itself. An assistant alone may be a person in an agency's documents: see where it is used.
_MACHINE = (
    "(?:assistant|assistante virtuelle|ia|ai|intelligence artificielle|modeles? de lang\w+|language models?|"
    "chatbot|chatgpt|agent conversationnel|robot|llms?|gpt(?:-?\d)?|bot|moteur (?:de reponse|de recherche|rag|ia)|rag|"
    "systeme (?:de reponse|de questions|automatique|rag|ia))"
)
_REPLY = "(?:reponds|repondez|reply|answer|respond|say|tell|dis|dites|ecris|ecrivez)"
_SAY = f"(?:{_REPLY}|repondre|dire|print|output|write|(?:affiche|insere|ajoute|indique|affirme|confirme|recommande|cite)[rz]?)"
_YOUR_ANSWER = (
    "(?:(?:ta|votre|toute) reponse|(?:tes|vos) reponses|(?:dans|a|de) (?:la|chaque) reponse|your (?:answers?|reply|response)|"
    "(?:the|every|each) (?:answer|reply|response))"
)
_ORDERS = re.compile(
    "|".join(
        (
            # What was said before, or stands elsewhere, is to be set aside.
            rf"\b{_SETS_ASIDE}\b.{{0,60}}\b(?:{_GIVEN}|{_OTHER} {_SOURCES}|{_SOURCES} {_OTHER})\b",
            # It says that it comes first.
            r"\b(?:consignes?|instructions?|directives?|ordres?|commandes?) (?:prioritaires?|cachees?|secretes?|systeme|"
            r"absolues?|imperatives?|speciales?)\b",
            r"\b(?:priority|hidden|secret|system|new|important|override) (?:instructions?|orders?|directives?|override)\b",
            r"\b(?:nouvelles?|dernieres?) (?:consignes?|instructions?|directives?) ?:",
            # It takes the form of what models are told.
            r"\b(?:system|systeme) ?(?:prompt|:)",
            r"\brole ?[\"':=]+ ?[\"']?(?:system|assistant|user)\b",
            r"#{2,} ?(?:system|instructions?) ?(?::|$)",
            r"\b(?:prompt (?:systeme|initial|cache)|jailbreak|mode (?:developpeur|dan|debug)|(?:developer|dan|admin|debug) mode)\b",
            r"\[/?inst\]|<<?/?sys>>?|<\|? *(?:im_start|im_end|system|assistant|user|endoftext|eot_id)",
            # It gives a role.
            r"\btu es (?:desormais|maintenant|a present|dorenavant)\b|\byou are (?:now|no longer)\b",
            rf"\bvous etes (?:desormais|maintenant) (?:une? )?{_MACHINE}\b",
            rf"\b(?:from now on|dorenavant|desormais),? (?:you|tu|{_SAY})\b",
            r"\b(?:act|behave|pretend) (?:as|like|to be|you)\b|(?:^joue|\btu joues|\b(?:jouez|endossez|adoptez)) le role d",
            rf"\b(?:agis|comporte-toi|comportez-vous|(?:fais|faites) comme si)\b.{{0,40}}\b(?:tu|vous|{_MACHINE}|{_GIVEN})\b",
            # It speaks to what answers.
            rf"\b(?:a l'(?:attention|intention|usage)|note|message|avis|instructions?|consignes?|rappel) (?:a l'|de l'|du |des |"
            rf"aux? |pour l'|pour le |pour les |d'|de |to (?:the )?|for (?:the )?){_MACHINE}\b",
            rf"\b(?:cher|chere|dear|hey|hello|bonjour|attention) {_MACHINE}\b|^{_MACHINE} ?[:,]",
            rf"\b(?:si|if) (?:tu es|vous etes|you are|you're) (?:une? |an? |the )?{_MACHINE}\b",
            rf"\b{_MACHINE}s?\b.{{0,60}}\b(?:tu dois|vous devez|must|should|shall|(?:est|es) prie\w* de)\b.{{0,40}}\b{_SAY}\b",
            rf"\b(?:reveal|repeat|print|show|recopie[rz]?|(?:revele|affiche|montre|divulgue|repete|donne)[rz]?)\b.{{0,40}}"
            rf"\b(?:prompt|(?:tes|vos|your) (?:\w+ )?{_GIVEN})\b",
            # It dictates the answer.
            r"\b(?:quelle que soit|peu importe|qu'importe|no matter|whatever|regardless of)\b.{0,30}\b(?:question|demande|asked?)\b",
            r"\b(?:reponse|answer) (?:a (?:donner|fournir|retenir|afficher|toute|n'importe|chaque)|(?:to|for) (?:any|every|all|give))\b",
            r"\b(?:la|the) (?:seule|unique|only|correct|right|bonne) (?:(?:bonne|vraie|correct|right|valid|exacte|true) )?"
            r"(?:reponse|answer) ?(?:(?:possible|correcte|valable|exacte|officielle|acceptable|autorisee|juste) )?(?:est|is|a|to|:)",
            rf"\b{_REPLY} (?:toujours|systematiquement|uniquement|seulement|simplement|always|only|exactly|exactement)\b",
            r"\b(?:reponds|repondez|reply|answer|respond) (?:que|par|with|that|ceci|cela)\b",
            r"\b(?:always|must) (?:answer|reply|say|respond|state)\b",
            rf"\b(?:si|quand|lorsqu'|when|if|whenever) ?(?:on|l'on|une?|an?|the|le|la|l'|any|someone|quelqu'un|users?|utilisateur)\b"
            rf".{{0,60}}\b(?:demande|interroge|question|asks?|asked)\b.{{0,100}}\b{_SAY}\b",
            rf"\b(?:{_REPLY}|affichez?|inserez?|terminez?|commencez?|ajoutez?|concluez|conclus|append|include|add|end)\b.{{0,60}}"
            rf"\b(?:{_YOUR_ANSWER}|utilisateurs?|users?|image|balise|markdown|mot pour mot|verbatim)\b",
        )
    )
)
# The same kinds without spaces, for letters that were set apart (« I g n o r e z  l e s  c o n s i g n e s »).
_JOINED = re.compile(
    r"(?:ignor|oubli|disregard|forget|override|netenezpascompte|netienspascompte)\w{0,40}?"
    r"(?:instruction|consigne|directive|regle|rules|prompt|context|document|source|passage|precede|previous|above)|"
    r"consigneprioritaire|instructionprioritaire|systemprompt|promptsysteme|jailbreak|tuesdesormais|tuesmaintenant|"
    r"youarenow|repond(?:s|ez)(?:que|toujours|uniquement|seulement|par)|labonnereponse|laseulereponse|"
    r"(?:always|only)(?:answer|reply|say)|answer(?:only|with|that)"
)
_FETCHES = re.compile(
    r"!\[[^\]\n]{0,500}\]\(|<\s{0,20}(?:img|script|iframe|object|embed|link|style|svg|meta)\b|javascript:", re.I
)
_ASKED = re.compile(r"[{]|\bq=|\bquery=|question|\bprompt=", re.I)
_SPACED = re.compile(r"(?<!\w)(?:\w[\W_]{1,3}){5,}\w(?!\w)")
_BETWEEN = re.compile(r"[\W_]+")
_MIXED = re.compile(r"\S*[a-z]\S*")
_LEET = str.maketrans("013457@$!|€", "oieastasile")
# Letters of other alphabets that readers take for Latin ones; NFKD leaves them (Unicode's confusables.txt, the common).
_LOOK_ALIKES = str.maketrans(
    "абвгдеёзикмнорстухьіјѕԁԛԝһӏαβεικνορτυχγηϲ", "aбвrдeeзиkmhopctyxьijsdqwhlaβeikvoptuxyhc"
)


@remembering
def is_hostile(text: str) -> bool:
    """Whether a unit of a document gives orders to whoever answers, or would fetch or run something when shown."""
    seen = visible(html.unescape(text) if "&" in text else text)
    if _FETCHES.search(seen) or any(_asks_elsewhere(word) for word in seen.split() if "://" in word):
        return True
    folded = fold(seen)
    return any(
        _ORDERS.search(said) or ((letters := _joined(said)) and _JOINED.search(letters))
        for said in (folded, *_hidden(folded))
    )


def _asks_elsewhere(word: str) -> bool:
    """Whether an address would carry the question away."""
    return "?" in word and bool(_ASKED.search(word, word.index("?")))


def _hidden(folded: str) -> list[str]:
    """What a folded text may hide: its words with digits, signs or letters of other alphabets read as Latin letters."""
    found = []
    latin = folded.translate(_LOOK_ALIKES)
    if latin != folded:
        found.append(latin)
    plain = _MIXED.sub(lambda word: word[0].translate(_LEET), latin)
    if plain != latin:
        found.append(plain)
    return found


def _joined(folded: str) -> str:
    """The letters of a folded text that stand one by one, run together; empty when there are none."""
    return " ".join(_BETWEEN.sub("", run[0]) for run in _SPACED.finditer(folded))
