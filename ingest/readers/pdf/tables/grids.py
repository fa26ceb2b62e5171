"""The rules of a page -> the grids that they draw, and the cells of each: where they stand and what they span."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import neg

from ingest.readers.pdf.page import Rule

_SNAP = 3.0  # points: rules that are no farther apart are one, drawn twice or for two cells
_TOUCH = 4.0  # points: rules that come as near as that meet
_COVERED = 0.5  # of a cell's side must be ruled for a wall to stand there
_MOST_MEETINGS = 60_000  # of rules that are looked at on a page: a table of 100 rows and 20 columns has 2,000
_MOST = 120  # rows or columns of a grid that is looked at


@dataclass(frozen=True, slots=True)
class Grid:
    """A ruled table: the places of its rules from left to right (`xs`) and from top to bottom (`ys`), in points.

    `spans` gives for each place (row, column) the place where the cell that covers it begins.
    """

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    spans: tuple[tuple[tuple[int, int], ...], ...]

    def cell_at(self, x: float, y: float) -> tuple[int, int] | None:
        """Where the cell around a point begins; None outside."""
        column, row = bisect_right(self.xs, x) - 1, bisect_left(self.ys, -y, key=neg) - 1
        inside = 0 <= column < len(self.xs) - 1 and 0 <= row < len(self.ys) - 1
        return self.spans[row][column] if inside else None


def grids_of(rules: Sequence[Rule]) -> list[Grid]:
    """The grids with two rows or more and two columns or more, from top to bottom."""
    lying = _merged([(low + high) / 2, left, right] for left, low, right, high in rules if high - low < right - left)
    standing = _merged([(left + right) / 2, low, high] for left, low, right, high in rules if high - low > right - left)
    if len(lying) * len(standing) > _MOST_MEETINGS:
        return []
    found = []
    for own_lying, own_standing in _connected(lying, standing):
        grid = _grid(own_lying, own_standing)
        if grid is not None:
            found.append(grid)
    return sorted(found, key=lambda grid: -grid.ys[0])


def lying_rules(rules: Sequence[Rule]) -> list[tuple[float, float, float]]:
    """(height, left, right) of the rules that lie."""
    return [((low + high) / 2, left, right) for left, low, right, high in rules if high - low < right - left]


Line = tuple[float, float, float]  # a rule: where it stands across its direction, and from where to where it goes


def _merged(lines: Iterable[Sequence[float]]) -> list[Line]:
    """The rules, those on one line that meet joined into one."""
    joined: list[Line] = []
    level: list[Line] = []

    def close() -> None:
        level.sort(key=lambda line: line[1])
        for _, start, end in level:
            if joined and joined[-1][0] == level[0][0] and start <= joined[-1][2] + _TOUCH:
                joined[-1] = (joined[-1][0], joined[-1][1], max(joined[-1][2], end))
            else:
                joined.append((level[0][0], start, end))
        level.clear()

    for at, start, end in sorted((at, start, end) for at, start, end in lines):
        if level and at - level[0][0] > _SNAP:
            close()
        level.append((level[0][0] if level else at, start, end))
    if level:
        close()
    return joined


def _connected(lying: Sequence[Line], standing: Sequence[Line]) -> list[tuple[list[Line], list[Line]]]:
    """The rules that hold together, group by group."""
    parent = list(range(len(lying) + len(standing)))

    def root(at: int) -> int:
        while parent[at] != at:
            parent[at] = parent[parent[at]]
            at = parent[at]
        return at

    for i, (y, left, right) in enumerate(lying):
        for j, (x, low, high) in enumerate(standing, len(lying)):
            if left - _TOUCH <= x <= right + _TOUCH and low - _TOUCH <= y <= high + _TOUCH:
                parent[root(i)] = root(j)
    groups: dict[int, tuple[list[Line], list[Line]]] = {}
    for i, line in enumerate(lying):
        groups.setdefault(root(i), ([], []))[0].append(line)
    for j, line in enumerate(standing, len(lying)):
        groups.setdefault(root(j), ([], []))[1].append(line)
    return [group for group in groups.values() if group[0] and group[1]]


def _grid(lying: Sequence[Line], standing: Sequence[Line]) -> Grid | None:
    ys = sorted({y for y, _, _ in lying}, reverse=True)
    xs = sorted({x for x, _, _ in standing})
    # Tables are often open at their sides: their rules go on beyond the last line that stands.
    left, right = min(start for _, start, _ in lying), max(end for _, _, end in lying)
    open_left, open_right = left < xs[0] - 4 * _TOUCH, right > xs[-1] + 4 * _TOUCH
    xs = [*([left] if open_left else []), *xs, *([right] if open_right else [])]
    low, high = min(start for _, start, _ in standing), max(end for _, _, end in standing)
    ys = [*([high] if high > ys[0] + 2 * _TOUCH else []), *ys, *([low] if low < ys[-1] - 2 * _TOUCH else [])]
    rows, columns = len(ys) - 1, len(xs) - 1
    if rows < 2 or columns < 2 or rows > 10 * _MOST or columns > _MOST:
        return None
    spans = _spans(xs, ys, lying, standing)
    return None if spans is None else Grid(tuple(xs), tuple(ys), spans)


def _spans(
    xs: Sequence[float], ys: Sequence[float], lying: Sequence[Line], standing: Sequence[Line]
) -> tuple[tuple[tuple[int, int], ...], ...] | None:
    """Where the cell that covers each place begins; None when cells are no rectangles."""
    rows, columns = len(ys) - 1, len(xs) - 1
    walls = {x: [line for line in standing if line[0] == x] for x in xs}
    floors = {y: [line for line in lying if line[0] == y] for y in ys}
    first: dict[tuple[int, int], tuple[int, int]] = {}
    for row in range(rows):
        for column in range(columns):
            here = (row, column)
            left = first.get((row, column - 1)) if not _ruled(walls[xs[column]], ys[row + 1], ys[row]) else None
            above = first.get((row - 1, column)) if not _ruled(floors[ys[row]], xs[column], xs[column + 1]) else None
            if left and above and left != above:
                if left[0] != row:
                    return None
                # A cell that was begun on this row belongs to the one above it.
                for at in range(left[1], column):
                    if first[row, at] == left and first.get((row - 1, at)) != above:
                        return None
                    first[row, at] = above
            first[here] = above or left or here
    cells: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for place, begun in first.items():
        cells.setdefault(begun, []).append(place)
    for places in cells.values():
        tall = {row for row, _ in places}
        wide = {column for _, column in places}
        if len(places) != len(tall) * len(wide):
            return None
    return tuple(tuple(first[row, column] for column in range(columns)) for row in range(rows))


def _ruled(lines: Sequence[Line], start: float, end: float) -> bool:
    covered = sum(max(0.0, min(end, stop) - max(start, begin)) for _, begin, stop in lines)
    return covered >= _COVERED * (end - start)
