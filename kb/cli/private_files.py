"""Whose eyes files are for: those that the application makes its owner's only, those that a person asks for as usual.

Files of earlier versions, which everybody could read, are closed when the application starts.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

NOT_CLOSED = (
    "{first}{others} : les droits des autres comptes n'ont pas pu être retirés (un autre propriétaire, sans doute). "
    "Rendez ces fichiers au compte qui lance Repères (chown), ou retirez ces droits vous-même (chmod go-rwx)."
)
OWNER_ONLY = 0o077
"""The umask under which the application works."""

_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_given: int | None = None  # the umask of whoever started the command
# Through a link a file elsewhere would be changed; a pipe would be waited for.
_AS_IT_STANDS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


@contextmanager
def owner_only() -> Iterator[None]:
    """What is made within the block is for its owner's eyes only, by child processes too."""
    global _given  # noqa: PLW0603  (a process has one umask)
    before = os.umask(OWNER_ONLY)
    _given = before if _given is None else _given
    try:
        yield
    finally:
        os.umask(before)
        _given = None


@contextmanager
def as_asked_for() -> Iterator[None]:
    """Around the writing of a file that a person named on the command line: it is theirs, under their own umask."""
    before = os.umask(OWNER_ONLY if _given is None else _given)
    if _given is None:
        os.umask(before)
    try:
        yield
    finally:
        os.umask(before)


def close_to_others(folders: Mapping[Path, Callable[[str], bool]], files: Iterable[Path]) -> list[str]:
    """Takes from others what they may do with `files` (and what SQLite writes beside them) and with what stands in
    `folders` under names that are ours; the paths that could not be closed.

    What is not the application's is left alone, and so is what a symbolic link leads to.
    """
    left: list[str] = []
    for folder, is_ours in folders.items():
        _close_folder(folder, is_ours, left)
    for path in (file.with_name(file.name + end) for file in files for end in ("", "-wal", "-shm", "-journal")):
        if path.is_file() and not path.is_symlink():
            _close(str(path), None, str(path), left)
    return left


def _close_folder(folder: Path, is_ours: Callable[[str], bool], left: list[str]) -> None:
    """The entries of `folder` that are ours, with all below them; the folder itself when it holds nothing else."""
    if folder.is_symlink() or not folder.is_dir():
        return
    try:
        entries = sorted(path.name for path in folder.iterdir())
    except OSError:
        left.append(str(folder))
        return
    ours = [name for name in entries if is_ours(name)]
    if ours and len(ours) == len(entries) and folder.resolve() != Path.home().resolve():
        _close(str(folder), None, str(folder), left)
    for name in ours:
        path = folder / name
        if path.is_symlink():
            continue
        _close(str(path), None, str(path), left)
        for here, folders, files, handle in os.fwalk(path, follow_symlinks=False):
            for below in (*folders, *files):
                _close(below, handle, f"{here}/{below}", left)


def _close(name: str, folder: int | None, shown: str, left: list[str]) -> None:
    """Closes one file or folder, named from the folder that is open as `folder`."""
    try:
        state = os.stat(name, dir_fd=folder, follow_symlinks=False)
        if not (stat.S_ISREG(state.st_mode) or stat.S_ISDIR(state.st_mode)) or not state.st_mode & _OTHERS:
            return
        handle = os.open(name, _AS_IT_STANDS, dir_fd=folder)
        try:
            os.fchmod(handle, stat.S_IMODE(os.fstat(handle).st_mode) & ~_OTHERS)
        finally:
            os.close(handle)
    except FileNotFoundError:
        return  # gone meanwhile
    except OSError:
        left.append(shown)
