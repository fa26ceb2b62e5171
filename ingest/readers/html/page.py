"""Finding the text within a web page: what is hidden or furniture goes, the element that holds the text stays."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lxml import etree

from ingest.readers.html.boilerplate import PRUNED_ROLES, is_pruned
from ingest.readers.html.elements import Element, text_of
from kb.text.domain import Domain

_HIDDEN_STYLE = re.compile(
    r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)"
    r"|font-size\s*:\s*0(?:\.0\d*)?(?:px|pt|r?em|%)?\s*(?:;|!|$)|opacity\s*:\s*0(?:\.0+)?\s*(?:;|!|$)"
    # Out of sight: far off the page, clipped to nothing, without colour.
    r"|(?:left|right|top|text-indent)\s*:\s*-\d{3,}|clip\s*:\s*rect\(\s*0|color\s*:\s*transparent)",
    re.IGNORECASE,
)
_NEVER_TEXT = (
    "script style template noscript iframe object embed svg canvas select textarea datalist input dialog".split()
)
# What may stand in a head.
_HEAD = frozenset("title meta link script style base noscript template object bgsound".split())
_TITLES = ("h1", "h2", "h3", "h4", "h5", "h6", "summary", "dt")


def body_of(page: Element) -> Element | None:
    """The body of a page, made when the page has none; None for one without any, as a set of frames.

    The parser knows no HTML5: without `<body>`, it leaves an `<article>` that follows `<title>` in the head.
    """
    body, head = page.find(".//body"), page.find("head")
    children = list(head) if head is not None else []
    first = next(
        (at for at, child in enumerate(children) if isinstance(child.tag, str) and child.tag not in _HEAD), None
    )
    if first is not None:
        if body is None:
            body = etree.SubElement(page, "body")
        else:
            # What the body begins with comes after what is put before it.
            children[-1].tail, body.text = (children[-1].tail or "") + (body.text or ""), None
        for at, child in enumerate(children[first:]):
            body.insert(at, child)
    return body


def drop_hidden(body: Element) -> None:
    """Removes from `body` what a reader of the page does not see, whatever they click on."""
    for element in list(body.iterdescendants()):
        if not isinstance(element.tag, str):
            continue
        style = element.get("style")
        if element.get("hidden") is not None or (style and _HIDDEN_STYLE.search(style)):
            _drop(element)
        elif element.get("aria-hidden", "").strip().lower() == "true" and not _holds_article(element):
            # A page saved while its cookie window was open says so of everything else: that is no reason to lose it.
            _drop(element)


def prune(body: Element, domain: Domain) -> None:
    """Removes from `body` menus, banners, footers, forms, share bars, related articles, cookie windows."""
    for element in list(body.iter(*_NEVER_TEXT)):
        _drop(element)
    size = max(1, len(text_of(body)))
    for form in list(body.iter("form")):
        # Some systems wrap the whole page in one form.
        if not _holds_article(form) and len(text_of(form)) * 2 < size:
            _drop(form)
        else:
            form.drop_tag()
    for button in list(body.iter("button")):
        if not any(parent.tag in _TITLES for parent in button.iterancestors()):
            _drop(button)
    for element in list(body.iterdescendants()):
        if isinstance(element.tag, str) and _is_furniture(element, domain) and not _holds_article(element):
            _drop(element)


def main_element(body: Element) -> Element | None:
    """The element that the page itself says holds its text (`article`, `main`), or None when it does not say.

    The article that holds the h1 comes first, then `main`, then an article that dwarfs all the others.
    """
    articles = [found for found in body.iter("article") if not any(up.tag == "article" for up in found.iterancestors())]
    titled = [article for article in articles if next(article.iter("h1"), None) is not None]
    if len(titled) == 1:
        return titled[0]
    mains = [main for main in _outermost(body.xpath(".//main | .//*[@role='main']")) if text_of(main)]
    if mains:
        return max(mains, key=lambda main: len(text_of(main)))
    sizes = sorted((len(text_of(article)) for article in articles), reverse=True)
    if sizes and sizes[0] and sizes[0] > 2 * sum(sizes[1:]):
        return max(articles, key=lambda article: len(text_of(article)))
    return next(iter(body.xpath(".//*[@itemprop='articleBody']")), None)


def _outermost(elements: Sequence[Element]) -> list[Element]:
    """Those of `elements`, in document order, that are in no other of them: they hold all the text of the others."""
    found: set[Element] = set()
    for element in elements:
        if not any(parent in found for parent in element.iterancestors()):
            found.add(element)
    return [element for element in elements if element in found]


def names_of(element: Element) -> set[str]:
    """The classes and the id of `element`, lower case."""
    return {*(element.get("class") or "").lower().split(), *(element.get("id") or "").lower().split()}


def _is_furniture(element: Element, domain: Domain) -> bool:
    if element.tag in {"nav", "aside", "footer"} or element.get("role", "").lower() in PRUNED_ROLES:
        return True
    if element.tag == "header":
        inside = any(parent.tag in {"article", "main", "section"} for parent in element.iterancestors())
        holds_title = next(element.iter("h1"), None) is not None and next(element.iter("nav", "form"), None) is None
        return not inside and not holds_title
    return any(is_pruned(name, domain) for name in names_of(element))


def _holds_article(element: Element) -> bool:
    return next(element.iter("main", "article", "h1"), None) is not None


def _drop(element: Element) -> None:
    if element.getparent() is not None:
        element.drop_tree()
