"""Pieces of text -> the lines of a page: what stands together on a base line, note calls taken out of it.

A line ends where a wide gap begins: the cells of a table's row and the columns of a page are lines of their own here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from ingest.readers.pdf.lines import Line, body_size, is_box
from ingest.readers.pdf.page import Mark, PageContent, Piece

_GAP = 0.9  # of the letters' size, as in `letters`: a wider gap parts two lines
_INDENT = 4.0  # of the size: an item of a list stands no farther from its mark
_SAME = 0.3  # of the size: base lines that differ less are one
_RAISED = 0.15  # of the size: a letter that stands higher by that is raised
_SMALLER = 0.88  # of the size: letters set apart by their size
_NEAR = 60.0  # points between a field or a box and what it is called
_FAR = 300.0  # points between a box and the words before it, across the columns of a form
_BOXED = re.compile(r"\[[x ]\] ")
_CALL = re.compile(
    r"[(\[]?(?:\d{1,3}|\*{1,4}|[a-z†‡])(?:\s?[,;–-]\s?\d{1,3}|\s\d{1,2}(?!\d))*[)\]]?[,;]?", re.IGNORECASE
)
_MARKER = re.compile(
    r"[•▪●■◆➢‣◦–—\-\u2610-\u2612\u25a1\uf000-\uf0ff]|\(?\d{1,2}[.)]|[a-z][.)]|\d{1,2}(?:\.\d{1,2})+\.?"
)
_MARKS = re.compile(r"\d{1,3}|\*{1,4}|[a-z†‡]", re.IGNORECASE)
_NOTE = re.compile(r"[(\[]?(\d{1,3}|\*{1,4}|[a-z†‡])[)\]]?\s?[.):]?\s+(?=\S)", re.IGNORECASE)
_CONTEXT = 30  # characters before a raised letter, that tell what it is
_LONGEST_CALL = 8  # characters
_MOST_CALLS = 200  # on a page, that are looked at one by one
# What small raised letters belong to: « m² », « 10³ », « 1er », « n° », « Mme », « XIXe ».
_UNIT = re.compile(r"(?:^|[\d\s/(.·])(?:[kcdmhµ]?m|s)$")
_POWER = re.compile(r"(?:[x×*·.]\s?|^|[^\d\s]\s)10$|\b[a-zA-Z]$")
_ORDINAL = re.compile(
    r"(?:ers?|r[eè]s?|i?[eè]res?|e|[eè]mes?|nde?s?|os?|o|me|mes|lle|lles|gr|r|d|ts?|te|°|º|tm|®|™)\.?", re.IGNORECASE
)
_EXPONENTS = str.maketrans("0123456789+-−n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻ⁿ")
# Calls written as raised letters of the text itself: « euros³ ».
_WRITTEN_CALL = re.compile(r"(?<=[\w»)%€])[⁰¹²³⁴-⁹]{1,3}(?![⁰¹²³⁴-⁹])")
_PLAIN_DIGITS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_ENDS = re.compile(r"\s+(?=[.,)\]…])")


def lines_of(page: PageContent) -> list[Line]:
    """The lines of a page in the file's order, with what its forms hold and its readers wrote."""
    lines: list[Line] = []
    called: set[str] = set()
    run: list[Piece] = []
    for piece in page.pieces:
        if run and not _joins(run, piece):
            lines.append(_line(run, page.height, called))
            run = []
        run.append(piece)
    if run:
        lines.append(_line(run, page.height, called))
    lines = _with_notes(_without_calls(lines, called), called)
    return _with_marks(_with_signs(lines), page)


def _joins(run: Sequence[Piece], piece: Piece) -> bool:
    """Whether a piece goes on the line of those before it, raised or not."""
    last, ground = run[-1], _ground(run)
    if piece.angle != last.angle or last.cut:
        return False
    size = max(ground.size, piece.size)
    marked = len(run) == 1 and _MARKER.fullmatch(last.text.strip()) is not None
    if not -0.5 * size < piece.x - last.right < (_INDENT if marked else _GAP) * size:
        return False
    rise = piece.base - ground.base
    if abs(rise) <= _SAME * min(ground.size, piece.size):
        return True
    # Raised or lowered letters, or the text that follows one at the line's very beginning.
    first = piece.size < ground.size or (piece.size == ground.size and rise > 0)
    small, large = (piece, ground) if first else (ground, piece)
    rise = small.base - large.base
    smaller = small.size <= _SMALLER * large.size
    return -0.35 * size < rise < 0.8 * size and (smaller or _CALL.fullmatch(small.text.strip()) is not None)


