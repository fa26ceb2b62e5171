"""Damaged files, always the same ones for a seed: real files cut, with bits turned over, parts swapped and repeated."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable, Sequence

Damage = Callable[[random.Random, bytes, bytes], bytes]


def truncated(chance: random.Random, content: bytes, _other: bytes) -> bytes:
    """The file up to some place."""
    return content[: chance.randrange(1, max(2, len(content)))]


def beheaded(chance: random.Random, content: bytes, _other: bytes) -> bytes:
    """The file from some place on."""
    return content[chance.randrange(len(content) // 2 + 1) :]


def flipped(chance: random.Random, content: bytes, _other: bytes) -> bytes:
    """Some bits turned over."""
    changed = bytearray(content)
    for _ in range(chance.choice((1, 10, 100, len(content) // 100 + 1))):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def swapped(chance: random.Random, content: bytes, other: bytes) -> bytes:
    """A stretch replaced by one of another file."""
    start, end = sorted(chance.randrange(len(content) + 1) for _ in range(2))
    first, last = sorted(chance.randrange(len(other) + 1) for _ in range(2))
    return content[:start] + other[first:last] + content[end:]


def repeated(chance: random.Random, content: bytes, _other: bytes) -> bytes:
    """A stretch that comes again and again."""
    start, end = sorted(chance.randrange(len(content) + 1) for _ in range(2))
    times = min(chance.choice((2, 20, 2_000)), 50_000 // (end - start + 1))
    return content[:start] + content[start:end] * times + content[end:]


def zeroed(chance: random.Random, content: bytes, _other: bytes) -> bytes:
    """A stretch of zeros, as a disk leaves it."""
    start, end = sorted(chance.randrange(len(content) + 1) for _ in range(2))
    return content[:start] + bytes(end - start) + content[end:]


def damaged_part(chance: random.Random, content: bytes, other: bytes) -> bytes:
    """One part of an archive damaged in one of the ways above, the archive whole; of another file, as `flipped`."""
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return flipped(chance, content, other)
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        names = source.namelist()
        # An empty part, as of a menu that nobody changed, has nothing to damage.
        hit = chance.choice([name for name in names if name.endswith(".xml") and source.getinfo(name).file_size])
        damage = chance.choice(DAMAGES[:-1])
        for name in names:
            part = source.read(name)
            target.writestr(name, damage(chance, part, other) if name == hit else part)
    return made.getvalue()


DAMAGES: tuple[Damage, ...] = (truncated, beheaded, flipped, swapped, repeated, zeroed, damaged_part)


def damaged_files(seed: int, count: int, originals: Sequence[tuple[str, bytes]]) -> dict[str, bytes]:
    """`count` damaged files by name; `originals` are (suffix, content), each damaged in every way in turn."""
    files: dict[str, bytes] = {}
    for number in range(count):
        # Its own, so that a longer original (what makes it writes the time into it) changes no other file's damage.
        chance = random.Random(f"{seed} {number}")
        suffix, content = originals[number % len(originals)]
        damage = DAMAGES[number // len(originals) % len(DAMAGES)]
        _, other = chance.choice(originals)
        files[f"{number:03}-{damage.__name__}{suffix}"] = damage(chance, content, other)
    return files
