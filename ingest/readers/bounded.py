"""Documents, links and feeds read in child processes with limits: what a hostile file costs is its own failure.

All of `ingest` reads through `Readers`; `ingest.readers.read_document` is what runs inside a child (`tasks`).
"""

from __future__ import annotations

import base64
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, NoReturn, Self

from ingest.readers import is_packed
from ingest.readers.ocr.recogniser import MOST_PAGES, Recogniser, Told
from ingest.readers.reading import BYTES_PER_MB, MEMBERS_AT_ONCE, Feed, FoundMember, PageLinks, PictureError
from kb.bounded.children import ChildFailedError, Children
from kb.bounded.limits import Limits
from kb.errors import DocumentError
from kb.text.domain import NO_DOMAIN, Domain
from kb.types import CitedSource, Document

_TASKS = "ingest.readers.tasks"
# Measured on two cores (2026-11): a megabyte of HTML or Markdown takes 1.5 to 3 s and some 60 MB, a table of one-letter
# cells 300 MB. Four times that, and what a small file may take to wake a library up.
_PROCESSOR, _PROCESSOR_PER_MB = 6, 6  # seconds
_MEMORY, _MEMORY_PER_MB = 224 << 20, 64 << 20  # bytes
# A megabyte of DOCX or PDF counts as that many; one of XLSX holds 300,000 cells and takes 10 s and 100 MB (2026-11).
_UNPACKED = 3
# Whatever the size: what PDFium was allowed before; no file of usual size comes near.
_MOST_PROCESSOR, _MOST_MEMORY = 120, 2 << 30
_PATIENCE = 60  # seconds more by the clock, which runs on while other processes have the processor
_OF_DOMAIN = ("rubrics", "page_ends", "asides", "zones")  # what readers go by
_TEXTS = ("title", "text", "url", "date", "rubric", "kind", "origin")


class Readers:
    """The readers, in child processes that start when the first file comes. Serves many threads. A context manager: at
    its end no child is left.

    Pages that are images are recognised, of each document the first `most_recognised`, and kept in `store` when one is
    given. `told` is told of each; it may be set later.
    """

    def __init__(self, store: Path | None = None, most_recognised: int = MOST_PAGES) -> None:
        self.told: Told | None = None
        self._children = Children((_TASKS,))
        self._recogniser = Recogniser(store, most_recognised)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._children.__exit__(kind, error, trace)
        self._recogniser.__exit__(kind, error, trace)

    def document(
        self,
        content: bytes,
        *,
        name: str,
        source: str,
        document_id: str,
        media_type: str | None = None,
        url: str | None = None,
        max_text_mb: int = 10,
        domain: Domain = NO_DOMAIN,
    ) -> Document:
        """As `ingest.readers.read_document`, pages that are images recognised. Raises DocumentError, too, for what
        takes too long or too much memory; of a picture without text, PictureError."""
        about: dict[str, Any] = {
            "name": name,
            "source": source,
            "document_id": document_id,
            "media_type": media_type,
            "url": url,
            "max_text_mb": max_text_mb,
            "domain": {part: getattr(domain, part) for part in _OF_DOMAIN},
        }
        limits = _limits(len(content), packed=is_packed(name, media_type, content), max_text_mb=max_text_mb)
        answer = self._answer("read", content, about, name, limits)
        if "pages" in answer:
            wanted = _numbers(answer["pages"])
            pages = self._recogniser.pages(content, name, document_id, wanted, self.told)
            about["recognised"] = {str(number): page.to_json() for number, page in pages.items()}
            answer = self._answer("read", content, about, name, limits)
        try:
            return _document(answer["document"], source, document_id)
        except (KeyError, TypeError, ValueError):
            _refuse(name, ChildFailedError("fault", "réponse"), limits)

    def members(
        self, content: bytes, *, name: str, rules: str, known: Collection[str], max_file_mb: int
    ) -> Iterator[FoundMember]:
        """The files within a file (an archive, a mail), each once; `name` is the document id of that file.

        `rules` go into their hashes (`files.kinds.file_mark`); what has a hash of `known` comes without its content,
        being known. Raises DocumentError for a file that cannot be opened.
        """
        limits = _limits(len(content), packed=True)
        # As base64 in JSON; a file is sent whole, however large.
        limits = replace(limits, answer=2 * (MEMBERS_AT_ONCE + max_file_mb * BYTES_PER_MB) + 4 * BYTES_PER_MB)
        first: int | None = 0
        while first is not None:
            about = {
                "name": name,
                "rules": rules,
                "known": list(known),
                "max_file_mb": max_file_mb,
                "first": first,
            }
            answer = self._answer("members", content, about, name, limits)
            try:
                found = [_member(told) for told in answer["members"]]
                following = answer["next"]
                going_on = None if following is None else int(following)
            except (KeyError, TypeError, ValueError):
                _refuse(name, ChildFailedError("fault", "réponse"), limits)
            yield from (member for member in found if member.name)
            first = going_on if going_on is not None and going_on > first else None

    def page_links(self, content: bytes, url: str, media_type: str) -> PageLinks | None:
        """Where an HTML page leads; None for other content. Raises DocumentError for what takes too much to read."""
        limits = _limits(len(content))
        answer = self._answer("links", content, {"url": url, "media_type": media_type}, url, limits)
        if "links" not in answer:
            return None
        following = answer.get("next")
        return PageLinks(_texts(answer["links"]), None if following is None else str(following))

    def feed(self, content: bytes, url: str) -> Feed:
        """The addresses of a feed (RSS 0.9 to 2.0, Atom) or sitemap (gzip allowed), in its order, each once.

        Raises DocumentError for whatever is neither, or takes too much to read.
        """
        limits = _limits(len(content), packed=content.startswith(b"\x1f\x8b"))
        answer = self._answer("feed", content, {"url": url}, url, limits)
        return Feed(_texts(answer.get("pages", ())), _texts(answer.get("sitemaps", ())))

    def _answer(
        self, task: str, content: bytes, about: Mapping[str, Any], name: str, limits: Limits
    ) -> Mapping[str, Any]:
        try:
            answer = self._children.run(f"{_TASKS}:{task}", content, about, limits)
        except ChildFailedError as failed:
            _refuse(name, failed, limits)
        if not isinstance(answer, dict):
            _refuse(name, ChildFailedError("fault", "réponse"), limits)
        if (error := answer.get("error")) is not None:
            source, reason = _texts(error)
            raise (PictureError if answer.get("picture") is True else DocumentError)(source, reason)
        return answer


