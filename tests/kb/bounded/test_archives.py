"""What a zip archive unpacks to is counted before anything is made of it."""

from __future__ import annotations

import io
import random
import struct
import tracemalloc
import zipfile

import pytest

from kb.bounded import archives
from kb.bounded.archives import BombError, DamagedArchiveError, DoctypeError, NoArchiveError, check_archive
from kb.web.chat.background import end_work


def archive(**parts: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as made:
        for name, part in parts.items():
            made.writestr(name.replace("_xml", ".xml"), part)
    return content.getvalue()


def test_an_ordinary_archive_is_taken() -> None:
    noise = random.Random(1).randbytes(3_000_000)
    assert check_archive(archive(a_xml=b"<a/>", image=noise)).namelist() == ["a.xml", "image"]


@pytest.mark.parametrize(
    "content",
    [
        archive(a_xml=b" " * 2_000_000),
        archive(a=b" " * 20_000_000),
        archive(**{f"part{number}": b" " * 900_000 for number in range(20)}),
    ],
    ids=["XML", "large", "many"],
)
def test_an_archive_that_unpacks_to_too_much_is_refused(content: bytes) -> None:
    with pytest.raises(BombError):
        check_archive(content)


def test_too_many_entries_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_ENTRIES", 2)
    with pytest.raises(BombError):
        check_archive(archive(a=b"1", b=b"2", c=b"3"))


def test_an_archive_that_lies_about_a_size_is_damaged_and_never_unpacked_whole() -> None:
    content = archive(a_xml=b" " * 100_000_000)
    # The size stands in both headers of the entry; 1,000 is a lie that no ratio betrays.
    lied = content.replace(struct.pack("<L", 100_000_000), struct.pack("<L", 1_000))
    assert lied != content
    end_work(10)  # what threads of earlier tests take is counted as well
    tracemalloc.start()
    with pytest.raises(DamagedArchiveError):
        check_archive(lied)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 10_000_000


def test_a_document_type_is_refused_wherever_it_stands() -> None:
    with pytest.raises(DoctypeError):
        check_archive(archive(a_xml=b"<!-- " + random.Random(2).randbytes(archives._PIECE - 10).hex().encode()
                              + b"--><!DOCTYPE a>"))  # fmt: skip
    with pytest.raises(DoctypeError):
        check_archive(archive(a_xml="<!DOCTYPE a>".encode("utf-16")))


def test_what_is_no_archive_is_told() -> None:
    for content in (b"", b"PK\x03\x04", archive(a=b"x")[:-30]):
        with pytest.raises(NoArchiveError):
            check_archive(content)
