"""What a page holds and shows on a click (tabs, accordions, questions and answers): shown, each part under its label.

A label becomes a heading, and the headings of its panel go below it: a figure of one tab is never taken for another's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from ingest.readers.html.boilerplate import mark_of
from ingest.readers.html.elements import HEADINGS, Element, text_of
from kb.text.domain import NO_DOMAIN
from kb.text.folding import fold

_TITLES = frozenset((*HEADINGS, "summary", "dt"))
# Names that widgets give to what they fold.
_WIDGET = re.compile(
    r"accord[ei]on|collaps(?!ed-menu)|(?:^|[\s_-])toggle|tab-?pan|tabs?[-_]*(?:panel|content|pane)|(?:^|[\s_-])faq|onglet|"
    r"panneau|(?:^|[\s_-])panel|(?:^|[\s_-])(?:reponse|answer)|depli|repli|spoiler|expand|(?:read|show|lire|voir)[-_]?(?:more|plus)"
)
_TABS = re.compile(r"(?:^|[\s_-])tabs?(?:$|[\s_-])|onglet|tablist")
_HIDING = re.compile(r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)", re.IGNORECASE)
_LINK_TOGGLES = frozenset(("tab", "pill", "collapse", "accordion"))
# What opens a panel without saying what is in it.
_NO_LABEL = re.compile(
    r"[^\w]*|(?:lire|voir|en savoir|afficher|montrer|deplier|ouvrir|fermer|replier|masquer)(?: (?:la|le|les|plus|moins|"
    r"suite|detail|details|tout|contenu|davantage|reponse))*|menu|rechercher|recherche|partager|plus|moins|suite|\+|-"
)
_LONGEST_LABEL = 300
_MOST_CONTROLS = 2_000  # of one page: what comes after stays as it is


def open_panels(body: Element) -> None:
    """Shows the panels of `body` that a click would show, and makes headings of their labels."""
    for named in body.xpath(".//*[@role='heading']"):
        level = named.get("aria-level", "2")
        if named.tag not in HEADINGS:
            named.tag = f"h{level if level in '123456' and len(level) == 1 else '2'}"
    labelled = _labels(body)
    for element in _folded(body):
        labelled.setdefault(element, (None, ""))
    for panel in labelled:
        _show(panel)
    _make_headings(body, labelled)
    used = {control for control, _ in labelled.values() if control is not None}
    for tabs in body.xpath(".//*[@role='tablist']"):
        if all(control in used or not text_of(control) for control in tabs.xpath(".//*[@role='tab']")):
            _drop(tabs)
    for tabs in list(body.iter("ul", "ol", "div", "nav")):
        named = f"{_names(tabs)} {_names(tabs.getparent())}"
        if not _TABS.search(named) or any(panel is tabs or tabs in panel.iterancestors() for panel in labelled):
            continue
        links = [link for link in tabs.iter("a", "button") if text_of(link)]
        if (
            len(links) > 1
            and used.issuperset(links)
            and len(text_of(tabs)) < sum(len(text_of(one)) + 2 for one in links)
        ):
            _drop(tabs)


_Labels = dict[Element, tuple[Element | None, str]]  # panel -> what opens it, and its label


def _labels(body: Element) -> _Labels:
    named = {element.get("id"): element for element in body.iterdescendants() if isinstance(element.tag, str)}
    named.pop(None, None)
    found: _Labels = {}
    for number, control in enumerate(_controls(body)):
        if number >= _MOST_CONTROLS:
            break
        targets = [named[name] for name in _targets(control) if name in named] or _following(control)
        for panel in targets:
            if panel not in found and _is_panel(panel, control, body):
                found[panel] = (control, _label(control))
    for panel in body.xpath(".//*[@role='tabpanel']"):
        if panel not in found:
            control = next(
                (named[name] for name in (panel.get("aria-labelledby") or "").split() if name in named), None
            )
            found[panel] = (control, _label(control) if control is not None else panel.get("aria-label") or "")
    return found


def _controls(body: Element) -> Iterator[Element]:
    for element in list(body.iterdescendants()):
        if not isinstance(element.tag, str) or element.tag in {"input", "select", "textarea"}:
            continue
        if (
            element.get("aria-controls")
            or element.get("role") == "tab"
            or _toggle(element)
            or (element.tag == "button" and (element.get("aria-expanded") or _WIDGET.search(_names(element))))
            or (element.tag == "a" and (element.get("href") or "").startswith("#") and _in_tabs(element))
        ):
            yield element


def _toggle(element: Element) -> bool:
    return (element.get("data-bs-toggle") or element.get("data-toggle") or "").lower() in _LINK_TOGGLES


def _in_tabs(link: Element) -> bool:
    parents = [parent for _, parent in zip(range(3), link.iterancestors(), strict=False)]
    return any(_TABS.search(_names(parent)) for parent in parents if parent.tag in {"ul", "ol", "div", "nav"})


def _targets(control: Element) -> list[str]:
    names = control.get("aria-controls") or control.get("data-bs-target") or control.get("data-target") or ""
    return (names or (control.get("href") or "").partition("#")[2]).replace("#", "").split()


def _following(control: Element) -> list[Element]:
    """The block after a control, or after what holds nothing but the control."""
    while (after := control.getnext()) is None and control.getparent() is not None:
        parent = control.getparent()
        if text_of(parent) != text_of(control) or parent.tag in {"li", "body"}:
            return []
        control = parent
    return [after] if after is not None and after.tag in {"div", "section", "p", "ul", "dd", "article"} else []


def _is_panel(panel: Element, control: Element, body: Element) -> bool:
    if panel is body or panel.tag in {"nav", "dialog", "form", "header", "footer", "main", "input"}:
        return False
    if panel.get("role") in {"dialog", "alertdialog", "menu", "navigation", "search", "listbox"} or panel.get(
        "aria-modal"
    ):
        return False
    if (
        control is panel
        or panel in control.iterancestors()
        or re.search(r"(?:^|[\s_-])modale?(?:$|[\s_-])", _names(panel))
    ):
        return False
    whole = len(text_of(panel))
    linked = sum(len(text_of(link)) for link in panel.iter("a"))
    return whole > 0 and (linked * 5 <= whole * 4 or control.get("role") == "tab")  # a menu is all links


def _label(control: Element) -> str:
    text = text_of(control) or control.get("aria-label") or ""
    return "" if len(text) > _LONGEST_LABEL or _NO_LABEL.fullmatch(fold(text)) or mark_of(text, NO_DOMAIN) else text


def _folded(body: Element) -> Iterator[Element]:
    """What is hidden under the name of a widget, whatever opens it."""
    for element in body.xpath(
        ".//*[@hidden or @aria-hidden='true' or contains(@style, 'none') or contains(@style, 'hidden')]"
    ):
        around = [element, *(parent for _, parent in zip(range(2), element.iterancestors(), strict=False))]
        if element.tag in {"div", "section", "dd", "ul", "p", "li", "article"} and any(
            _WIDGET.search(_names(part)) for part in around if part.tag != "body"
        ):
            linked = sum(len(text_of(link)) for link in element.iter("a"))
            if linked * 2 <= len(text_of(element)):
                yield element


def _show(panel: Element) -> None:
    """Only what folds a panel is undone: a style that keeps text out of sight for ever is none of a widget."""
    panel.attrib.pop("hidden", None)
    panel.attrib.pop("aria-hidden", None)
    panel.attrib.pop("role", None) if panel.get("role") in {"tabpanel", "region"} else None
    if style := panel.get("style"):
        panel.set("style", _HIDING.sub("", style))


def _make_headings(body: Element, labelled: _Labels) -> None:
    """Puts each panel below a heading: the one that its control stands in, or a new one."""
    levels: dict[Element, int] = {}
    level = 1
    for element in list(body.iterdescendants()):
        if element in labelled:
            control, label = labelled[element]
            outer = next((levels[parent] for parent in element.iterancestors() if parent in levels), None)
            title = _title_around(control)
            if title is not None and title.tag in HEADINGS and control is not None and control.get("role") != "tab":
                own = HEADINGS[title.tag]
            else:
                own = min(6, (level if outer is None else outer) + 1)
                if title is None or title.tag in HEADINGS:
                    _head(element, control, label, own)
            levels[element] = own
            _lower(element, own)
        elif element.tag in HEADINGS and not any(parent in levels for parent in element.iterancestors()):
            level = HEADINGS[element.tag]


def _title_around(control: Element | None) -> Element | None:
    if control is None:
        return None
    return next((part for part in (control, *control.iterancestors()) if part.tag in _TITLES), None)


def _head(panel: Element, control: Element | None, label: str, level: int) -> None:
    first = next((part for part in panel.iterdescendants() if text_of(part)), None)
    if label and not (first is not None and first.tag in HEADINGS and fold(text_of(first)) == fold(label)):
        title = etree.Element(f"h{level}")
        title.text, title.tail, panel.text = label, panel.text, None
        panel.insert(0, title)
    if control is not None and control.tag in {"button", "a"} and not _is_of_list(control):
        control.tag = "button"  # said above its panel: as a button it is left out here


def _is_of_list(control: Element) -> bool:
    return control.get("role") == "tab" or _in_tabs(control)


def _lower(panel: Element, level: int) -> None:
    """Puts the headings of a panel below `level`."""
    inner = [part for part in panel.iter(*HEADINGS) if part is not panel[0] or HEADINGS[part.tag] != level]
    if inner and (lift := level + 1 - min(HEADINGS[part.tag] for part in inner)) > 0:
        for part in inner:
            part.tag = f"h{min(6, HEADINGS[part.tag] + lift)}"


def _names(element: Element) -> str:
    return f"{element.get('class') or ''} {element.get('id') or ''}".lower()


def _drop(element: Element) -> None:
    if element.getparent() is not None:
        element.drop_tree()