def _limits(size: int, *, packed: bool = False, max_text_mb: int = 10) -> Limits:
    megabytes = size / BYTES_PER_MB * (_UNPACKED if packed else 1)
    processor = min(_MOST_PROCESSOR, round(_PROCESSOR + _PROCESSOR_PER_MB * megabytes))
    memory = min(_MOST_MEMORY, round(_MEMORY + _MEMORY_PER_MB * megabytes))
    # A text as JSON: twice its size at the very most, since control characters are gone from it.
    answer = 4 * BYTES_PER_MB + 2 * max(max_text_mb * BYTES_PER_MB, size)
    return Limits(memory + size, processor, _PATIENCE + 2 * processor, answer)


def _refuse(name: str, failed: ChildFailedError, limits: Limits) -> NoReturn:
    raise DocumentError(name, _reason(failed, limits)) from None


def _reason(failed: ChildFailedError, limits: Limits) -> str:
    match failed.failure:
        case "time":
            return (
                f"la lecture prend trop de temps (plus de {limits.processor} secondes) ; vérifiez que le fichier n'est "
                "pas endommagé, découpez-le ou réenregistrez-le"
            )
        case "memory":
            return (
                f"la lecture demande trop de mémoire (plus de {limits.memory // BYTES_PER_MB} Mo) ; vérifiez que le "
                "fichier n'est pas endommagé, découpez-le ou réenregistrez-le"
            )
        case "depth":
            return "le document imbrique trop d'éléments pour être lu ; simplifiez-le ou enregistrez-le autrement"
        case "overlong":
            return "la lecture donne un volume démesuré ; vérifiez le fichier ou découpez-le"
        case "crash":
            return (
                "la lecture s'est interrompue : le fichier est sans doute endommagé ; récupérez-le à nouveau ou "
                "réenregistrez-le"
            )
        case "start":
            return "le processus qui lit les fichiers n'a pas pu démarrer ; relancez la commande, et voyez le journal"
        case _:
            return f"lecture impossible (erreur interne : {failed.what}) ; signalez-le en joignant le document"


def _texts(told: Any) -> tuple[str, ...]:
    """A list of texts that a child told: what it says is believed only in shape."""
    return tuple(str(text) for text in told) if isinstance(told, list) else ()


def _numbers(told: Any) -> tuple[int, ...]:
    """Page numbers that a child told, each once."""
    return tuple(dict.fromkeys(n for n in told if isinstance(n, int) and n >= 0)) if isinstance(told, list) else ()


def _document(told: Mapping[str, Any], source: str, document_id: str) -> Document:
    """The document that a child told. Raises KeyError, TypeError or ValueError for what is none."""
    texts = {name: told[name] for name in _TEXTS}
    if not all(text is None or isinstance(text, str) for text in texts.values()):
        raise TypeError("a field is no text")
    if texts["title"] is None or texts["text"] is None:
        raise ValueError("no title or no text")
    return Document(
        id=document_id,
        source=source,
        **texts,
        programmes=_texts(told["programmes"]),
        partners=_texts(told["partners"]),
        cited_sources=tuple(CitedSource(**_as_texts(entry)) for entry in told["cited_sources"]),
        page_starts=tuple(int(start) for start in told["page_starts"]),
        remarks=_texts(told["remarks"]),
        recognised=tuple((int(start), int(end)) for start, end in told["recognised"]),
    )


def _member(told: Mapping[str, Any]) -> FoundMember:
    """A file within a file that a child told. Raises KeyError, TypeError or ValueError for what is none."""
    content = None if told["content"] is None else base64.b64decode(told["content"], validate=True)
    return FoundMember(str(told["name"]), content, str(told["hash"]), str(told["trouble"]), str(told["outcome"]))


def _as_texts(told: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value if value is None else str(value) for name, value in told.items()}