def _ground(run: Sequence[Piece]) -> Piece:
    """The piece that a line stands on: its largest, the lowest of these."""
    return max(run, key=lambda piece: (piece.size, -piece.base, len(piece.text)))


def _line(run: Sequence[Piece], height: float, called: set[str]) -> Line:
    ground = _ground(run)
    text, note = "", ""
    end = ground.x
    dropped = False
    for piece in run:
        rise = (piece.base - ground.base) / (ground.size or 1.0)
        raised = rise > (_RAISED if piece.size <= _SMALLER * ground.size else 2 * _RAISED)
        if raised and not text and _CALL.fullmatch(piece.text.strip()) and len(run) > 1:
            note = piece.text.strip().strip("()[].,;")
            text = f"({note})"
            end = piece.right
            continue
        if raised and text:
            kept = _raised(text[-_CONTEXT:], piece.text.strip())
            if kept is None:
                called.update(_MARKS.findall(piece.text))
                dropped, end = True, piece.right
                continue
            text, end = text + kept, piece.right
            continue
        if text:
            apart = piece.spaced or piece.x - end > 0.15 * ground.size
            lowered = piece.base < ground.base - 0.05 * ground.size and piece.size <= _SMALLER * ground.size
            text += " " if apart and not lowered else ""
        text += piece.text
        text = _ENDS.sub("", text) if dropped else text
        dropped, end = False, piece.right
    letters = sum(len(piece.text) for piece in run)
    bold = sum(len(piece.text) for piece in run if piece.bold) * 2 > letters
    right = max(piece.right for piece in run)
    place = round(ground.base / (height or 1.0), 3)
    turned, pale = ground.angle, ground.pale
    size = max(run, key=lambda piece: len(piece.text)).size
    return Line(text, size, bold, run[0].x, right, ground.base, place, note=note, angle=turned, pale=pale)


def _without_calls(lines: list[Line], called: set[str]) -> list[Line]:
    """The lines, calls that the file draws after all the rest put to the line that they stand at the end of."""
    calls = [line for line in lines if len(line.text) <= _LONGEST_CALL and _CALL.fullmatch(line.text)]
    gone: set[int] = set()
    larger: dict[float, list[int]] = {}  # by the size of calls: the lines in larger letters
    for call in calls[:_MOST_CALLS]:
        if call.size not in larger:
            larger[call.size] = [at for at, line in enumerate(lines) if call.size <= _SMALLER * line.size]
        for at in larger[call.size]:
            line = lines[at]
            rise, away = call.base - line.base, call.x - line.right
            if not (_RAISED * line.size < rise < 0.8 * line.size and -0.3 * line.size < away < _GAP * line.size):
                continue
            kept = _raised(line.text[-_CONTEXT:], call.text)
            if kept is None:
                called.update(_MARKS.findall(call.text))
            lines[at] = replace(line, text=line.text + (kept or ""))
            gone.add(id(call))
            break
    return [line for line in lines if id(line) not in gone]


def _raised(before: str, text: str) -> str | None:
    """What small raised letters add to the text before them; None for the call of a note, which adds nothing."""
    if text in {"2", "3", "-1", "-2"} and _UNIT.search(before):
        return text.translate(_EXPONENTS)
    if re.fullmatch(r"[+−-]?\d{1,2}|n", text) and _POWER.search(before):
        return text.translate(_EXPONENTS)
    if text == "o" and before.endswith(("n", "N")):
        return "°"
    if _ORDINAL.fullmatch(text) and re.search(r"[\dIVXLCnNM]$|[A-Za-zé]$", before):
        return text
    return None if _CALL.fullmatch(text) else text


def _with_notes(lines: list[Line], called: set[str]) -> list[Line]:
    """The lines, those that begin a note marked as such, and calls that are written as raised digits taken out."""
    if not called and not any(_WRITTEN_CALL.search(line.text) for line in lines):
        return lines
    found = []
    for line in lines:
        for call in _WRITTEN_CALL.finditer(line.text):
            if not _belongs(line.text[: call.start()][-_CONTEXT:]):
                called.add(call[0].translate(_PLAIN_DIGITS))
    usual = body_size([lines])
    for line in _with_numbers(lines, called):
        text = _WRITTEN_CALL.sub(
            lambda call: call[0] if _belongs(call.string[: call.start()][-_CONTEXT:]) else "", line.text
        )
        match = _NOTE.match(text.translate(_PLAIN_DIGITS)) if not line.note else None
        begins = match and match[1] in called and (line.size < usual * 0.95 or line.place < 0.35)
        if match and begins:
            text = f"({match[1]}) {text[match.end() :]}"
        note = line.note or (match[1] if match and begins else "")
        found.append(replace(line, text=text, note=note) if (text, note) != (line.text, line.note) else line)
    return found


