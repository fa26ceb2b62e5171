"""The front matter of a Markdown document: YAML as it should be, or as people write it. No line is lost silently."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import takewhile

import yaml

from ingest.readers.metadata import FIELDS, SOURCE_FIELDS, Metadata, from_mapping
from kb.errors import DocumentError
from kb.text.folding import fold

# The one in C reads the same ten times as fast; a build of PyYAML may lack it.
_Loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_FRONT = re.compile(r"\s*---[ \t]*\n(?P<yaml>(?:.*\n)*?)(?:---|\.\.\.)[ \t]*(?:\n|\Z)")
_UNCLOSED = re.compile(r"\s*---[ \t]*\n(?=\s*[\w-]+[ \t]*:(?:[ \t]|\n))")
_MAX_FRONT = 200_000  # characters; YAML is slow to read, and no front matter is that long
_ENTRY = re.compile(r"(?P<key>[^\W\d_][\w '’-]{0,40}?)[ \t]*:(?:[ \t]+(?P<value>\S.*?))?[ \t]*$")
_ITEM = re.compile(r"[ \t]*-[ \t]+(?P<value>\S.*?)[ \t]*$")
# A value in quotes, brackets or over several lines that is what it begins as.
_WHOLE = re.compile(
    r"\"(?:[^\"\\]|\\.)*\"(?:\s+#.*)?|'(?:[^']|'')*'(?:\s+#.*)?|\[[^\[\]{}]*\](?:\s+#.*)?|\{.*\}|[|>][+-]?\d?"
)
_MOST_SHOWN = 200  # characters of what was not read, in a remark


def split_front_matter(text: str, name: str) -> tuple[Metadata, str, tuple[str, ...]]:
    """The metadata of the front matter, the text below it, and remarks on what could not be read.

    Raises DocumentError for front matter that is oversized or repeats values by reference, and for values of a wrong
    shape.
    """
    match = _FRONT.match(text)
    if match is None:
        return _unclosed(text, name) if _UNCLOSED.match(text) else (Metadata(), text, ())
    written = match["yaml"]
    if len(written) > _MAX_FRONT:
        raise DocumentError(name, "l'en-tête YAML est démesuré ; gardez-y les seules informations sur le document")
    first_line = text[: match.start("yaml")].count("\n") + 1
    remarks: tuple[str, ...] = ()
    try:
        if "&" in written and _has_aliases(written):
            raise DocumentError(
                name, "l'en-tête YAML répète une valeur par renvoi (« *nom ») ; écrivez-la en entier à chaque endroit"
            )
        values = _load(written)
    except RecursionError:
        raise DocumentError(name, "l'en-tête YAML est trop imbriqué ; simplifiez-le") from None
    if values is None:
        values, remarks = _by_line(written, first_line)
    if values == "":
        return Metadata(), text[match.end() :], remarks
    if not isinstance(values, Mapping):
        # Two rules around a text, not front matter.
        return Metadata(), text, ()
    return from_mapping({key: _flat(value) for key, value in values.items()}, name), text[match.end() :], remarks


def _flat(value: object) -> object:
    """`value`, its items that only look like a mapping as the texts that they are: « - Cœur de ville : phase 2 »."""
    if not isinstance(value, list):
        return value
    return [
        " : ".join(str(part) for pair in item.items() for part in pair)
        if isinstance(item, Mapping) and len(item) == 1 and fold(str(next(iter(item)))) not in SOURCE_FIELDS
        else item
        for item in value
    ]


def _unclosed(text: str, name: str) -> tuple[Metadata, str, tuple[str, ...]]:
    """Front matter without its last rule: its first lines, as long as each is an entry. The rest is text."""
    opening = _UNCLOSED.match(text)
    assert opening is not None
    lines = text[opening.end() :].lstrip("\n").split("\n")
    entries = list(takewhile(lambda line: _ENTRY.match(line) or _ITEM.match(line) or line.startswith("  "), lines))
    values, remarks = _by_line("\n".join(entries), text[: opening.end()].count("\n") + 1)
    told = "l'en-tête ouvert par « --- » n'est pas fermé : ses premières lignes sont lues comme un en-tête"
    return from_mapping(values, name), "\n".join(lines[len(entries) :]), (told, *remarks)


def _load(written: str) -> object:
    """The values of YAML as written, else with what people forget to quote quoted; None when it is no YAML even so.

    All scalars stay texts: YAML would read « Oui » as a truth value, and « 2019-02-31 » as an error of its own. An
    empty text is front matter without any value.
    """
    for tried in dict.fromkeys((_quoted(written, only_comments=True), _quoted(written))):
        try:
            values = yaml.load(tried, Loader=_Loader)
        except yaml.YAMLError:
            continue
        return "" if values is None else values
    return None


def _quoted(written: str, *, only_comments: bool = False) -> str:
    """`written` with tabs as spaces, and in quotes the values that YAML would misread: « Bilan : suite », « Lot #3 ».

    `only_comments` quotes the values alone that are right but for a part that would be left out as a comment.
    """
    return "\n".join(_quoted_line(line, only_comments=only_comments) for line in written.split("\n"))


def _quoted_line(line: str, *, only_comments: bool) -> str:
    if not only_comments:
        indent = line[: len(line) - len(line.lstrip())]
        line = indent.replace("\t", "  ") + line.lstrip()
    match = _ENTRY.match(line.lstrip(" -")) or (None if only_comments else _ITEM.match(line))
    value = match["value"] if match is not None else None
    if match is None or value is None or _WHOLE.fullmatch(value):
        return line
    if value[0] in "[{" and not any(closing in value for closing in "]}"):
        return line  # a list that was never closed
    is_cut = re.search(r"\s#[\w]", value) is not None
    is_wrong = not only_comments and (
        re.search(r":(?:\s|$)", value) is not None or value[0] in "@`%*&!|>[]{},\"'#" or "\t" in line
    )
    if not (is_cut and value[0] not in "\"'[{") and not is_wrong:
        return line
    head = (
        line[: len(line) - len(line.lstrip(" -")) + match.start("value")]
        if _ENTRY.match(line.lstrip(" -"))
        else line[: match.start("value")]
    )
    return head.replace("\t", " ") + "'" + value.replace("'", "''") + "'"


def _by_line(written: str, first_line: int) -> tuple[dict[str, object], tuple[str, ...]]:
    """What each line says for itself, and a remark that names the lines that say nothing."""
    values: dict[str, object] = {}
    lost: list[tuple[int, str]] = []
    key = ""
    for number, line in enumerate(written.split("\n"), start=first_line):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if entry := _ENTRY.match(line):
            key, value = entry["key"], entry["value"]
            if key in values or (
                value is not None and value[0] in "[{" and FIELDS.get(fold(key)) not in {"programmes", "partners"}
            ):
                lost.append((number, line))
            elif value is not None:
                values[key] = _unquoted(value) if value[0] not in "[{" else list(_items(value))
            else:
                values[key] = []
        elif (item := _ITEM.match(line)) and isinstance(values.get(key), list):
            held = values[key]
            assert isinstance(held, list)
            held.append(_unquoted(item["value"]))
        else:
            lost.append((number, line))
    kept = {name: value for name, value in values.items() if value != []}
    if not lost:
        return kept, ()
    shown = " ; ".join(f"ligne {number} : « {line.strip()} »" for number, line in lost)
    if len(shown) > _MOST_SHOWN:
        shown = shown[: _MOST_SHOWN - 1].rstrip() + "…"
    return kept, (f"en-tête mal formé, en partie laissé de côté ({shown})",)


def _items(value: str) -> Iterator[str]:
    return (text for part in value.strip("[]{} ").split(",") if (text := _unquoted(part.strip())))


def _unquoted(value: str) -> str:
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'" else value


def _has_aliases(text: str) -> bool:
    """Whether YAML repeats values by reference: a few lines of it can stand for any number of values."""
    try:
        return any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=_Loader))
    except yaml.YAMLError:
        return False
