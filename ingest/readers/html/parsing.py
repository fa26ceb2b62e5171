"""HTML text -> tree, unless its shape alone would cost more than any page is worth."""

from __future__ import annotations

import re

import lxml.etree
import lxml.html

from ingest.readers.html.elements import Element
from kb.errors import DocumentError

# The parser compares each attribute of an element with all the others: 100,000 take a minute.
MOST_ATTRIBUTES = 2_000
# What walks the tree goes a level deeper in the stack at each element, and what looks for the elements around another
# goes through all of them.
DEEPEST = 500

# A tag from its name on, values in quotes whole; it ends at « > » or with the text. Possessive throughout: each
# character is looked at once.
_TAG = re.compile(r"""<[A-Za-z](?>[^>=]++|=\s*+(?>"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z))?)*+""")
_VALUE = re.compile(r"""=\s*+(?>"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z))""")
_LONG_TAG = 2 * MOST_ATTRIBUTES  # characters: a shorter one cannot hold that many


def parse_html(text: str, name: str) -> Element | None:
    """The tree of a page; None when there is nothing to parse. `name` is the document's, for errors.

    Raises DocumentError for a page with an element of thousands of attributes, or hundreds of elements deep.
    """
    for tag in _TAG.finditer(text):
        long = tag[0]
        if len(long) > _LONG_TAG and len(_VALUE.sub("= ", long).split()) > MOST_ATTRIBUTES:
            raise DocumentError(
                name,
                f"un élément de la page a plus de {MOST_ATTRIBUTES} attributs ; enregistrez-la plus simplement",
            )
    # huge_tree: without it, what lies deeper than 255 elements is lost without a word.
    parser = lxml.html.HTMLParser(huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        page = lxml.html.document_fromstring(text, parser=parser)
    except (lxml.etree.ParserError, lxml.etree.XMLSyntaxError):
        return None
    depth = 0
    for event, _ in lxml.etree.iterwalk(page, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > DEEPEST:
            raise too_deep(name)
    return page


def too_deep(name: str) -> DocumentError:
    """The refusal of a page whose elements stand one in the other without end."""
    return DocumentError(
        name, "la page imbrique trop d'éléments pour être lue ; enregistrez-la sous une forme plus simple"
    )
