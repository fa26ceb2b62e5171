"""Text -> HTML: escaping, links, and the block form of a passage with the quoted words marked in place.

All HTML of the page is made here and in the modules that call this one, on the server, out of escaped text: no tag,
image or link of a document or question ever passes. The HTML never holds a line break, so that Gradio's Markdown
component, which carries it, takes the whole as one block of HTML and reads no Markdown in it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from urllib.parse import urlsplit

from kb.text.blocks import Block, heading_title, item_spans, parse_blocks, table_header, table_rows

Inline = Callable[[int, int], str]

# Control characters but tab and line feed, and the marks that reorder text: they could show other words than there are.
_UNSHOWN = dict.fromkeys(
    [
        *range(9),
        *range(11, 32),
        *range(127, 160),
        0x061C,
        0x200E,
        0x200F,
        *range(0x202A, 0x202F),
        *range(0x2066, 0x206A),
    ]
)
_APART = re.compile(r" (?=[»:;?!])|(?<=«) ")
_UNSAFE_IN_URL = re.compile(r"[\s\x00-\x1f\x7f\\]")
_MARKER = re.compile(r"(\s*)(?:(\d{1,3})[.)]|\S)\s+")


def escape(text: str) -> str:
    """`text` as HTML, also within attributes, without a line break and without what reorders or hides characters."""
    return html.escape(shown_text(text)).replace("\n", "&#10;")


def set_text(text: str) -> str:
    """`text` as HTML, without a line that ends before a mark of punctuation that French sets apart, or after «."""
    return _APART.sub("\u00a0", escape(text))


def shown_text(text: str) -> str:
    """`text` without what reorders or hides characters."""
    return text.translate(_UNSHOWN)


def page_url(url: str | None) -> str | None:
    """`url` when it is an http(s) address that may be linked to, else None."""
    if not url or _UNSAFE_IN_URL.search(url):
        return None
    try:
        parts = urlsplit(url)
        # A name before the host (https://agence.fr@elsewhere) only serves to deceive.
        linkable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.username is None
    except ValueError:
        return None
    return url if linkable else None


def passage_html(text: str, start: int = 0, end: int = 0, header: str = "") -> str:
    """A passage as HTML with `text[start:end]` in `<mark>`: one for each block, item or cell that these words cover.

    `header`, when `text` goes on with a table's rows, is shown above them and never marked.
    """
    text, start, end = _headed(text, start, end, header)
    return blocks_html(text, marking(text, start, end))


def quote_html(text: str, start: int, end: int, header: str = "") -> str:
    """The words `text[start:end]` of a passage as HTML, nothing else of it: rows of a table below its header.

    `header` is that of the table whose rows `text` goes on with.
    """
    text, start, end = _headed(text, start, end, header)
    quoted = text[start:end]
    for block in parse_blocks(text):
        if block.kind == "table" and block.start < start < block.end:
            above = table_header(text, block)
            first = text.rfind("\n", 0, start) + 1
            last = line_end if (line_end := text.find("\n", end)) >= 0 else len(text)
            if first >= block.start + len(above):
                quoted = f"{above}\n{text[first:last]}"
    return blocks_html(quoted, marking(quoted, 0, 0))


def _headed(text: str, start: int, end: int, header: str) -> tuple[str, int, int]:
    """`text` below the header of the table that it goes on with, if it does, and where its words then stand."""
    if not header or not text.lstrip().startswith("|"):
        return text, start, end
    added = header.rstrip("\n") + "\n"
    return added + text, start + len(added), end + len(added)


def marking(text: str, start: int, end: int) -> Inline:
    """What puts the words of `text[start:end]` into `<mark>`, and escapes all."""

    def inline(first: int, last: int) -> str:
        inner_start, inner_end = max(first, start), min(last, end)
        if inner_start >= inner_end or not text[inner_start:inner_end].strip():
            return escape(text[first:last])
        return (
            f"{escape(text[first:inner_start])}<mark>{escape(text[inner_start:inner_end])}</mark>"
            f"{escape(text[inner_end:last])}"
        )

    return inline


def blocks_html(text: str, inline: Inline) -> str:
    """`text` in block form as HTML; `inline(start, end)` gives the HTML of the words `text[start:end]`."""
    return "".join(block_html(text, block, inline) for block in parse_blocks(text))


def block_html(text: str, block: Block, inline: Inline) -> str:
    """One block of `text` as HTML."""
    if block.kind == "heading":
        # Not <h1>…: the outline of the page is that of the page, not of what documents hold.
        title = heading_title(text, block)
        start = text.index(title, block.start)
        return f'<p class="heading">{inline(start, start + len(title))}</p>'
    if block.kind == "list":
        return _list_html(text, block, inline)
    if block.kind == "table":
        return _table_html(text, block, inline)
    return f"<p>{inline(block.start, block.end)}</p>"


def _list_html(text: str, block: Block, inline: Inline) -> str:
    parts: list[str] = []
    open_lists: list[tuple[int, str]] = []  # (indent, tag) of the lists that are open, outermost first
    for start, end in item_spans(text, block):
        line = text.rfind("\n", 0, start) + 1
        marker = _MARKER.match(text, max(line, block.start), start)
        indent = len(marker[1]) if marker else 0
        number = marker[2] if marker else None
        while len(open_lists) > 1 and indent < open_lists[-1][0]:
            parts.append(f"</li></{open_lists.pop()[1]}>")
        if not open_lists or indent > open_lists[-1][0]:
            tag = "ol" if number else "ul"
            open_lists.append((indent, tag))
            parts.append(f"<{tag}>")
        else:
            parts.append("</li>")
        value = f' value="{int(number)}"' if number and open_lists[-1][1] == "ol" else ""
        parts.append(f"<li{value}>{inline(start, end)}")
    while open_lists:
        parts.append(f"</li></{open_lists.pop()[1]}>")
    return "".join(parts)


def _table_html(text: str, block: Block, inline: Inline) -> str:
    header, *rows = table_rows(text, block)
    head = "".join(f'<th scope="col">{inline(*cell)}</th>' if cell[0] < cell[1] else "<td></td>" for cell in header)
    body = "".join(f"<tr>{''.join(f'<td>{inline(*cell)}</td>' for cell in row)}</tr>" for row in rows)
    # A wide table scrolls within its own frame, which the keyboard must be able to reach.
    return (
        '<div class="table" tabindex="0" role="group" aria-label="Tableau"><table>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )
