"""What a web page says about itself: meta tags, JSON-LD, `<time>`, and the short lines above the article."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import SplitResult, parse_qsl, urljoin, urlsplit

from ingest.readers.block_builder import one_line
from ingest.readers.dates import announced_date, date_near_title, is_announcement, parse_date
from ingest.readers.html.boilerplate import HEAD_NAMES
from ingest.readers.html.elements import Element, text_of
from ingest.readers.html.page import names_of
from ingest.readers.metadata import FIELDS, Metadata, from_mapping, without_site_name
from kb.text.folding import fold

_DATE_METAS = (
    "article:published_time",
    "og:article:published_time",
    "datepublished",
    "date_published",
    "publication_date",
    "publish_date",
    "pubdate",
    "dcterms.issued",
    "dc.date.issued",
    "dcterms.date",
    "dcterms.created",
    "dc.date",
    "citation_publication_date",
)
_ARTICLES = {"Article", "NewsArticle", "BlogPosting", "Report", "TechArticle", "ScholarlyArticle", "PressRelease"}
# Paths of a site's first page, in one language or another.
_HOME = re.compile(r"/?(?:[a-z]{2}(?:[-_][a-z]{2})?/?)?(?:index\.\w{2,5}|accueil/?|home/?)?", re.IGNORECASE)
_LANGUAGES = "fr|en|de|es|it|nl|pt|ar|pl|ro|ru|zh|ja|uk|tr|el|ca|eu"
_MOST_TITLES = 20
_MAX_HEAD_LINE = 150
_FIRST_TEXT = 200  # characters: a paragraph this long is the article's text, what precedes is its head


def head_metadata(page: Element, name: str, url: str | None = None) -> Metadata:
    """Metadata from the page's head: its own meta tags (`FIELDS`), then JSON-LD and the common vocabularies.

    `name` is the document's, for errors; `url` is where it was fetched from. The title is there only when a meta tag
    gives it; the address is the one that the page declares, its host unchecked.
    """
    named = _metas(page, "name")
    metas = _metas(page, "name", "property", "itemprop")
    articles = list(_articles(page))
    own = from_mapping({key: _meant(FIELDS[key], values) for key, values in named.items() if key in FIELDS}, name)
    # JSON-LD and `article:published_time` come first: a bare `date` may be that of anything.
    dates = [article.get("datePublished") for article in articles]
    dates += [value for key in _DATE_METAS for value in metas.get(key, ())]
    published = next((found for given in dates if (found := parse_date(given))), None)
    sections = [*metas.get("article:section", ()), *(article.get("articleSection") for article in articles)]
    section = next((name.strip() for name in sections if isinstance(name, str) and name.strip()), None)
    links = page.xpath("//link[translate(@rel, 'CANONIL', 'canonil')='canonical']/@href")
    declared = declared_address(page, [*links, *metas.get("og:url", ())], url)
    title = without_site_name(own.title, metas.get("og:site_name", ())) if own.title else None
    return Metadata(title=title, date=published).or_else(own).or_else(Metadata(url=declared, rubric=section))


def declared_address(page: Element, declared: list[str], url: str | None) -> str | None:
    """The first of the addresses that a page declares which may be its own.

    The site's first page and a version in another language are not, although sites declare them by mistake: the page
    keeps the address that it was had from, or that of its own language if it came as a file.
    """
    language = (page.get("lang") or page.get("{http://www.w3.org/XML/1998/namespace}lang") or "")[:2].lower()
    versions = {
        (link.get("hreflang") or "").lower(): (link.get("href") or "").strip()
        for link in page.xpath("//link[@hreflang and contains(@rel, 'alternate')]")
    }
    own = next((href for code, href in versions.items() if href and code[:2] == language), None) if language else None
    others = {href for code, href in versions.items() if code[:2] not in {language, "x-"}} if language else set()
    here = urlsplit(url or "")
    for address in (text.strip() for text in declared):
        try:
            parts = urlsplit(urljoin(url or "", address))
        except ValueError:
            continue
        is_home = _HOME.fullmatch(parts.path) and not parts.query and not (url and _HOME.fullmatch(here.path))
        spoken = _language(parts) if language else None
        is_other = (address in others and address != own) or (spoken not in {None, language, _language(here)})
        if not is_home and not is_other:
            return address
    return None if url else own


def _language(parts: SplitResult) -> str | None:
    """The language that an address names: …/en/page, en.example.org, ?lang=en."""
    named = [
        parts.path.split("/")[1].lower() if parts.path.count("/") > 1 else "",
        (parts.hostname or "").split(".")[0],
    ]
    named += [code for name, code in parse_qsl(parts.query) if name in {"lang", "langue", "language", "hl"}]
    return next((name[:2] for name in named if re.fullmatch(rf"(?:{_LANGUAGES})(?:[-_][a-z]{{2}})?", name)), None)


def all_titles(page: Element) -> list[str]:
    """Whatever a page calls itself: its h1, its window, what it tells to machines."""
    elements = [*page.iter("h1"), *page.xpath("/html/head/title")]
    return [text_of(element) for element in elements[:_MOST_TITLES]] + _metas(page, "property").get("og:title", [])


def other_title(page: Element, url: str | None) -> str | None:
    """The title that the page gives to machines and to the browser's window, without the site's name."""
    metas = _metas(page, "property", "name")
    site_names = _site_names(page, url)
    headlines = [text for article in _articles(page) if isinstance(text := article.get("headline"), str)]
    windows = [text_of(element) for element in page.xpath("/html/head/title")]
    titles = [*headlines, *metas.get("og:title", ()), *windows]
    return next((cleaned for title in titles if (cleaned := without_site_name(one_line(title), site_names))), None)


def first_title(page: Element, url: str | None) -> str | None:
    """The text of the page's h1: the one in its article or main part, else the only one there is; None otherwise.

    An h1 that is the site's name is none: it stands on every page. Word exports its titles as paragraphs.
    """
    titles = [text for element in page.xpath(".//p[contains(@class, 'MsoTitle')]") if (text := text_of(element))]
    if titles:
        return titles[0]
    names = {fold(name) for name in _site_names(page, url)}
    inside = [text for element in page.xpath(".//article//h1 | .//main//h1") if (text := text_of(element))]
    if inside:
        return inside[0]
    texts = [text for element in page.iter("h1") if (text := text_of(element)) and fold(text) not in names]
    return texts[0] if len(texts) == 1 else None


def extract_head_lines(root: Element) -> Metadata:
    """Rubric, provenance and date from the short lines above the article's text (by their class); `root` loses them."""
    found: dict[str, str] = {}
    taken: list[Element] = []
    texts: dict[Element, str] = {}
    for element in root.iter("p", "div", "span", "time", "small", "ul", "h2", "h3", "li"):
        if element.tag in {"h2", "h3"} or (element.tag == "p" and len(text_of(element)) > _FIRST_TEXT):
            break
        fields = {field for name in names_of(element) if (field := HEAD_NAMES.get(name))}
        if element.tag == "time":
            fields = {"date"}
        if len(fields) != 1 or _is_in_sentence(element, texts):
            continue
        text = text_of(element)
        if not 0 < len(text) <= _MAX_HEAD_LINE or next(element.iter("h1"), None) is not None:
            continue
        field = fields.pop()
        if field == "date":
            value = _time(element) or announced_date(text) or date_near_title([text]) or ""
        else:
            value = ", ".join(text_of(item) for item in element.iter("li")) or text
        if value:
            found.setdefault(field, value)
        taken.append(element)
    for element in taken:
        if element is not root and element.getparent() is not None:
            element.drop_tree()
    return Metadata(date=found.get("date"), rubric=found.get("rubric"), origin=found.get("origin"))


