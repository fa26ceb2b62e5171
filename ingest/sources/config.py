"""`sources.toml`: where the documents come from, checked line by line before anything is read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ingest.fetching.addresses import RefusedAddressError, authority, page_address
from ingest.sources.source import FolderSource, WebSource
from kb.errors import SettingsError
from kb.records.places import shared_place_of
from kb.records.shared.folder import check_folder
from kb.rights.restrictions import TABLE, read_toml, sources_file
from kb.settings import UPLOADS_SOURCE, Settings

TYPES = ("folder", "page", "feed", "sitemap", "section")
ATTACHMENTS = ("pdf", "docx", "odt", "ods", "odp", "xlsx", "pptx", "csv", "rtf")
_DEEPEST = 5
_KEYS = {
    "name", "type", "path", "url", "urls", "rubric", "kind", "include", "exclude", "depth", "attachments", "hosts"
}  # fmt: skip


def read_sources(path: Path) -> list[FolderSource | WebSource]:
    """The sources that the file at `path` lists. Raises SettingsError, naming the file, the source and the value."""
    held = read_toml(path)
    unknown = set(held) - {"source", TABLE}
    if unknown or not isinstance(held.get("source", []), list):
        named = ", ".join(sorted(unknown)) or "source"
        raise SettingsError(f"{path} : « {named} » n'est pas attendu ; chaque source s'écrit sous [[source]].")
    sources: list[FolderSource | WebSource] = []
    for number, table in enumerate(held.get("source", []), start=1):
        try:
            sources.append(_source(table, path.parent))
        except _SourceError as error:
            label = table.get("name") if isinstance(table, dict) else None
            raise SettingsError(f"{path}, source n° {number} ({label or 'sans nom'}) : {error}.") from None
    names = [source.name for source in sources]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise SettingsError(f"{path} : deux sources ont le même nom ({', '.join(twice)}) ; donnez un nom à chacune.")
    return sources


def configured_sources(settings: Settings) -> list[FolderSource | WebSource]:
    """What the settings' `sources.toml` lists, the configured corpus, listed or not, and the files added in the page.

    Raises SettingsError, for a missing file too, unless none is configured; and for another folder of added files than
    the one that all replicas have.
    """
    check_folder(settings.uploads_folder, shared_place_of(settings))
    path = sources_file(settings)
    listed = read_sources(path) if settings.sources or path.is_file() else []
    added: list[FolderSource | WebSource] = []
    corpus, uploads = settings.corpus.resolve(), settings.uploads_folder.resolve()
    for name, folder in ((corpus.name or "documents", corpus), (UPLOADS_SOURCE, uploads)):
        if folder == uploads and not folder.is_dir():
            continue
        if any(isinstance(source, FolderSource) and source.path == folder for source in listed):
            continue
        if any(source.name == name for source in listed):
            raise SettingsError(f"{path} : une source s'appelle « {name} », comme le dossier {folder} ; renommez-la.")
        added.append(FolderSource(name, folder))
    return [*added, *listed]


def web_source(url: str, kind: str, name: str | None = None) -> WebSource:
    """The source of one address given by hand: a page, a feed or a sitemap. Raises RefusedAddressError."""
    address = page_address(url)
    host = authority(address)
    return WebSource(name or host.removeprefix("www."), kind, (address,), hosts=frozenset({host}))


class _SourceError(Exception):
    pass


def _source(held: Any, folder: Path) -> FolderSource | WebSource:
    if not isinstance(held, dict):
        raise _SourceError("écrivez-la sous [[source]]")
    if unknown := sorted(set(held) - _KEYS):
        raise _SourceError(f"« {', '.join(unknown)} » n'est pas connu ; connus : {', '.join(sorted(_KEYS))}")
    kind = held.get("type", "folder" if "path" in held else None)
    if kind not in TYPES:
        raise _SourceError(f"type = {kind!r} ; types possibles : {', '.join(TYPES)}")
    name = _text(held, "name")
    if kind == "folder":
        path = _text(held, "path")
        if not path:
            raise _SourceError("il manque « path », le dossier à lire")
        if misplaced := sorted(set(held) - {"name", "type", "path"}):
            raise _SourceError(f"« {', '.join(misplaced)} » ne convient pas à un dossier")
        where = (folder / Path(path).expanduser()).resolve()
        return FolderSource(name or where.name, where)
    return _web_source(held, kind, name)


def _web_source(held: dict[str, Any], kind: str, name: str | None) -> WebSource:
    if not name:
        raise _SourceError("il manque « name », le nom de la source")
    if "path" in held:
        raise _SourceError("« path » ne convient qu'à un dossier ; donnez « url »")
    given = _texts(held, "urls") or _texts(held, "url")
    if not given:
        raise _SourceError("il manque « url », l'adresse à lire")
    if len(given) > 1 and kind == "section":
        raise _SourceError("une section n'a qu'une adresse de départ")
    try:
        urls = tuple(dict.fromkeys(page_address(url) for url in given))
        hosts = {authority(url) for url in urls}
    except RefusedAddressError as error:
        raise _SourceError(str(error)) from None
    attachments = tuple(suffix.lower().lstrip(".") for suffix in _texts(held, "attachments"))
    if wrong := [suffix for suffix in attachments if suffix not in ATTACHMENTS]:
        raise _SourceError(f"attachments : {', '.join(wrong)} ; possibles : {', '.join(ATTACHMENTS)}")
    depth = held.get("depth", 1)
    if isinstance(depth, bool) or not isinstance(depth, int) or not 1 <= depth <= _DEEPEST:
        raise _SourceError(f"depth = {depth!r} ; il faut un nombre entier de 1 à {_DEEPEST}")
    # By default a section is what stands below its first page.
    usual = (urls[0].rstrip("/") + "/?*",) if kind == "section" else ("*",)
    return WebSource(
        name=name,
        type=kind,
        urls=urls,
        rubric=_text(held, "rubric"),
        kind=_text(held, "kind"),
        include=_texts(held, "include") or usual,
        exclude=_texts(held, "exclude"),
        depth=depth,
        attachments=attachments,
        hosts=frozenset({*hosts, *(host.lower() for host in _texts(held, "hosts"))}),
    )


def _text(held: dict[str, Any], key: str) -> str | None:
    value = held.get(key)
    if value is not None and (not isinstance(value, str) or not value.strip()):
        raise _SourceError(f"{key} = {value!r} ; il faut un texte entre guillemets")
    return value.strip() if value else None


def _texts(held: dict[str, Any], key: str) -> tuple[str, ...]:
    value = held.get(key, [])
    listed = [value] if isinstance(value, str) else value
    if not isinstance(listed, list) or not all(isinstance(text, str) and text.strip() for text in listed):
        raise _SourceError(f"{key} = {value!r} ; il faut un texte, ou une liste de textes entre crochets")
    return tuple(text.strip() for text in listed)
