"""What stands on a page around its text: the one table of markers, and how they are applied.

What any French site may write is here: `MARKS` (lines, by their folded text) and `PRUNED_NAMES` (HTML classes and ids).
What only the agency's own site writes is data: the section [pages] of its domain.toml.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from ingest.readers.block_builder import Block
from ingest.readers.dates import is_announcement
from kb.text.domain import Domain
from kb.text.folding import fold

# line: the line goes, what follows stays. aside: the few short lines up to the next mark go too. related: headlines of
# other pages follow, and go. end: so does everything that follows.
Effect = Literal["line", "aside", "related", "end"]


@dataclass(frozen=True, slots=True)
class Mark:
    """A line of page furniture: `pattern` matches the whole of its folded text, leading and trailing dots left out.

    `saved_page` tells a mark that only a saved web page holds: it is what shows that a plain text is one.
    """

    pattern: re.Pattern[str]
    effect: Effect
    saved_page: bool = False


def _mark(pattern: str, effect: Effect, *, saved_page: bool = False) -> Mark:
    return Mark(re.compile(pattern), effect, saved_page)


_NETWORKS = "(?:facebook|twitter|x|linkedin|whatsapp|bluesky|mastodon|instagram|pinterest|e-?mail|mail|courriel)"
MARKS = (
    _mark(r"lire la suite de l'article(?: ci-dessous)?", "line", saved_page=True),
    _mark(r"suite de l'article", "line", saved_page=True),
    _mark(r"lire la suite|lire plus|voir plus|en savoir plus", "line"),
    _mark(rf"partager(?: (?:cet article|cette page|la page|sur (?:{_NETWORKS}[ ,]*(?:et )?)+))?", "line"),
    _mark(
        rf"(?:partager sur {_NETWORKS} ?|imprimer ?|envoyer par (?:e-?mail|mail|courriel) ?|copier le lien ?){{2,}}",
        "line",
    ),
    _mark(
        r"imprimer(?: (?:la page|cette page|cet article))?|envoyer par (?:e-?mail|mail|courriel)|copier le lien", "line"
    ),
    _mark(r"(?:retour )?(?:en )?haut de (?:la )?page|retour (?:a la liste|a l'accueil|aux actualites)", "line"),
    _mark(r"aller au (?:contenu|menu)(?: principal)?|passer au contenu", "line"),
    _mark(r"telecharger (?:le |la |les |l')[^.]{1,60}", "line"),
    _mark(r"voir toutes? (?:l'actualite|les actualites)|toutes? (?:l'actualite|les actualites)", "line"),
    _mark(
        r"(?:tout )?(?:accepter|refuser)(?: (?:tout|les cookies|tous les cookies))?|gerer (?:mes|les) cookies", "line"
    ),
    _mark(r"ce site utilise des cookies.*|nous utilisons des cookies.*", "line"),
    # What stands in place of a video or map until the reader consents.
    _mark(
        r".{2,40} est desactivee?\b.{0,20}(?:autoris|accept|activ).{0,20}(?:le depot|les cookies|cookies|"
        r"traceurs).{0,80}|"
        r"(?:ce |le )?(?:contenu|service|lecteur|media)(?: \w+)? (?:est )?(?:desactive|bloque)\b.{0,20}"
        r"(?:cookies|traceurs|consentement).{0,80}|(?:contenu|service) (?:externe )?(?:desactive|bloque)|"
        r"(?:ce |le )?contenu (?:est |a ete )?(?:desactive|bloque)e?,? (?:car|parce que|tant que|faute).{0,120}|"
        r"(?:vous devez |veuillez |pour .{4,60}, (?:vous devez |veuillez |merci d')?)(?:accepter|autoriser|activer) "
        r"(?:les|nos|ces|le depot de|l'utilisation de) (?:cookies|traceurs)\b.{0,80}|"
        r"en cliquant sur .{2,30}accepter.{0,20}, vous .{0,120}|"
        r"(?:gerer|modifier|parametrer|personnaliser) (?:les |mes |vos )?(?:cookies|traceurs|preferences|"
        r"consentements?|choix)",
        "line",
    ),
    _mark(r"(?:a|pour) lire aussi|a lire egalement|lire aussi|a decouvrir aussi", "related"),
    _mark(r"sur le meme (?:sujet|theme)|dans la meme (?:rubrique|categorie)", "related"),
    _mark(
        r"articles? (?:lies?|similaires?|recents?|associes?)|(?:ces|d'autres) articles .{0,40}vous interesser",
        "related",
    ),
    _mark(r"(?:dernieres|autres|nos) actualites|actualites (?:liees|similaires)", "related"),
    _mark(r"abonnez-vous a (?:la|notre) (?:lettre d'information|newsletter|infolettre).*", "line"),
)

# Classes and ids of HTML elements that are never part of a text. A name counts when it equals one of these, or begins
# with one of them followed by « - », « _ » (so that « lien-social » is not a « social » bar).
PRUNED_NAMES = frozenset(
    (
        "cookie cookies cookie-banner tarteaucitron axeptio didomi consent gdpr "
        "rgpd partage partager share sharing share-links social-share social-links social-media reseaux-sociaux "
        "addtoany addthis sharedaddy related related-posts related-articles articles-lies a-lire-aussi lire-aussi "
        "newsletter breadcrumb breadcrumbs ariane fil-ariane fil-d-ariane fildariane skip-link skip-links skiplinks "
        "evitement pagination pager comments commentaires comment-list respond sidebar navbar main-nav menu-principal "
        "back-to-top retour-haut toolbar fr-share fr-skiplinks fr-breadcrumb fr-sidemenu fr-follow fr-consent-manager "
        "sr-only visually-hidden visuallyhidden fr-sr-only screen-reader-text element-invisible"
    ).split()
)
# Programs that ask for consent name what they show in many ways, all with their own name in it.
_CONSENT_PROGRAMS = re.compile(
    r"tarteaucitron|orejime|axeptio|didomi|cookiebot|cybot|onetrust|^ot-sdk|klaro|^cmplz|complianz|cookieyes|^cky-|cookieconsent|"
    r"cookie-?(?:law|notice|banner|bar|bandeau|consent|popup|modal|overlay|wall|info)|(?:bandeau|banner|banniere|popup)-?(?:cookies?|rgpd|gdpr)|"
    r"eu-cookie|^sliding-popup|^qc-cmp|^sp_message|usercentrics|iubenda|termly|osano|^moove[-_]gdpr|borlabs|truste|"
    r"trustarc|sirdata|appconsent|^tac_|^tc-privacy|^cc-(?:window|banner|revoke|main)|^sd-cmp|^gdpr-|^rgpd-|consent-?(?:manager|banner|notice|"
    r"modal|popup|layer|placeholder|wall|overlay)|^fr-consent"
)
# States that those programs note on the page itself, or on what they have let through.
_CONSENT_STATES = re.compile(
    r"(?:open(?:ed)?|loaded|active|ready|enabled|accepted|shown|visible|done|given|hidden|allowed|script|processed)$"
)
# Roles that say the same in any language.
PRUNED_ROLES = frozenset("navigation banner contentinfo search complementary alertdialog dialog".split())
# Names of the short lines above an article that are metadata, not text -> the field they fill.
HEAD_NAMES = {
    "rubrique": "rubric",
    "rubriques": "rubric",
    "origine": "origin",
    "provenance": "origin",
    "date": "date",
    "date-publication": "date",
    "published": "date",
    "post-date": "date",
    "entry-date": "date",
}
# « Vu dans La Gazette, le mag de l'agence »
PROVENANCE = re.compile(r"(?:vu|paru|publie|lu) dans (?:l[ae'] ?|le |les )?\S.{2,100}")
_TRIM = " .…:;>»«→↓↑-–—|[]()\u00a0"
_MOST_PARTS = 10  # of a class or id that are looked at: the longest of the names above has four
_HEADLINE = 220  # characters: longer lines are sentences, not headlines of other pages


def mark_of(line: str, domain: Domain) -> Mark | None:
    """The mark that `line` is, or None. A line that merely mentions one is none."""
    if len(line) > 200:
        return None
    text = fold(line).strip(_TRIM)
    return next((mark for mark in (*_own_marks(domain), *MARKS) if mark.pattern.fullmatch(text)), None)


def is_pruned(name: str, domain: Domain) -> bool:
    """Whether a class or id, lower case, names what is never part of a text."""
    if _CONSENT_PROGRAMS.search(name) and not _CONSENT_STATES.search(name):
        return True
    parts = re.split("(?<=[a-z0-9])(?:__|--|[-_])", name)
    pruned = _pruned_names(domain)
    return name in pruned or any("-".join(parts[:count]) in pruned for count in range(1, min(len(parts), _MOST_PARTS)))


def is_known_rubric(name: str, domain: Domain) -> bool:
    """Whether `name` is a rubric of the agency's site."""
    return fold(name) in _rubrics(domain)