def _is_in_sentence(element: Element, texts: dict[Element, str]) -> bool:
    """Whether an inline element is a piece of a sentence: « Réunion le 3 mars à Lyon. » keeps its date.

    `texts` remembers those of the blocks around: thousands of elements may stand in one.
    """
    if element.tag not in {"time", "span", "small"}:
        return False
    block = next((parent for parent in element.iterancestors() if parent.tag in {"p", "li", "td", "blockquote"}), None)
    if block is None:
        return False
    if block not in texts:
        texts[block] = text_of(block)
    around = texts[block]
    return (
        around.endswith((".", "!", "?", ";", ":", "…")) and around != text_of(element) and not is_announcement(around)
    )


def _meant(field: str, values: list[str]) -> str | list[str]:
    """What a meta tag, given once or several times, means for `field`."""
    if field == "cited_sources":
        return values
    return ", ".join(values) if field in {"programmes", "partners"} else values[0]


def _time(element: Element) -> str | None:
    """The machine-readable date of a `time` element, or of the first one inside `element`."""
    return next((found for time in element.iter("time") if (found := parse_date(time.get("datetime")))), None)


def _metas(page: Element, *attributes: str) -> dict[str, list[str]]:
    """Contents of the meta tags by folded name, looked for in the first of `attributes` that a tag has, in order."""
    found: dict[str, list[str]] = {}
    for meta in page.iter("meta"):
        content = one_line(meta.get("content") or "")
        key = fold(next((named for attribute in attributes if (named := meta.get(attribute))), ""))
        if key and content:
            found.setdefault(key, []).append(content)
    return found


def _articles(page: Element) -> Iterator[dict[str, Any]]:
    """The JSON-LD objects that describe the page, articles before plain pages."""
    objects: list[dict[str, Any]] = []
    for script in page.xpath("//script[contains(@type, 'ld+json')]"):
        try:
            held = json.loads(script.text or "", strict=False)
        except (ValueError, RecursionError):
            continue  # sites write broken JSON-LD often enough; it is only one of the places to look
        pending = held if isinstance(held, list) else [held]
        for told in pending:
            if isinstance(told, dict):
                graph = told.get("@graph")
                objects += (
                    [told, *(item for item in graph if isinstance(item, dict))] if isinstance(graph, list) else [told]
                )
    for wanted in (_ARTICLES, {"WebPage", "CreativeWork"}):
        for described in objects:
            kinds = described.get("@type")
            listed = kinds if isinstance(kinds, list) else [kinds]
            names = {kind for kind in listed if isinstance(kind, str)}
            if names & wanted:
                yield described


def _site_names(page: Element, url: str | None) -> list[str]:
    return [*_metas(page, "property", "name").get("og:site_name", ()), _host_name(url)]


def _host_name(url: str | None) -> str:
    """« agence » for https://www.agence.fr/…"""
    parts = (urlsplit(url or "").hostname or "").removeprefix("www.").split(".")
    return parts[-2] if len(parts) > 1 else ""
