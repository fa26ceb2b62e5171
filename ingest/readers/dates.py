"""Publication dates as people and machines write them -> ISO, as precise as given, or nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from email.utils import parsedate_to_datetime

from kb.text.folding import fold
from kb.text.months import MONTH, MONTH_NUMBERS

# Nothing that an agency could publish is older; it keeps « 1204 places » or a reference number from being a year.
_FIRST_YEAR = 1800
_LINE = 200  # characters: a longer line is text, whatever date it holds
_HEAD = 2_000  # characters at either end of a text where acts name their date
_LAST_LINES = 12  # below the signature stand names, copies, annexes' titles

_WEEKDAY = r"(?:(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)\s+)?"

# Patterns on folded text (no accents, lower case, single spaces). The order matters: the most precise first.
_ISO = re.compile(r"(?P<y>\d{4})-(?P<m>\d{1,2})(?:-(?P<d>\d{1,2}))?(?=$|[^\d-])")
_SLASHED_ISO = re.compile(r"(?P<y>\d{4})/(?P<m>\d{1,2})(?:/(?P<d>\d{1,2}))?(?=$|[^\d/])")
_NUMERIC = re.compile(r"(?P<d>\d{1,2})(?P<s>[/.-])(?P<m>\d{1,2})(?P=s)(?P<y>\d{4})\b")
# Two figures of the year only between bars: « 1.2.10 » numbers a section.
_SHORT_NUMERIC = re.compile(r"(?P<d>\d{1,2})/(?P<m>\d{1,2})/(?P<yy>\d{2})\b(?!/)")
_NUMERIC_MONTH = re.compile(r"(?P<m>\d{1,2})/(?P<y>\d{4})\b")
_WRITTEN = re.compile(rf"{_WEEKDAY}(?:(?P<d>\d{{1,2}}|premier)(?:\s?er)?\s+)?(?P<name>{MONTH})\s+(?P<y>\d{{4}})\b")
_YEAR = re.compile(r"(?P<y>\d{4})\b")
_PATTERNS = (_ISO, _SLASHED_ISO, _NUMERIC, _SHORT_NUMERIC, _NUMERIC_MONTH, _WRITTEN, _YEAR)
_TIME = re.compile(
    r"(?:[t ,-]| a )*\d{1,2}\s?[:h](?:\s?\d{2})?(?::\d{2}(?:[.,]\d+)?)?\s?(?:z|utc|gmt|[+-]\d{2}:?\d{2})?$"
)

_PUBLISHED = r"(?:publiee?|mise? en ligne|parue?|diffusee?)"
_ANNOUNCED = re.compile(
    rf"\b(?:{_PUBLISHED}|date de (?:publication|parution|mise en ligne)|(?:publication|parution)(?= ?:))"
    r"(?: par [^,.]{1,60}?(?= (?:le|en) ))?"
    r"\s*:?\s*(?:le |en )?\s*:?\s*"
)
_UPDATED = re.compile(
    r"\b(?:mis a jour|mise a jour|derniere (?:mise a jour|modification)|modifie|modifiee)\s*:?\s*(?:le )?"
)
# What may stand before and after an announced date on its line; anything else is a sentence that holds a date.
_BEFORE = re.compile(r"(?:.{1,60}[|•·–—:-]\s*)?$")
_AFTER = re.compile(r"\s*\.?\s*(?:$|[|•·()-]|,? ?(?:a )?\d{1,2}\s?[h:]|,? ?(?:et )?(?:mis|modifi|derniere)|par )")
_BARS = re.compile(r"\s*[|·•]\s*")
# A place before a date, as letters and reports have it: « Paris, le 3 mars 2025 ».
_PLACED = re.compile(r"[a-z][a-z' -]{1,40}, (?:le )?(?=\d|premier|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)")
# « Fait à Lyon, le 3 mars 2025 », at the end of acts.
_SIGNED = re.compile(
    r"(?:fait|donne|signe|delibere)e? (?:et (?:fait|delibere|"
    r"signe)e? )?a [a-z][a-z' -]{1,40},? (?:en .{1,30},? )?le (.{6,30})"
)
# An act is known by its date: « Arrêté du 1er juillet 2023 relatif à… ». What stands between its kind and the date may
# not lead to another act (« Arrêté modifiant l'arrêté du… »).
_ACT = re.compile(
    r"(?:projet d[e']\s?)?(?:arrete|decret|loi|ordonnance|circulaire|deliberation|decision|directive|note|avis|"
    r"convention|avenant|proces-verbal|compte[- ]rendu|releve de (?:decisions|conclusions)|protocole|accord|"
    r"communique(?: de presse)?|lettre|courrier|rapport)s?\b(?P<between>[^.;:«»()]{0,90}?)\s(?:du|le|en date du)\s+"
    rf"(?=\d|premier {MONTH}|lundi|mardi|mercredi|jeudi|vendredi)"
)
_OTHER_ACT = re.compile(
    r"\b(?:modifi|abroge|relati|portant|fixant|approuv|complet|prorog|pris|prise|prises|application|vu|sur|pour|arrete|"
    r"decret|loi|ordonnance|circulaire|execution|mise en oeuvre)"
)
# Dates in the names of files: « 2024-03-12_CR », « CR_20240312 », « bilan 12-03-2024 », « 2024-03 lettre ».
_IN_NAME = (
    re.compile(r"(?<!\d)(?P<y>(?:19|20)\d\d)([-_. ])(?P<m>\d\d)\2(?P<d>\d\d)(?!\d)"),
    re.compile(r"(?<!\d)(?P<y>(?:19|20)\d\d)(?P<m>\d\d)(?P<d>\d\d)(?!\d)"),
    re.compile(r"(?<!\d)(?P<d>\d{1,2})([-_. ])(?P<m>\d{1,2})\2(?P<y>(?:19|20)\d\d)(?!\d)"),
    re.compile(r"(?<!\d)(?P<d>\d\d)(?P<m>\d\d)(?P<y>(?:19|20)\d\d)(?!\d)"),
    re.compile(r"\A(?P<y>(?:19|20)\d\d)[-_](?P<m>0[1-9]|1[0-2])(?=[-_. ])(?![-_. ]\d\d(?!\d))"),
)
_IN_PATH = re.compile(r"/(?P<y>(?:19|20)\d\d)/(?P<m>\d\d)/(?P<d>\d\d)/")


def today() -> date:
    """The day it is, where the program runs."""
    return datetime.now().astimezone().date()


def parse_date(value: object, *, latest: date | None = None) -> str | None:
    """`value` as `2025-03-14`, `2025-03` or `2025`; None when it is no date, an impossible one, or a future one.

    Takes a `date`, a year as `int`, or a text that is a date and nothing else but « le » or a weekday before, or a
    time of day after: ISO, `03/03/2025`, « 3 mars 2025 », « 1er octobre 2021 », « mars 2024 », « 2019 », RFC 2822.
    `latest` is the last day that is not in the future (default: today).
    """
    latest = latest or today()
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return _checked(value.year, value.month, value.day, latest)
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    if isinstance(value, str) and len(value) > _LINE:
        return None
    text = fold(str(value)).strip(" .,;:()[]").removeprefix("le ")
    for pattern in _PATTERNS:
        if match := pattern.match(text):
            rest = text[match.end() :]
            if rest and not (_TIME.match(rest) and match.groupdict().get("d")):
                continue
            return _from_match(match, latest)
    try:
        moment = parsedate_to_datetime(str(value).strip())
    except (ValueError, TypeError, IndexError):
        return None
    return _checked(moment.year, moment.month, moment.day, latest)


def announced_date(line: str, *, latest: date | None = None) -> str | None:
    """The date that `line` announces as its publication (« Publié le 3 mars 2025 - mis à jour le … »), or None."""
    if len(line) > _LINE:
        return None
    latest = latest or today()
    text = fold(line)
    for announcement in _ANNOUNCED.finditer(text):
        if not _BEFORE.match(text[: announcement.start()]):
            continue
        rest = text[announcement.end() :]
        for pattern in _PATTERNS:
            if (match := pattern.match(rest)) and _AFTER.match(rest[match.end() :]):
                return _from_match(match, latest)
    return None


def is_announcement(line: str) -> bool:
    """Whether `line` only says when a page was published or updated, with or without the date."""
    if len(line) > _LINE:
        return False
    text = fold(line)
    for announcement in (_ANNOUNCED, _UPDATED):
        text = announcement.sub(" ", text)
    if text == fold(line):
        return False
    for pattern in _PATTERNS:
        text = pattern.sub(" ", text)
    text = re.sub(r"\b\d{1,2}\s?[:h]\s?(?:\d{2})?", " ", text)
    return not re.sub(r"\b(?:a|le|et|s\.d)\b|[^a-z0-9]", "", text)


def date_near_title(lines: Iterable[str], *, latest: date | None = None) -> str | None:
    """The publication date among the first `lines` of a document: announced, or alone on its line; else None.

    A date inside a sentence is what the document talks about, and a file's creation date says nothing: neither counts.
    """
    alone: str | None = None
    for line in lines:
        if found := announced_date(line, latest=latest):
            return found
        if alone is None and len(line) <= 60 and not is_announcement(line):
            text = fold(line).strip(" .-|()")
            alone = parse_date(_PLACED.sub("", text, count=1), latest=latest)
            # « Actualité | 3 mars 2025 »: a day beside the rubric.
            parts = (parse_date(part, latest=latest) for part in _BARS.split(text))
            alone = alone or next((found for found in parts if found and found.count("-") == 2), None)
    return alone


def act_date(line: str, *, latest: date | None = None) -> str | None:
    """The date of the act that `line`, a title, names at its beginning (« Arrêté du 1er juillet 2023 relatif à… »)."""
    if len(line) > 2 * _LINE:
        return None
    text = fold(line)
    match = _ACT.match(text)
    if match is None or _OTHER_ACT.search(match["between"]):
        return None
    return _leading_date(text[match.end() :], latest or today())


def signature_date(lines: Iterable[str], *, latest: date | None = None) -> str | None:
    """The date that an act is signed at, among its last `lines`: « Fait à Lyon, le 3 mars 2025 »."""
    for line in lines:
        if len(line) <= _LINE and (match := _SIGNED.match(fold(line))):
            return _leading_date(match[1], latest or today())
    return None


def date_in_name(name: str, *, latest: date | None = None) -> str | None:
    """The date in the name of a file, or in the path of an address (…/2024/03/12/…). A year alone is its subject."""
    latest = latest or today()
    for pattern in (*_IN_NAME, _IN_PATH):
        for match in pattern.finditer(name if pattern is _IN_PATH else name.rpartition("/")[2]):
            if found := _from_match(match, latest):
                return found
    return None


def date_told(title: str, text: str, name: str, *, latest: date | None = None) -> str | None:
    """The date of a document that gives none as its publication: the act's that its title or first lines name, that
    of its signature, that in the name of its file. `text` is in block form, `name` a path or an address.
    """
    blocks = [block.lstrip("# ") for block in text[:_HEAD].split("\n\n")[:3]]
    ends = [line for line in text[-_HEAD:].split("\n") if line.strip()][-_LAST_LINES:]
    acts = (found for line in (title, *blocks) if (found := act_date(line, latest=latest)))
    return next(acts, None) or signature_date(ends, latest=latest) or date_in_name(name, latest=latest)


def _leading_date(text: str, latest: date) -> str | None:
    for pattern in (_ISO, _SLASHED_ISO, _NUMERIC, _SHORT_NUMERIC, _WRITTEN):
        if (match := pattern.match(text)) and (match.groupdict().get("d") or pattern is _WRITTEN):
            return _from_match(match, latest)
    return None


def _from_match(match: re.Match[str], latest: date) -> str | None:
    groups = match.groupdict()
    if short := groups.get("yy"):
        century = latest.year // 100 * 100
        groups["y"] = str(century + int(short) - (100 if century + int(short) > latest.year else 0))
    day, month = groups.get("d"), groups.get("m")
    if name := groups.get("name"):
        month = str(MONTH_NUMBERS[name.rstrip(".")])
    number = 1 if day == "premier" else int(day) if day else None
    return _checked(int(groups["y"]), int(month) if month else None, number, latest)


def _checked(year: int, month: int | None, day: int | None, latest: date) -> str | None:
    try:
        first_day = date(year, 1 if month is None else month, 1 if day is None else day)
    except ValueError:
        return None
    if year < _FIRST_YEAR or first_day > latest:
        return None
    return f"{year:04}" + (f"-{month:02}" if month else "") + (f"-{day:02}" if day else "")