def is_provenance(line: str) -> bool:
    """Whether `line` says where an article was first seen (« Vu dans La Gazette, le mag de l'agence »)."""
    return len(line) <= 120 and PROVENANCE.fullmatch(fold(line).strip(_TRIM)) is not None


def is_saved_page(lines: Sequence[str], domain: Domain) -> bool:
    """Whether `lines`, of a plain text, were copied from a web page: two different signs of it, or one that is plain.

    The title of a last part (« En bref ») could be a heading: it counts when only headlines follow.
    """
    kinds: set[str] = set()
    last_text = _last_text(lines)
    for index, line in enumerate(lines):
        mark = mark_of(line, domain)
        if mark and mark.saved_page:
            if mark.effect != "end":
                return True
            kinds.add("end")
            if index >= last_text:
                return True
        elif index < 6 and (is_provenance(line) or fold(line).strip(_TRIM) == "publie le"):
            kinds.add("head")
    return len(kinds) > 1


def strip_marks(blocks: Sequence[Block], domain: Domain) -> list[Block]:
    """`blocks` of a web page without the marks and what goes with them, nor lines that only date the page."""
    kept: list[Block] = []
    last_text = _last_text([block.text for block in blocks])
    marked = False  # a mark that only web pages hold has come
    index = 0
    while index < len(blocks):
        block = blocks[index]
        index += 1
        mark = mark_of(block.text, domain) if block.kind in {"paragraph", "heading"} else None
        if mark is None:
            if block.kind == "list":
                block = _without_marked_items(block, domain)
            if block.text and not (block.kind == "paragraph" and is_announcement(block.text)):
                kept.append(block)
            continue
        if mark.effect == "end":
            # The page bears other marks, or nothing but headlines follows.
            if marked or index > last_text:
                break
        elif mark.effect == "aside":
            index = _after_aside(blocks, index, domain)
        elif mark.effect == "related":
            after = _after_headlines(blocks, index, block, last_text)
            if after == index:
                kept.append(block)  # nothing that looks like headlines: the text itself says « À lire aussi »
            index = after
        marked = marked or mark.saved_page
    return kept


