"""What a document says about itself: title, publication date, rubric, address, people and sources.

One shape for all formats (`Metadata`), one table of field names (`FIELDS`) for front matter, meta tags and custom
properties. What is absent stays absent.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from urllib.parse import urljoin, urlsplit

from ingest.readers.block_builder import one_line
from ingest.readers.dates import parse_date
from kb.errors import DocumentError
from kb.text.folding import fold
from kb.types import CitedSource

# Folded names, French or English -> the field of `Metadata` they fill. Other names are ignored.
FIELDS = {
    "titre": "title",
    "title": "title",
    "date": "date",
    "date de publication": "date",
    "publie le": "date",
    "url": "url",
    "rubrique": "rubric",
    "rubric": "rubric",
    "type": "kind",
    "kind": "kind",
    "programmes": "programmes",
    "programs": "programmes",
    "partenaires": "partners",
    "partners": "partners",
    "sources": "cited_sources",
    "origine": "origin",
    "origin": "origin",
}
SOURCE_FIELDS = {
    "titre": "title",
    "title": "title",
    "editeur": "publisher",
    "publisher": "publisher",
    "url": "url",
    "date": "date",
}
# Ways of saying that there is nothing. « s.d. » (sans date) is what librarians write.
_NOTHING = {"", "~", "null", "none", "s.d.", "s.d", "sd", "n.d.", "n.d"}
# What stands between a title and the site's name. A bare dash also joins the parts of a title: it takes proof.
_BAR = re.compile(r"\s{1,3}[|·•»]\s+")
_DASH = re.compile(r"\s{1,3}[-–—]\s+")
# Titles that programs make up, or that say only what state a document is in; folded, without brackets around.
_PROGRAM = re.compile(
    r"(?:microsoft (?:office )?(?:word|powerpoint|excel|publisher)|powerpoint presentation)\s*-\s*", re.IGNORECASE
)
_NO_TITLE = re.compile(
    r"anonym(?:ous|e)|unspecified|(?:untitled|sans[ -]titre)(?:[ -]?(?:document|page|presentation)?[ -]?\d*)|"
    r"(?:nouveau |new )?(?:document|doc|classeur|workbook|feuil(?:le)?|presentation|fichier|diapositive|page|sheet|"
    r"slide|book)[ -]?\(?\d*\)?|"
    r"(?:nouveau )?(?:document|presentation) (?:microsoft )?(?:word|powerpoint)(?: ?\(?\d+\)?)?|"
    r"(?:microsoft )?(?:word|powerpoint)(?:[ -](?:document|presentation))?|projet|brouillon|draft|provisoire|"
    r"confidentiel|specimen|v(?:ersion)? ?\d+(?:[. ]\d+)*|version (?:provisoire|projet|finale|definitive)|a completer|"
    r"titre (?:du document|de la presentation)|document title|null|none|undefined|scan(?:ne|ned)?[ _-]?\d*|"
    r"img[ _-]?\d+|numerisation[ _-]?\d*|copie|modele|template|normal(?:\.dotm?)?|default|index|home"
)
# Where a file has a field for its title, a word of its own for the field is none either.
_BY_PROGRAM = re.compile(
    r"microsoft (?:office )?(?:word|powerpoint|excel|publisher)\b|[\W_]*(?:titre|title)[\W_]*$", re.IGNORECASE
)
_FILE_NAME = re.compile(
    r".*\.(?:do[ct][xm]?|od[pst]|pdf|indd|pp[st][xm]?|xlsx?|rtf|qxp|ai|csv|x?html?|aspx?|php|md|txt)", re.IGNORECASE
)
_OBJECT = re.compile(r"(?:objet|sujet)\s*:\s*(\S.{3,150})$", re.IGNORECASE)
_URL = re.compile(r"https?://[^\s<>\"«»]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Metadata:
    """The fields of a `kb.types.Document` that come from the document itself; None or () for what it does not say."""

    title: str | None = None
    url: str | None = None
    date: str | None = None
    rubric: str | None = None
    kind: str | None = None
    programmes: tuple[str, ...] = ()
    partners: tuple[str, ...] = ()
    cited_sources: tuple[CitedSource, ...] = ()
    origin: str | None = None

    def or_else(self, other: Metadata) -> Metadata:
        """This, with what is absent taken from `other`."""
        missing = {key.name: getattr(other, key.name) for key in fields(self) if not getattr(self, key.name)}
        return replace(self, **missing)


def from_mapping(values: Mapping[str, object], name: str, *, latest: date | None = None) -> Metadata:
    """Metadata from a mapping of field names (see `FIELDS`) to texts, numbers, dates or lists of them.

    `name` is the document's, for errors; `latest` the last day that is not in the future (default: today). Raises
    DocumentError for a value of a shape that cannot be meant (a list as a title, a mapping as a list of names).
    """
    found: dict[str, object] = {}
    for key, value in values.items():
        field = FIELDS.get(fold(str(key)))
        if field is None or field in found:
            continue
        taken: object
        if field == "date":
            taken = None if _is_nothing(value) else _date(key, value, name, latest)
        elif field in {"programmes", "partners"}:
            taken = _names(key, value, name)
        elif field == "cited_sources":
            taken = _sources(key, value, name, latest)
        elif field == "url":
            taken = web_url(_text(key, value, name))
        elif field == "rubric" and isinstance(value, list | tuple):
            taken = ", ".join(_names(key, value, name)) or None
        else:
            taken = _text(key, value, name)
        if taken:
            found[field] = taken
    return Metadata(**found)  # type: ignore[arg-type]  # the table above gives every field its own type


def usable_title(title: str | None) -> str | None:
    """`title`, unless it is what programs write when nobody gave one: « Microsoft Word - … », « Document1 »."""
    text = one_line(title or "")
    if match := _PROGRAM.match(text):
        # What follows is a file's name: it stays when it reads like a title.
        text = re.sub(r"\.(?:docx?|pptx?|xlsx?|odt|odp|rtf|pdf)$", "", text[match.end() :], flags=re.IGNORECASE).strip()
        if " " not in text:
            return None
    return None if not re.search(r"\w", text) or _NO_TITLE.fullmatch(fold(text).strip(" .:-_()[]<>«»*!")) else text


def authors_title(title: object) -> str | None:
    """The title that somebody gave a file, on one line: no name of a program or of a file, no address; else None."""
    text = one_line(title) if isinstance(title, str) else ""
    no_title = _BY_PROGRAM.match(text) or _FILE_NAME.fullmatch(text) or _URL.fullmatch(text)
    return None if no_title else usable_title(text)


def letter_object(lines: Iterable[str]) -> str | None:
    """What the first lines of a text, the head of a letter among them, say that it is about; else None."""
    named = next((match for line in lines if (match := _OBJECT.match(line))), None)
    return named[1][:1].upper() + named[1][1:] if named else None


def web_url(value: str | None) -> str | None:
    """`value` when it is an address of the web (http or https, with a host), else None."""
    value = (value or "").strip().replace(" ", "%20")
    try:
        parts = urlsplit(value)
        host = parts.hostname
    except ValueError:
        return None
    if (
        parts.scheme.lower() not in {"http", "https"}
        or not host
        or re.search(r"\s|%20", value.split("/", 3)[2])
        or re.search(r"\s", value)
    ):
        return None
    return value


def canonical_url(declared: str | None, base: str | None) -> str | None:
    """The address of a document that declares `declared` and was fetched from `base` (None: read from a file).

    A declared address of another host is not believed: it would make one site's page stand for another's.
    """
    base = web_url(base)
    if base is None:
        return web_url(declared)
    base = base.split("#", 1)[0]
    try:
        resolved = web_url(urljoin(base, declared.strip())) if declared and declared.strip() else None
    except ValueError:
        resolved = None
    if resolved is None or _host(resolved) != _host(base):
        return base
    return resolved.split("#", 1)[0]


def without_site_name(title: str, site_names: Iterable[str] = ()) -> str:
    """`title` without the site's name: « Titre | Site », « Titre - Site » when `site_names` knows the site."""
    known = {fold(site_name) for site_name in site_names if site_name}
    for separator, joint in ((_BAR, " | "), (_DASH, " – ")):
        parts = [part for part in separator.split(title.strip()) if part.strip()]
        own = list(parts)
        while len(own) > 1 and fold(own[-1]) in known:
            own.pop()
        while len(own) > 1 and fold(own[0]) in known:
            own.pop(0)
        if separator is _BAR:
            own = own[:1]  # by custom the page's own title comes first
        if own and len(own) < len(parts):
            title = joint.join(own)
    return title.strip()


