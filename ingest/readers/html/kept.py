"""What is not what it looks like: images that tell in words what they show, asides, lists of Word, tables and boxes by
their roles."""

from __future__ import annotations

import re

from lxml import etree

from ingest.readers.figures.mathml import linear
from ingest.readers.html.boilerplate import is_pruned, mark_of
from ingest.readers.html.elements import Element, is_block, text_of
from kb.text.domain import Domain
from kb.text.folding import fold

_FILE = re.compile(r"\S+\.(?:jpe?g|png|gif|svg|webp|pdf|tiff?|avif)\b", re.IGNORECASE)
_DECORATION = re.compile(
    r"(?:logo(?:type)?|icone|pictogramme|picto|banniere|bouton|avatar|portrait|photo(?:graphie)?s?)\b"
)
_TABLE_ROLES = {
    "table": "table",
    "grid": "table",
    "rowgroup": "tbody",
    "row": "tr",
    "columnheader": "th",
    "rowheader": "th",
    "cell": "td",
    "gridcell": "td",
}
_FEWEST_WORDS = 4  # of an alternative that says more than what kind of image it is
_LONGEST_ALTERNATIVE = 1_500
_MOST_IMAGES = 300  # of one page that are told: each is looked for in the text around it
_LEVEL = re.compile(r"mso-list\s*:\s*(\S+)\s+level(\d)", re.IGNORECASE)
_NUMBER = re.compile(r"\(?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})(?:\.\d{1,3}){0,4}[.)°]")
_SENTENCE = re.compile(r"\w.{25,}[.!?…»]\s*$", re.DOTALL)


def tell_images(body: Element) -> None:
    """Puts in place of each image of `body` what its alternative says of it, if it says something that is said nowhere
    else around it. Images that a page loads late stand in `noscript` too: they count once.
    """
    for shell in list(body.iter("noscript")):
        inside = [part for part in shell.iterdescendants() if isinstance(part.tag, str)]
        if inside and not text_of(shell) and any(part.tag == "img" for part in inside):
            shell.drop_tag()
    told: set[str] = set()
    said = [image for image in body.iter("img") if _says_something(" ".join((image.get("alt") or "").split()))]
    # The last first: several lines after one paragraph are then in their order.
    for image in reversed(said[:_MOST_IMAGES]):
        text = " ".join((image.get("alt") or "").split())
        key = fold(text)
        if key in told:
            continue
        told.add(key)
        around = _figure(image)
        if around is not None and key in fold(text_of(around)):
            continue
        line = etree.Element("p")
        line.text = f"Image : {text}"
        _after_block(image, line)


def make_tables(body: Element) -> None:
    """Makes tables of what only says by its roles that it is one."""
    for table in body.xpath(".//*[@role='table' or @role='grid']"):
        for part in table.iter():
            if isinstance(part.tag, str) and part.tag in {"div", "span", "p", "ul", "li", "section"}:
                part.tag = _TABLE_ROLES.get(part.get("role", ""), part.tag)


def tell_formulas(body: Element) -> None:
    """Puts in place of each formula of `body` what it says on one line."""
    for formula in list(body.iter("math")):
        line = etree.Element("span")
        line.text, line.tail = linear(formula), formula.tail
        formula.getparent().replace(formula, line)


def tell_boxes(body: Element) -> None:
    """Puts their state in place of the check boxes of `body` that nobody clicks on. One with an `id` is more often the
    button of a panel or a filter."""
    for box in body.iter("input"):
        is_box = (box.get("type") or "").lower() in {"checkbox", "radio"}
        if is_box and (box.get("disabled") is not None or not box.get("id")):
            box.tail = f" {'[x]' if box.get('checked') is not None else '[ ]'} {box.tail or ''}"


