"""The container of a Word document: a zip archive of XML parts, checked before anything is made of it."""

from __future__ import annotations

import posixpath
import zipfile
from typing import Any

from lxml import etree

from ingest.readers.docx.strict import as_transitional
from ingest.readers.reading import Given
from kb.bounded.archives import (
    BombError,
    DamagedArchiveError,
    DoctypeError,
    EncryptedArchiveError,
    NoArchiveError,
    check_archive,
)
from kb.errors import DocumentError

_CUSTOM = "docProps/custom.xml"
_USUAL_MAIN = "word/document.xml"
_OLE = b"\xd0\xcf\x11\xe0"
_NO_DOCX = "ce n'est pas un document Word (.docx) ; vérifiez son format"
_PACKAGE = ""  # whose relationships are those of the package itself


def check_package(given: Given) -> Package:
    """The package in a Word document, once the container is known to be safe to unpack.

    Raises DocumentError for a file that is no DOCX, is encrypted or damaged, would unpack to an outsized volume, or
    declares a DOCTYPE.
    """
    name = given.name
    if given.content.startswith(_OLE):
        raise DocumentError(
            name, "document Word protégé par un mot de passe ou d'ancien format (.doc) ; enregistrez-le en .docx"
        )
    try:
        archive = check_archive(given.content)
    except NoArchiveError:
        raise DocumentError(name, _NO_DOCX) from None
    except BombError:
        raise DocumentError(
            name,
            "le document se décompresse en un volume démesuré ; vérifiez d'où il vient ou enregistrez-le à nouveau",
        ) from None
    except EncryptedArchiveError:
        raise DocumentError(name, "document Word chiffré ; enregistrez-le sans mot de passe") from None
    except DamagedArchiveError:
        raise DocumentError(name, "le document Word est endommagé ; récupérez-le à nouveau") from None
    except DoctypeError:
        # Word never writes one: it is there to declare entities.
        raise DocumentError(name, "le document contient une déclaration DOCTYPE, refusée par sécurité") from None
    names = archive.namelist()
    if _USUAL_MAIN not in names and "[Content_Types].xml" not in names:
        raise DocumentError(name, _NO_DOCX)
    return Package(archive)


class Package:
    """The parts of a Word document by name (`word/document.xml`) and by how they are related to each other."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        # Names of parts are the same in capitals; some programs write them with backslashes.
        self._names = {name.replace("\\", "/").lower(): name for name in archive.namelist()}
        self._targets: dict[str, dict[str, tuple[str, str]]] = {}
        # The parts that are there, or should be, and cannot be read.
        self.unreadable: list[str] = []
        main = self.related("officeDocument", _PACKAGE)
        self.main = main[0] if main else _USUAL_MAIN

    def related(self, kind: str, source: str | None = None) -> list[str]:
        """The names of the parts that stand in relation `kind` (« footnotes ») to a part (default: the document)."""
        targets = self.targets(self.main if source is None else source)
        return [name for found, name in targets.values() if found == kind]

    def targets(self, source: str) -> dict[str, tuple[str, str]]:
        """What the part `source` is related to: the relationship's id -> its kind and the other part's name."""
        if source not in self._targets:
            folder, name = posixpath.split(source)
            self._targets[source] = dict(self._relationships(posixpath.join(folder, "_rels", f"{name}.rels"), folder))
        return self._targets[source]

    def root(self, name: str) -> Any:
        """The root of a part's XML, with the names of the transitional standard; None when it cannot be read."""
        content = self._content(name)
        try:
            # lxml's own bounds stay on: 256 levels, ten megabytes of text in one piece.
            parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
            return as_transitional(etree.fromstring(content or b"", parser))
        except etree.XMLSyntaxError:
            self.unreadable.append(name)
            return None

    def custom_properties(self) -> dict[str, object]:
        """The custom properties of the document by name."""
        root = self.root(_CUSTOM) if self._content(_CUSTOM) else None
        return {} if root is None else {entry.get("name", ""): "".join(entry.itertext()).strip() for entry in root}

    def _content(self, name: str) -> bytes | None:
        actual = self._names.get(name.lower())
        return None if actual is None else self._archive.read(actual)

    def _relationships(self, name: str, folder: str) -> list[tuple[str, tuple[str, str]]]:
        root = self.root(name) if self._content(name) else None
        if root is None:
            return []
        found = []
        for entry in root:
            if entry.get("TargetMode") == "External":
                continue
            target = entry.get("Target", "").replace("\\", "/")
            # posixpath.join takes an absolute target as it is: the package's root is that of its names.
            part = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            # The last word of the type is the same in both standards; what stands before is not.
            found.append((entry.get("Id", ""), (entry.get("Type", "").rsplit("/", 1)[-1], part)))
        return found