def parse_reference(text: str, *, link: str | None = None, latest: date | None = None) -> CitedSource | None:
    """One entry of a list of sources, « Titre », Éditeur, octobre 2014, https://… ; None when nothing is left of it.

    `link` is the address that the entry links to, used when its text holds none.
    """
    address = _URL.search(text)
    url = address[0].rstrip(".,;:)]") if address else web_url(link)
    if address:
        text = text[: address.start()] + text[address.start() + len(url or "") :]
    text = re.sub(r"\s+", " ", text).strip(" ,;:.-–—\u00a0\u202f")
    title, rest = _quoted(text)
    if title and (remark := re.match(r"\([^()]*\)", rest)):
        title, rest = f"{title} {remark[0]}", rest[remark.end() :]
    parts = [part.strip() for part in re.split(r"\s*[,;]\s+", rest) if part.strip(" .")]
    if title is None:
        if not parts:
            return CitedSource(url, url=url) if url else None
        title, parts = parts[0], parts[1:]
    found = None
    for index in range(len(parts) - 1, -1, -1):
        if fold(parts[index]) in _NOTHING or (found := parse_date(parts[index], latest=latest)):
            del parts[index]
            break
    return CitedSource(title, ", ".join(parts) or None, web_url(url), found)


def _quoted(text: str) -> tuple[str | None, str]:
    """The title between « » (which may quote in its turn) at the head of `text`, and the rest."""
    if not text.startswith("«"):
        return None, text
    depth = 0
    for index, character in enumerate(text):
        depth += (character == "«") - (character == "»")
        if depth == 0:
            return text[1:index].strip() or None, text[index + 1 :].lstrip(" ,;.")
    return None, text.lstrip("« \u00a0\u202f")


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


