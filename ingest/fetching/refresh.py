"""Pages that lead on by themselves (`<meta http-equiv="refresh">`): a redirect that is written in the page."""

from __future__ import annotations

import html
import re

_START = 20_000  # bytes in which a page's head says so
_LONGEST_DELAY = 20.0  # seconds: a page that waits longer is one to read, which comes again
_META = re.compile(rb"<meta\s[^>]{0,1000}>", re.IGNORECASE)
_EQUIV = re.compile(r"http-equiv\s*=\s*[\"']?\s*refresh", re.IGNORECASE)
_CONTENT = re.compile(
    r"content\s*=\s*(?:\"\s*(?P<d>[\d.]*)\s*[;,]\s*(?:url\s*=\s*)?(?P<double>[^\"]{1,2000})\"|"
    r"'\s*(?P<s>[\d.]*)\s*[;,]\s*(?:url\s*=\s*)?(?P<single>[^']{1,2000})')",
    re.IGNORECASE,
)


def leads_on_to(content: bytes, media_type: str) -> str | None:
    """Where a page sends its readers at once, as written; None for one that is to be read."""
    if "html" not in media_type.lower():
        return None
    # What is commented out, or for browsers without programs, is not done.
    start = re.sub(rb"<!--.*?-->|<noscript\b.*?</noscript", b"", content[:_START], flags=re.IGNORECASE | re.DOTALL)
    for tag in _META.findall(start):
        text = tag.decode("utf-8", errors="replace")
        if not _EQUIV.search(text) or (told := _CONTENT.search(text)) is None:
            continue
        delay, target = told["d"] or told["s"] or "0", told["double"] or told["single"]
        if re.fullmatch(r"\d{1,6}(?:\.\d*)?", delay) and float(delay) <= _LONGEST_DELAY:
            return html.unescape(target).strip().strip("'\"") or None
    return None