def _with_numbers(lines: list[Line], called: set[str]) -> list[Line]:
    """The lines, numbers of notes that stand apart from their text before it: a tab is set between them."""
    found: list[Line] = []
    for line in lines:
        last = found[-1] if found else None
        gap = line.x - last.right if last else 0.0
        if last and abs(last.base - line.base) <= _SAME * line.size and 0 < gap < _INDENT * line.size:
            number = last.text.strip("()[]. ")
            if number in called and not line.note:
                found[-1] = replace(line, text=f"{number} {line.text}", x=last.x)
                continue
        found.append(line)
    return found


def _belongs(before: str) -> bool:
    """Whether a raised digit is part of what stands before it: an area, a power of ten, a variable."""
    return bool(_UNIT.search(before) or _POWER.search(before) or re.search(r"[⁰¹²³⁴-⁹]$", before))


def _with_signs(lines: list[Line]) -> list[Line]:
    """The lines, boxes that are drawn as letters of their own before what they stand for on their row."""
    if not any(len(line.text) == 1 and is_box(line.text) for line in lines):
        return lines
    ordered = [line for line in lines if not (len(line.text) == 1 and is_box(line.text))]
    for sign in lines:
        if len(sign.text) == 1 and is_box(sign.text):
            beside = [
                (line.x - sign.right, at)
                for at, line in enumerate(ordered)
                if abs(line.base - sign.base) < 0.5 * line.size and -2 < line.x - sign.right < _NEAR
            ]
            before = max((at for at, line in enumerate(ordered) if line.base > sign.base), default=-1) + 1
            ordered.insert(min(beside)[1] if beside else before, sign)
    return ordered


def _with_marks(lines: list[Line], page: PageContent) -> list[Line]:
    """The lines with the values of fields beside their labels, « [x] » before what a box says, notes at the end."""
    comments = []
    for mark in page.marks:
        match mark.kind:
            case "box":
                _check(lines, mark, page.height)
            case "comment":
                comment = _written(f"Commentaire : {mark.value}", mark, page.height)
                comments.append(replace(comment, alone=True))
            case _:
                _fill(lines, mark, page.height)
    return lines + comments


def _check(lines: list[Line], box: Mark, height: float) -> None:
    sign = "[x]" if box.checked else "[ ]"
    best, distance = -1, float(_FAR)
    for index, line in enumerate(lines):
        after = line.x >= box.x
        if not box.bottom - 3 <= line.base + line.size * 0.3 <= box.top + 3 or (not after and _BOXED.match(line.text)):
            continue
        # By custom the words stand after the box: those before it have to be clearly nearer, or alone.
        away = line.x - box.right if after else box.x - line.right + 6
        if -4 < away < min(distance, _NEAR if after else _FAR):
            best, distance = index, away
    if best < 0:
        lines.append(_written(f"{sign} {box.name}", box, height))
        return
    line = lines[best]
    lines[best] = replace(line, text=f"{sign} {line.text}", x=min(line.x, box.x), right=max(line.right, box.right))


def _fill(lines: list[Line], field: Mark, height: float) -> None:
    """Puts the value of a field after its label, or where it stands."""
    label, after = None, -1
    for index, line in enumerate(lines):
        middle = line.base + line.size * 0.3
        if field.bottom - 2 <= middle <= field.top + 2 and line.x < field.x:
            if label is None or line.x > lines[label].x:
                label = index
        elif middle > field.top and line.x < field.right and line.right > field.x - _NEAR:
            after = index
    value = _written(field.value, field, height)
    labelled = label is not None and lines[label].text.rstrip().endswith(":")
    if label is not None and (labelled or field.kind == "field"):
        text = value.text if labelled else f": {value.text}"
        lines.insert(label + 1, replace(value, text=text, base=lines[label].base, size=lines[label].size))
    elif field.kind == "text":
        lines.insert((label if label is not None else after) + 1, replace(value, alone=True))
    else:
        named = field.kind == "field" and field.name and after < 0
        lines.insert(after + 1, replace(value, text=f"{field.name} : {field.value}" if named else field.value))


def _written(text: str, mark: Mark, height: float) -> Line:
    base = mark.bottom + 0.25 * min(mark.top - mark.bottom, 20.0)
    return Line(text, 10.0, False, mark.x, mark.right, base, round(base / (height or 1.0), 3))
