"""Cell values as a spreadsheet shows them, in French: « 1 254,50 € », « 12,5 % », « 03/02/2025 », « VRAI ».

The number formats are those of Office Open XML (ECMA-376, part 1, 18.8.31). What only places a text (padding, fill,
colours) is left out; a sign that only a colour tells is written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from functools import lru_cache

from kb.text.months import MONTHS

GENERAL = "General"
_THIN_SPACE = "\u202f"  # between thousands, as French typography has it
_SHOWN_DIGITS = 11  # of a number without a format: what Excel shows in a wide cell
_MOST_DECIMALS = 30  # what Excel accepts
_PRECISE = Context(prec=400)  # the largest number (1e308) with all its decimals
_WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|\\(?P<escaped>.)|_(?P<pad>.)|\*(?P<fill>.)|\[\$(?P<currency>[^\]-]*)(?:-[^\]]*)?\]'
    r"|\[(?P<bracket>[^\]]*)\]|(?P<exponent>[Ee][+-])|(?P<other>.)",
    re.DOTALL,
)
_FORMATS_KEPT = 256  # formats taken apart: a workbook has some dozens, in a hundred thousand cells
_GENERAL = re.compile("general", re.IGNORECASE)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?\d+(?:\.\d+)?)$")


def shown(value: object, number_format: str = GENERAL) -> str:
    """The text of a cell that holds `value` (None, text, truth value, number, date, time or duration)."""
    match value:
        case None:
            return ""
        case bool():
            return "VRAI" if value else "FAUX"
        case int() | float() | Decimal():
            return _number(value, number_format)
        case datetime() | date():
            return _date(value, number_format)
        case time():
            return value.strftime("%H:%M:%S" if value.second else "%H:%M")
        case timedelta():
            minutes, seconds = divmod(round(value.total_seconds()), 60)
            return f"{minutes // 60}:{minutes % 60:02}" + (f":{seconds:02}" if seconds else "")
        case _:
            return str(value)


def _number(value: float | Decimal, number_format: str) -> str:
    try:
        exact = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    except InvalidOperation:
        return str(value)
    if not exact.is_finite():
        return str(value)
    if number_format == GENERAL:
        return _general(exact)
    section, magnitude = _section(number_format or GENERAL, exact)
    plain = _plain(section)
    if not plain.strip():
        return "" if ";" in number_format else _general(magnitude)  # an empty section hides its numbers
    if _GENERAL.search(plain):
        return _GENERAL.sub(lambda _: _general(magnitude), plain, count=1).strip()
    pattern = _parsed(section)
    return _general(magnitude) if pattern is None else pattern.filled(magnitude)


def _general(value: Decimal) -> str:
    """A number without a format: « 1254,5 »."""
    if value == value.to_integral_value():
        return format(value.quantize(Decimal(1)), "f") if value.adjusted() < 28 else format(value, "f")
    text = format(Decimal(f"{value:.{_SHOWN_DIGITS}g}"), "f")
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace(".", ",")


def _section(number_format: str, value: Decimal) -> tuple[str, Decimal]:
    """The part of a format that is for `value`, and what it shows: the value, or its amount where a part for negative
    numbers has a sign of its own."""
    sections = _split(number_format)
    conditions = [_condition(section) for section in sections]
    if any(conditions):
        for section, condition in zip(sections, conditions, strict=True):
            if condition is None or _holds(value, *condition):
                return section, value
        return sections[-1], value
    if value < 0 and len(sections) > 1:
        # Without a sign or parentheses of its own, only a colour would tell.
        return sections[1], abs(value) if re.search(r"[-−(]", _plain(sections[1])) else value
    if value == 0 and len(sections) > 2:  # positive; negative; zero
        return sections[2], value
    return sections[0], value


@lru_cache(_FORMATS_KEPT)
def _split(number_format: str) -> tuple[str, ...]:
    """The sections of a format: « ; » within quotes or after a backslash is text."""
    parts = [""]
    for token in _TOKEN.finditer(number_format):
        if token["other"] == ";":
            parts.append("")
        else:
            parts[-1] += token[0]
    return tuple(parts)


@lru_cache(_FORMATS_KEPT)
def _condition(section: str) -> tuple[str, Decimal] | None:
    for token in _TOKEN.finditer(section):
        if token["bracket"] and (match := _CONDITION.match(token["bracket"])):
            return match[1], Decimal(match[2])
    return None


def _holds(value: Decimal, sign: str, bound: Decimal) -> bool:
    return {
        "<": value < bound, ">": value > bound, "=": value == bound,
        "<=": value <= bound, ">=": value >= bound, "<>": value != bound,
    }[sign]  # fmt: skip


@lru_cache(_FORMATS_KEPT)
def _plain(section: str) -> str:
    """What of a section is shown as it is written."""
    return "".join(
        token["quoted"] or token["escaped"] or token["currency"] or token["other"] or ""
        for token in _TOKEN.finditer(section)
    )


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A section of a format: what stands around and between the digits. A piece is a place (`0`, `#`, `?`) or text."""

    whole: tuple[str, ...]
    decimals: tuple[str, ...]
    grouped: bool
    scale: int  # powers of ten
    texts: frozenset[int]  # indices of `whole + decimals` that are text

    def filled(self, value: Decimal) -> str:
        """The section with the digits of `value` in it."""
        places = [piece for at, piece in enumerate(self.decimals, len(self.whole)) if at not in self.texts]
        unit = Decimal(1).scaleb(-len(places), _PRECISE)
        rounded = abs(value).scaleb(self.scale, _PRECISE).quantize(unit, ROUND_HALF_UP, _PRECISE)
        digits, _, fraction = format(rounded, "f").partition(".")
        text = self._whole(digits.lstrip("0")) + self._fraction(fraction)
        is_figure = len(places) > 0 or len(self.texts) < len(self.whole)
        return ("-" if value < 0 and rounded and is_figure else "") + text.strip()

    def _whole(self, digits: str) -> str:
        places = [at for at in range(len(self.whole)) if at not in self.texts]
        if not places:
            return "".join(self.whole) + (digits if self.decimals else "")
        made: list[str] = []
        left = list(digits)
        first, count = places[0], 0
        for at in range(len(self.whole) - 1, -1, -1):
            if at in self.texts:
                made.append(self.whole[at])
                continue
            taken = left[:] if at == first else left[-1:]
            del left[len(left) - len(taken) :]
            if not taken and self.whole[at] == "0":
                taken = ["0"]
            for digit in reversed(taken):
                if self.grouped and count and count % 3 == 0:
                    made.append(_THIN_SPACE)
                made.append(digit)
                count += 1
        return "".join(reversed(made))

    def _fraction(self, digits: str) -> str:
        made, left = "", digits
        optional = 0
        for at, piece in enumerate(self.decimals, len(self.whole)):
            if at in self.texts:
                made += piece
                continue
            digit, left = left[0], left[1:]
            if piece == "0" or digit != "0" or left.strip("0"):
                made += digit
            else:
                optional += 1
        return f",{made}" if digits and optional < len(digits) else made


