"""Measurements of language models, kept in the cache folder: one small JSON file a model and processor.

The cache may be carried to another machine: what was measured of local weights counts on the same processor only.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import uuid
from collections.abc import Mapping
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from kb.errors import ModelError
from kb.models.backend import CPUINFO
from kb.models.chat.profile import Measurement
from kb.settings import Settings

FOLDER = "measured"
_FORM = 1  # of the file, and of the prompts that measured: another's does not count
_MOST_BYTES = 10_000


def subject_of_weights(sha256: str) -> str:
    """The name of local weights in a measurement."""
    return f"sha256:{sha256}"


def subject_of_server(url: str, model: str) -> str:
    """The name of a server's model in a measurement."""
    return f"{place_of(url)} {model}"


def place_of(url: str) -> str:
    """An address without what may be secret in it: names, passwords, parameters."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path.rstrip('/')}"


def this_processor(cpuinfo: Path = CPUINFO) -> str:
    """The processor's name and how many cores this process may use."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    try:
        lines = cpuinfo.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    said = {name.strip(): value.strip() for name, _, value in (line.partition(":") for line in reversed(lines))}
    # Hypervisors give different processors one name: what they can do tells them apart.
    flags = hashlib.sha256(said.get("flags", "").encode()).hexdigest()[:8]
    return f"{said.get('model name') or platform.machine()}, {cores} cœurs ({flags})"


def keep(settings: Settings, measured: Measurement) -> Path:
    """Writes a measurement in the place of the former one of the same model, whole or not at all.

    Raises ModelError when the cache folder cannot be written.
    """
    path = _path(settings, measured.subject, measured.processor)
    new = path.with_name(f"{path.name}.{uuid.uuid4().hex}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            new.write_text(json.dumps({"form": _FORM, **asdict(measured)}, ensure_ascii=False, indent=1), "utf-8")
            new.replace(path)
        finally:
            new.unlink(missing_ok=True)
    except OSError as error:
        raise ModelError(
            f"{path} : la mesure n'a pas pu être gardée ({error.strerror or error}). REPERES_CACHE choisit un autre "
            "dossier."
        ) from None
    return path


def kept(settings: Settings, subject: str, processor: str) -> Measurement | None:
    """The measurement of a model on a processor, None when there is none or it cannot be read."""
    path = _path(settings, subject, processor)
    try:
        with path.open("rb") as file:
            said = json.loads(file.read(_MOST_BYTES))
        found = _measurement(said)
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    return found if (found.subject, found.processor) == (subject, processor) else None


def _path(settings: Settings, subject: str, processor: str) -> Path:
    name = hashlib.sha256(f"{subject}\n{processor}".encode()).hexdigest()[:24]
    return settings.cache / FOLDER / f"{name}.json"


def _measurement(said: Mapping[str, Any]) -> Measurement:
    """Raises ValueError, KeyError or TypeError for what `keep` did not write."""
    right = (
        said["form"] == _FORM
        and all(isinstance(said[name], str) for name in ("subject", "processor", "date"))
        and all(type(said[name]) is int for name in ("context_tokens", "read_tokens", "cited", "asked"))
        and all(isinstance(said[name], bool) for name in ("refuses", "french"))
        and all(said.get(name) is None or isinstance(said[name], bool) for name in ("reads_long", "judges"))
        and all(0 < said[name] < float("inf") for name in ("read_speed", "written_speed"))
    )
    if not right:
        raise ValueError("not a measurement of ours")
    # What was kept before anybody was asked to judge stays.
    known = {"judges": None, **said}
    return Measurement(**{field.name: known[field.name] for field in fields(Measurement)})
