"""Which routes exist: a list of what is served, so that what a library adds is not.

Gradio has many that its pages here have no use for: they take uploads, serve files, fetch from elsewhere, run code.
What is not in the list is not found. A later page that needs one adds it.
"""

from __future__ import annotations

import re

# Names of ASCII only, and no `.` of expressions, which lets a line's end pass at the end of a path.
# No longer than the names of files may be, which Gradio does not look at.
_FILE = r"(?:[\w@~-][\w.@~-]{0,99}/){0,9}[\w@~-][\w.@~-]{0,99}"
_ID = r"[\w-]{1,100}"
_ASSETS = rf"theme\.css|(?:assets|static)/{_FILE}"
# The page's events, at once (`run`) and in the queue (`join`, then `data`), and what tells that it is still open.
_EVENTS = rf"gradio_api/(?:run/predict|queue/(?:join|data)|heartbeat/{_ID})"
# Of the page of questions only, for programs (`gradio_client`): what there is to call, the call, its end.
_PROGRAMS = rf"config|gradio_api/(?:info|cancel|call/chat(?:/{_ID})?)"

ROUTES = re.compile(
    rf"/(?:|{_ASSETS}|{_EVENTS}|{_PROGRAMS}|evaluation/?|evaluation/(?:{_ASSETS}|{_EVENTS})"
    r"|evaluation/rapport/\d{1,18}|evaluation/questions(?:\.(?:csv|jsonl|xlsx))?"
    r"|evaluation/manques(?:\.csv)?|evaluation/semaines\.csv"
    rf"|c/{_ID}|conversations/(?:panneau|{_ID}/(?:nom|epingle|partage|valeurs/\d{{1,7}}\.(?:csv|xlsx)))|partage/{_ID}"
    rf"|healthz|readyz|metrics|favicon\.ico|robots\.txt|page/{_FILE}"
    r"|connexion(?:/(?:fin|fournisseur|retour))?|lire(?:/(?:page|image|original))?|explorer(?:/(?:partenaire|programme)(?:\.(?:csv|xlsx))?)?"
    rf"|conversations(?:/effacer|/(?:{_ID}/effacer|annuler/{_ID})|/{_ID}\.(?:md|docx))?"
    r"|documents(?:/(?:fichiers|adresse|fiche|fiche/reprendre|retirer|effacer|mettre-a-jour|etat|valeurs)"
    r"|/(?:lot|ajouts/effacer|essai(?:/laisser)?)|/attente(?:/[0-9a-f]{16}(?:/(?:ajouter|ecarter))?)?)?"
    r"|glossaire(?:/(?:termes|source|entree|masquer|reprendre))?"
    r"|nouveautes(?:\.atom|/(?:suivre|laisser))?"
    r"|aide|accessibilite|api(?:/(?:ask|search|mcp|openapi\.json))?)",
    re.ASCII,
)
EVENTS = re.compile(
    r"(?P<page>|/evaluation)/gradio_api/"
    r"(?P<kind>run/predict|queue/join|queue/data|cancel|call/chat|(?:heartbeat|call/chat)(?=/))"
    rf"(?:/(?P<id>{_ID}))?",
    re.ASCII,
)
"""The events of Gradio's pages, within `ROUTES`: the address of the page, what is asked, and whose it is where the
path says so."""

# Gradio's own pages, which are rewritten on their way out. Each conversation has an address, where the page of
# questions opens on it.
_PAGES = re.compile(rf"/(?:|c/{_ID}|evaluation/?)", re.ASCII)


def is_page(path: str) -> bool:
    """Whether a page of Gradio's stands at a path."""
    return _PAGES.fullmatch(path) is not None


def page_path(path: str) -> str:
    """Where Gradio knows the page at `path` by."""
    return "/" if path.startswith("/c/") and is_page(path) else path


def exists(path: str) -> bool:
    """Whether there is something at a path."""
    return ROUTES.fullmatch(path) is not None
