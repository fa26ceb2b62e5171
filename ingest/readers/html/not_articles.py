"""Pages that are no article although a server gives them: « page introuvable », a login, consent, a program's shell.

Each is told from a text that only speaks of the matter by how little it holds besides.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.readers.html.elements import Element, text_of
from kb.text.folding import fold

NOT_FOUND = "la page dit qu'elle est introuvable"
"""How the reason begins for a page that says itself that it does not exist: its document is treated as gone."""
LOGIN = "la page demande de se connecter ; donnez une adresse publique, ou enregistrez la page une fois connecté"
CONSENT = (
    "la page ne montre qu'une demande de consentement aux cookies ; enregistrez-la depuis un navigateur, une fois "
    "le choix fait"
)
WRITTEN_BY_SCRIPT = (
    "la page est écrite par un programme (JavaScript) ; enregistrez-la depuis un navigateur, une fois affichée"
)
ELSEWHERE = "la page ne fait que renvoyer à une autre adresse ; donnez celle-là"
ROBOT = "le site vérifie qui le visite avant de montrer la page ; enregistrez-la depuis un navigateur"
CLOSED = "le site annonce une interruption ; la page sera à relire plus tard"

# A page with more characters than this says something besides; one of an error or of a login holds a few lines.
_SHORT = 1_500
_VERY_SHORT = 600
_LONGEST_ASKED = 5_000  # characters of a page in which consent is asked for
_LINES, _LINE = 400, 120
_LONGEST_TITLE = 150
# Folded titles, without what precedes or follows a bar or a dash (the site's name).
_THING = r"(?:cette |la |le |ce |l')?(?:page|contenu|document|article|ressource|fiche|fichier|url|adresse)"
_ASKED = r"(?: (?:que vous (?:cherchez|recherchez|demandez|avez demandee?)|demandee?|recherchee?))?,?"
_LACKS = (
    r" (?:n'existe (?:pas|plus)|(?:est |a ete |n'a pas (?:pu )?(?:etre |ete )?|n'a pu etre |n'est pas |n'est plus )?"
    r"(?:introuvable|non trouvee?|inexistante?|supprimee?|deplacee?)|"
    r"(?:n'a pas (?:pu )?(?:etre |ete )|n'a pu etre |n'est pas |n'est plus )"
    r"(?:trouvee?|disponible|accessible|en ligne))"
    r"(?: (?:ou|et) .{1,40})?"
)
_MISSING = rf"{_THING}{_ASKED}{_LACKS}|(?:page )?not found|gone"
_NOT_FOUND = re.compile(
    rf"(?:(?:oups|oops|desole|erreur|error)[ !.,:…–-]*)?(?:{_MISSING}|"
    rf"(?:erreur|error|http|code)? ?(?:404|410)(?:[ .!:,–-]+(?:{_MISSING}))?|"
    rf".{{0,40}}(?:[ (](?:erreur|error) 404|\(404)\)?)"
)
_LOGIN = re.compile(
    r"(?:page de |formulaire de )?(?:connexion|login|log in|sign in)|se connecter|connectez-vous|s'identifier|"
    r"identification|"
    r"identifiez-vous|(?:s')?authentifi(?:cation|er|ez-vous)(?: requise)?|mot de passe requis|"
    r"acces (?:reserve|restreint|protege)(?: .{1,30})?|espace (?:membres?|prive|reserve|personnel|adherents?|agents?)"
)
_ROBOT = re.compile(
    r"just a moment|attention required|un instant|verification (?:de securite|en cours|du navigateur)|"
    r"(?:verifiez|confirmez|verification) que vous etes (?:un )?humain|are you (?:a )?(?:human|robot)|"
    r"checking your browser.*|"
    r"access denied|acces (?:refuse|interdit|bloque)|(?:erreur |error )?403(?: .{1,30})?|forbidden"
)
_CLOSED = re.compile(
    r"(?:.{1,30} )?(?:en maintenance|(?:temporairement |momentanement )?indisponible|en travaux)|"
    r"maintenance(?: en cours| du site)?|"
    r"(?:erreur |error )?50[0-4](?: .{1,30})?|service unavailable|bad gateway"
)
_LEAVING = re.compile(
    r"redirection(?: (?:en cours|automatique).{0,20})?|(?:vous (?:allez|etes) .{0,10})?redirig.{0,60}|"
    r"redirecting.{0,40}"
)
_CONSENT = re.compile(r"cookies?\b|traceurs?\b|consentement|vie privee|donnees personnelles")
_CHOICE = re.compile(
    r"(?:tout )?(?:accepter|refuser)\b|j'accepte|continuer sans accepter|accept all|reject all|personnaliser|parametrer"
)
_SCRIPT = re.compile(
    r"(?:activ|autoris|enabl)\w* (?:le |the )?java ?script|java ?script (?:est|doit|is|must|"
    r"semble)\b.{0,40}(?:desactive|active|disabled|enabled|requis|"
    r"necessaire|required)|(?:requires?|necessite|needs?|besoin d[e']) ?(?:the )?java ?script|"
    r"without java ?script|sans java ?script"
)
# The elements that programs of the usual kinds (React, Vue, Angular, Next, Nuxt, Svelte) write the page into.
_SHELLS = frozenset(
    "root app app-root __next __nuxt ___gatsby react-root reactroot application main-app app-container svelte q-app "
    "ember-app vue-app mount app-mount".split()
)


def is_scripted(page: Element) -> bool:
    """Whether a program comes with a page."""
    return next(page.iter("script"), None) is not None


def is_shell(page: Element, body: Element) -> bool:
    """Whether a page is one that a program fills: « Chargement en cours… » is no article."""
    parts = body.iterdescendants("div", "main", "section", "app-root")
    return is_scripted(page) and any((part.get("id") or part.tag) in _SHELLS for part in parts)


def asks_choice(body: Element) -> bool:
    """Whether the buttons of a page, before they are taken away, ask for consent."""
    asked = [
        part
        for part in body.iter("button", "a", "input")
        if _CHOICE.fullmatch(_said(part)) or _CHOICE.match(_said(part))
    ]
    return bool(asked) and len(_CONSENT.findall(fold(text_of(body)[:_LONGEST_ASKED]))) > 1


def asks_password(body: Element) -> bool:
    """Whether a page holds a field for a password."""
    return any((field.get("type") or "").lower() == "password" for field in body.iter("input"))


def reason_against(titles: Sequence[str], text: str, *, password: bool, consent: bool, noscript: str) -> str | None:
    """Why a page is no article, or None for one that is.

    `titles` are those that it gives itself, `text` is what is left of it, `noscript` what it says to browsers without
    programs; whether it asks for a `password` or for `consent`.
    """
    if len(text) > _SHORT:
        return None
    folded = fold(text)
    first = next((line for line in text.split("\n") if line.strip()), "").lstrip("#- ")
    is_very_short = len(text) <= _VERY_SHORT
    heads = [*titles, first] if is_very_short else titles
    if (lacking := _said_by(_NOT_FOUND, heads)) is not None:
        return f"{NOT_FOUND} (« {lacking} ») ; retirez son adresse ou corrigez-la"
    is_login = _said_by(_LOGIN, heads) is not None
    if password and (is_login or is_very_short):
        return LOGIN
    if consent and len(_CONSENT.findall(folded)) > (0 if is_very_short else 1):
        return CONSENT
    if not is_very_short:
        return None
    if is_login and re.search(r"mot de passe|identifiants?\b|se connecter|connectez-vous", folded):
        return LOGIN
    if _said_by(_ROBOT, titles) is not None:
        return ROBOT
    if _said_by(_CLOSED, titles) is not None:
        return CLOSED
    if len(text) <= _LINE and _said_by(_LEAVING, heads) is not None:
        return ELSEWHERE
    is_shell_only = len(text) <= _LINES and _SCRIPT.search(folded) is not None
    if is_shell_only or (len(text) <= _LINE and _SCRIPT.search(fold(noscript))):
        return WRITTEN_BY_SCRIPT
    return None


def _said_by(pattern: re.Pattern[str], texts: Sequence[str]) -> str | None:
    """The first part of `texts`, between bars or dashes, that is what `pattern` says."""
    for text in texts:
        for part in (text, *re.split(r"\s[|·•–—-]\s", text)):
            folded = fold(part).strip(" .!:…-|") if len(part) <= _LONGEST_TITLE else ""
            if folded and pattern.fullmatch(folded):
                return part.strip()
    return None


def _said(part: Element) -> str:
    said = text_of(part) or part.get("value") or part.get("aria-label") or ""
    return fold(said) if len(said) <= 60 else ""
