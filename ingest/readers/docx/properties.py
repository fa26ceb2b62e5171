"""What the file says of itself: the title that somebody gave it, not one that a program or a template left there."""

from __future__ import annotations

import re

from ingest.readers.docx.package import Package
from ingest.readers.metadata import authors_title
from kb.text.folding import fold

_TITLE = "{http://purl.org/dc/elements/1.1/}title"
_TEMPLATE = "{http://schemas.openxmlformats.org/officeDocument/2006/extended-properties}Template"


def declared_title(package: Package) -> str | None:
    """The title among the core properties; None for none, and for what is no title."""
    roots = [package.root(name) for name in package.related("core-properties", "")]
    root = next((found for found in roots if found is not None), None)
    element = root.find(_TITLE) if root is not None else None
    title = authors_title("".join(element.itertext())) if element is not None else None
    return None if title is None or fold(title).strip("[]<>«» ") == _template(package) else title


def _template(package: Package) -> str | None:
    """The name of the template that the document was made from, folded, without its suffix."""
    for name in package.related("extended-properties", ""):
        root = package.root(name)
        template = root.find(_TEMPLATE) if root is not None else None
        if template is not None:
            return fold(re.sub(r"\.do[ct][xm]?$", "", template.text or "", flags=re.IGNORECASE))
    return None
