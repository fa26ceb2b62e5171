"""The glossary: what acronyms and everyday words stand for.

It comes from a list of everyday words beside this file, from what the documents say of their acronyms, from an
editable file, and from what editors write in the page, the later ones having the last word. A file is text, one line an
entry: `DPO = délégué à la protection des données`; several meanings are set apart by « ; », the first one being the
surest; `DPO =` alone takes out what comes before; `#` begins a comment.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from kb.errors import SettingsError
from kb.rights.rights import Rights
from kb.text.folding import fold
from kb.text.stems import stems, words

EVERYDAY = Path(__file__).with_name("everyday.txt")
Entries = Mapping[str, tuple[str, ...]]
"""For each acronym what it stands for, as written, the surest first. A `Glossary` has acronyms as folded by `fold`."""
EditedEntries = tuple[tuple[str, tuple[str, ...]], ...]
Edited = Callable[[Rights], EditedEntries]
"""The entries that editors have written so far, of those that somebody with these rights may know of. It never raises:
without them a question is still understood."""


def no_entries(_rights: Rights) -> EditedEntries:
    """Of a glossary that nobody edits."""
    return ()


class Glossary:
    """Acronyms and what they stand for, to look up both ways."""

    def __init__(self, entries: Entries) -> None:
        self._entries = dict(entries)
        self._by_first_stem: dict[str, list[tuple[tuple[str, ...], str]]] = defaultdict(list)
        for acronym, expansions in self._entries.items():
            for expansion in expansions:
                if len(content := tuple(dict.fromkeys(stems(expansion)))) > 1:
                    self._by_first_stem[content[0]].append((content, acronym))

    def __len__(self) -> int:
        """How many acronyms there are."""
        return len(self._entries)

    @property
    def entries(self) -> Entries:
        """All of them."""
        return self._entries

    def expansions(self, word: str) -> tuple[str, ...]:
        """What the folded `word` stands for, the surest first; empty when it is no acronym."""
        return self._entries.get(word, ())

    def acronyms_in(self, stemmed: Sequence[str]) -> Iterator[tuple[tuple[str, ...], str]]:
        """The expansions that stand word for word in `stemmed`, as stems, each with its acronym."""
        for start, first in enumerate(stemmed):
            for content, acronym in self._by_first_stem.get(first, ()):
                if tuple(stemmed[start : start + len(content)]) == content:
                    yield content, acronym


def read_glossary(path: Path) -> Entries:
    """The entries of the file `path`, acronyms as written.

    Raises SettingsError, naming the file and line, for one that cannot be read.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"REPERES_GLOSSARY={path} : le fichier ne peut pas être lu ({error}).") from None
    found: dict[str, tuple[str, ...]] = {}
    for number, line in enumerate(lines, start=1):
        entry = line.partition("#")[0].strip()
        if not entry:
            continue
        acronym, equals, meanings = entry.partition("=")
        key = words(acronym)
        if not equals or len(key) != 1:
            raise SettingsError(
                f"{path}, ligne {number} : « {line.strip()} » n'est pas de la forme « SIGLE = ce qu'il veut dire »."
            )
        name = acronym.strip()
        meant = tuple(meaning.strip() for meaning in meanings.split(";") if words(meaning))
        found[name if fold(name) == key[0] else key[0]] = meant
    return found


def merged(*sources: Entries) -> Glossary:
    """The entries of all sources, later ones in place of earlier ones; an entry without a meaning is left out."""
    together = {fold(key): value for source in sources for key, value in source.items()}
    return Glossary({key: value for key, value in together.items() if value})