@lru_cache(maxsize=4)
def _own_marks(domain: Domain) -> tuple[Mark, ...]:
    """The marks of the agency's own site."""
    lines: list[tuple[str, Effect]] = [*((line, "aside") for line in domain.asides)]
    lines += [(line, "end") for line in domain.page_ends]
    return tuple(_mark(re.escape(fold(line).strip(_TRIM)), effect, saved_page=True) for line, effect in lines)


@lru_cache(maxsize=4)
def _pruned_names(domain: Domain) -> frozenset[str]:
    return PRUNED_NAMES | {zone.lower() for zone in domain.zones}


@lru_cache(maxsize=4)
def _rubrics(domain: Domain) -> frozenset[str]:
    return frozenset(map(fold, domain.rubrics))


def _after_aside(blocks: Sequence[Block], index: int, domain: Domain) -> int:
    """Where an aside that begins at `index` ends: after at most four short blocks, if a mark or the end follows."""
    for after in range(index, min(index + 5, len(blocks) + 1)):
        if after == len(blocks) or mark_of(blocks[after].text, domain):
            return after
        if len(blocks[after].text) > _HEADLINE:
            return index
    return index


def _after_headlines(blocks: Sequence[Block], index: int, mark: Block, last_text: int) -> int:
    """Where the headlines that follow `mark` end: at the next heading, sentence or end."""
    while index < len(blocks):
        block = blocks[index]
        if block.kind in {"heading", "table"} or not _only_headlines(block.text.split("\n")):
            break
        if mark.kind != "heading" and block.kind == "paragraph" and index <= last_text:
            break  # a paragraph after a mark that is no heading: only a run that ends the page is surely headlines
        index += 1
    return index


def _last_text(texts: Sequence[str]) -> int:
    """The index of the last of `texts` that is more than headlines; -1 when they all are headlines."""
    return next((at for at in range(len(texts) - 1, -1, -1) if not _only_headlines(texts[at].split("\n"))), -1)


def _only_headlines(lines: Sequence[str]) -> bool:
    return all(len(line) <= _HEADLINE and not line.rstrip().endswith((".", ";")) for line in lines)


def _without_marked_items(block: Block, domain: Domain) -> Block:
    lines = [
        line
        for line in block.text.split("\n")
        if not ((mark := mark_of(line.strip().removeprefix("- "), domain)) and mark.effect == "line")
    ]
    return Block("list", "\n".join(lines))