def _is_nothing(value: object) -> bool:
    return value is None or (isinstance(value, str) and fold(value) in _NOTHING)


def _text(key: object, value: object, name: str) -> str | None:
    if isinstance(value, list | tuple) and len(value) == 1:
        value = value[0]
    if isinstance(value, list | tuple | Mapping):
        raise DocumentError(name, f"« {key} » doit être un texte, pas une liste ; corrigez l'en-tête du document")
    if _is_nothing(value):
        return None
    return one_line(str(value)) or None


def _date(key: object, value: object, name: str, latest: date | None) -> str | None:
    if isinstance(value, list | tuple | Mapping):
        raise DocumentError(name, f"« {key} » doit être une date, pas une liste ; corrigez l'en-tête du document")
    return parse_date(value, latest=latest)


def _names(key: object, value: object, name: str) -> tuple[str, ...]:
    if isinstance(value, Mapping):
        raise DocumentError(
            name, f"« {key} » doit être une liste de noms : « {key}: [A, B] » ; corrigez l'en-tête du document"
        )
    if isinstance(value, str):
        value = value.split(";" if ";" in value else ",")
    texts = [_text(key, item, name) for item in (value if isinstance(value, list | tuple) else [value])]
    return tuple(dict.fromkeys(text for text in texts if text))


def _sources(key: object, value: object, name: str, latest: date | None) -> tuple[CitedSource, ...]:
    if _is_nothing(value):
        return ()
    found: list[CitedSource | None] = []
    for item in value if isinstance(value, list | tuple) else [value]:
        if isinstance(item, Mapping):
            texts = {SOURCE_FIELDS.get(fold(str(field))): _text(field, held, name) for field, held in item.items()}
            title = texts.get("title") or texts.get("publisher") or texts.get("url")
            if title:
                moment = parse_date(texts.get("date"), latest=latest)
                found.append(CitedSource(title, texts.get("publisher"), web_url(texts.get("url")), moment))
        elif text := _text(key, item, name):
            found.append(parse_reference(text, latest=latest))
    return tuple(dict.fromkeys(source for source in found if source))