def keep_asides(body: Element, domain: Domain) -> None:
    """Makes ordinary text of the asides of an article that say something in sentences: call-outs, definitions."""
    for aside in list(body.iter("aside")):
        inside = any(
            parent.tag in {"article", "main"} or parent.get("role") == "main" for parent in aside.iterancestors()
        )
        if not inside or any(is_pruned(name, domain) for name in (aside.get("class") or "").lower().split()):
            continue
        if (
            aside.get("role", "").lower() in {"navigation", "search"}
            or next(aside.iter("nav", "form"), None) is not None
        ):
            continue
        texts = [text for part in aside.iter() if isinstance(part.tag, str) and (text := _own(part))]
        if not texts or mark_of(texts[0], domain) is not None:
            continue
        linked = sum(len(text_of(link)) for link in aside.iter("a"))
        if linked * 2 < len(text_of(aside)) and any(map(_SENTENCE.search, texts)):
            aside.tag = "div"


def make_lists(body: Element) -> None:
    """Makes lists of the paragraphs that Word exports as `MsoListParagraph`, their bullets and numbers being text."""
    runs: list[list[Element]] = []
    for part in body.iter("p"):
        if _is_item(part):
            if runs and runs[-1][-1] is part.getprevious() and _list_of(part) == _list_of(runs[-1][-1]):
                runs[-1].append(part)
            else:
                runs.append([part])
    for run in runs:
        lists = [etree.Element("ul")]
        run[0].addprevious(lists[0])
        lists[0].tail, run[-1].tail = run[-1].tail, None
        for part in run:
            level = _LEVEL.search(part.get("style") or "")
            depth = max(1, min(int(level[2]) if level else 1, len(lists) + 1))
            if depth > len(lists):
                lists.append(etree.SubElement(lists[-1], "ul"))
            del lists[depth:]
            _add_item(part, lists[-1])


def _says_something(text: str) -> bool:
    if len(text) > _LONGEST_ALTERNATIVE or _FILE.search(text):
        return False
    words = re.findall(r"\w+", text)
    if re.search(r"\d", re.sub(r"\b(?:19|20)\d\d\b|\b\d\b", "", text)) and len(words) >= _FEWEST_WORDS:
        return True
    return len(words) > _FEWEST_WORDS and not _DECORATION.match(fold(text))


def _figure(image: Element) -> Element | None:
    """What an image stands in: its figure, link, item, cell or paragraph; None for one that stands for itself."""
    return next((up for up in image.iterancestors() if up.tag in {"figure", "a", "li", "td", "p"}), None)


def _after_block(image: Element, line: Element) -> None:
    """Puts `line` after the line of text that the image stands in."""
    place = image
    while (up := place.getparent()) is not None and (up.tag in {"p", "picture"} or not is_block(up)):
        place = up
    tail, place.tail = place.tail, None
    place.addnext(line)
    line.tail = tail


def _own(part: Element) -> str:
    """The text of a block that holds no other block."""
    return text_of(part) if is_block(part) and not any(is_block(child) for child in part) else ""


def _is_item(part: Element) -> bool:
    listed = "msolistparagraph" in (part.get("class") or "").lower() or _LEVEL.search(part.get("style") or "")
    return bool(listed) and bool(text_of(part))


def _list_of(part: Element) -> str:
    """The name that Word gives the list of an item; empty when it does not say."""
    named = _LEVEL.search(part.get("style") or "")
    return named[1] if named else ""


def _add_item(part: Element, items: Element) -> None:
    """The mark that Word writes as text goes; numbers and letters stay: others refer to them."""
    part.tail = None
    for mark in part.xpath(".//*[contains(@style, 'Ignore') or contains(@style, 'ignore')]"):
        text = text_of(mark)
        if re.fullmatch(r"\d{1,6}[.)]", text) and (not len(items) or items.tag == "ol"):
            if not len(items):
                items.tag = "ol"
                items.set("start", text[:-1])
            text = ""
        kept = text if _NUMBER.fullmatch(text) else ""
        mark.tail = f"{kept} {(mark.tail or '').lstrip()}" if kept else (mark.tail or "").lstrip()
        mark.drop_tree()
    part.tag = "li"
    items.append(part)