@lru_cache(_FORMATS_KEPT)
def _parsed(section: str) -> _Pattern | None:
    """A section taken apart; None for one that shows a number as it is, or by powers of ten or fractions."""
    whole: list[str] = []
    decimals: list[str] = []
    texts: set[int] = set()
    here, at_point, grouped, scale, commas, is_empty = whole, False, False, 0, 0, True
    for token in _TOKEN.finditer(section):
        text = token["quoted"] or token["escaped"] or token["currency"]
        symbol = token["other"]
        if token["exponent"] or symbol in {"/", "@"}:
            return None
        if symbol and symbol in "0#?":
            is_empty = False
            grouped |= bool(commas)
            commas = 0
            if len(decimals) < _MOST_DECIMALS or not at_point:
                here.append(symbol)
            continue
        if symbol == "," and not is_empty:
            commas += 1
            continue
        if symbol == "." and not at_point:
            here, at_point = decimals, True
            scale -= 3 * commas
            commas = 0
            continue
        if symbol == "%":
            scale += 2
            text = "%" if (here and here[-1] == " ") or not here else " %"
        elif token["pad"]:
            text = " "
        elif symbol is not None:
            text = symbol
        if text:
            texts.add(len(whole) + len(decimals))
            here.append(text)
    scale -= 3 * commas
    return _Pattern(tuple(whole), tuple(decimals), grouped, scale, frozenset(texts))


def _date(value: date, number_format: str) -> str:
    """A date as French people write it, with what the format shows of it, whatever its order."""
    letters = re.sub(r"[^ymdhs]", "", _letters(number_format))
    moment = value if isinstance(value, datetime) else None
    has_time = "h" in letters or "s" in letters
    has_day, has_year, has_month = "d" in letters, "y" in letters, "m" in re.sub(r"h+m+|m+s+", "", letters)
    if not (has_day or has_year or has_month or has_time):
        has_day = has_month = has_year = True
        has_time = moment is not None and moment.time() != time()
    parts = []
    if "mmm" in letters and (has_day or has_year or has_month):
        day = f"{value.day}er" if value.day == 1 else str(value.day)
        weekday = _WEEKDAYS[value.weekday()] if "dddd" in letters else ""
        name = MONTHS[value.month - 1]
        parts = [weekday, day if has_day else "", name, str(value.year) if has_year else ""]
    elif has_day or has_year or has_month:
        numbers = ((has_day, f"{value.day:02}"), (has_month, f"{value.month:02}"), (has_year, f"{value.year}"))
        parts = ["/".join(text for wanted, text in numbers if wanted)]
    if has_time and moment is not None:
        parts.append(moment.strftime("%H:%M:%S" if "s" in letters and moment.second else "%H:%M"))
    return " ".join(part for part in parts if part)


def _letters(number_format: str) -> str:
    first = _split(number_format or GENERAL)[0]
    if first.strip().lower() == "general":
        return ""
    return "".join(token["other"] or token["bracket"] or "" for token in _TOKEN.finditer(first)).lower()
