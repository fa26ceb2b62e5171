"""Markdown (CommonMark with tables), with or without YAML front matter."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import yaml
from lxml.html import defs
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML

from ingest.readers.block_builder import assemble
from ingest.readers.decoding import decode
from ingest.readers.html.cited import extract_last_sources, extract_named_sources
from ingest.readers.html.page import drop_hidden
from ingest.readers.html.parsing import parse_html
from ingest.readers.html.tree import blocks_of
from ingest.readers.metadata import Metadata, canonical_url, from_mapping
from ingest.readers.reading import Given, Reading, empty, no_text, too_long
from kb.errors import DocumentError

# The one in C reads the same ten times as fast; a build of PyYAML may lack it.
_Loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_FRONT = re.compile(r"\s*---[ \t]*\n(?P<yaml>(?:.*\n)*?)(?:---|\.\.\.)[ \t]*(?:\n|\Z)")
_UNCLOSED = re.compile(r"\s*---[ \t]*\n\s*[\w-]+[ \t]*:(?:[ \t]|\n)")
_TAG = re.compile(r"</?([A-Za-z][A-Za-z0-9-]*+)[^<>]*+>")
_MAX_FRONT = 200_000  # characters; YAML is slow to read, and no front matter is that long


def read(given: Given) -> Reading:
    """The text and the front matter. Raises DocumentError for front matter that is not YAML or has wrong types."""
    if len(given.content) > given.max_text_bytes:
        raise too_long(given, len(given.content))
    text = decode(given.content, given.name).replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise empty(given)
    front, body = _split_front_matter(text, given.name)
    page = f"<html><body>{_parser().render(body)}</body></html>"
    root = parse_html(page, given.name)
    if root is None:
        raise no_text(given)
    drop_hidden(root)
    try:
        sources = extract_named_sources(root) + extract_last_sources(root)
        blocks = blocks_of(root)
    except RecursionError:
        raise DocumentError(
            given.name, "les listes ou citations sont trop imbriquées ; simplifiez le document"
        ) from None
    if not blocks:
        raise no_text(given, "le document n'a que son en-tête")
    first = next((block for block in blocks if block.kind == "heading"), None)
    title = front.title or (first.text if first and (first.level == 1 or first is blocks[0]) else None)
    found = front.or_else(Metadata(cited_sources=sources))
    return Reading(replace(found, title=title, url=canonical_url(front.url, given.url)), assemble(blocks, title))


def _split_front_matter(text: str, name: str) -> tuple[Metadata, str]:
    """The metadata of the front matter and the text below it."""
    match = _FRONT.match(text)
    if match is None:
        if _UNCLOSED.match(text):
            raise DocumentError(name, "l'en-tête YAML ouvert à la ligne 1 n'est pas fermé ; ajoutez une ligne « --- »")
        return Metadata(), text
    if len(match["yaml"]) > _MAX_FRONT:
        raise DocumentError(name, "l'en-tête YAML est démesuré ; gardez-y les seules informations sur le document")
    try:
        if "&" in match["yaml"] and _has_aliases(match["yaml"]):
            raise DocumentError(
                name, "l'en-tête YAML répète une valeur par renvoi (« *nom ») ; écrivez-la en entier à chaque endroit"
            )
        # All scalars stay texts: YAML would read « Oui » as a truth value, and « 2019-02-31 » as an error of its own.
        values = yaml.load(match["yaml"], Loader=_Loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        where = f" à la ligne {text[: match.start('yaml')].count(chr(10)) + mark.line + 1}" if mark else ""
        raise DocumentError(
            name, f"l'en-tête YAML est mal formé{where} ; mettez entre guillemets les valeurs qui contiennent « : »"
        ) from None
    except RecursionError:
        raise DocumentError(name, "l'en-tête YAML est trop imbriqué ; simplifiez-le") from None
    if values is None or values == "":
        return Metadata(), text[match.end() :]
    if not isinstance(values, Mapping):
        # Two rules around a text, not front matter.
        return Metadata(), text
    return from_mapping(values, name), text[match.end() :]


def _has_aliases(text: str) -> bool:
    """Whether YAML repeats values by reference: a few lines of it can stand for any number of values."""
    return any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=_Loader))


class _Renderer(RendererHTML):
    """HTML of which the visible text is what the Markdown shows."""

    def image(self, tokens: Any, idx: int, options: Any, env: Any) -> str:
        """The text that stands for an image."""
        return html.escape(self.renderInlineAsText(tokens[idx].children or [], options, env))

    def html_inline(self, tokens: Any, idx: int, *_: Any) -> str:
        """Raw HTML; what only looks like it (« <nom de la ville> ») is text."""
        return _known_tags(tokens[idx].content)

    def html_block(self, tokens: Any, idx: int, *_: Any) -> str:
        """The same for a block."""
        return _known_tags(tokens[idx].content)


@cache
def _parser() -> MarkdownIt:
    # By default, what lies deeper than 20 levels is lost without a word.
    return MarkdownIt("commonmark", {"maxNesting": 100}, renderer_cls=_Renderer).enable(["table", "strikethrough"])


def _known_tags(markup: str) -> str:
    def keep(match: re.Match[str]) -> str:
        return match[0] if match[1].lower() in defs.tags else html.escape(match[0])

    return _TAG.sub(keep, markup)
