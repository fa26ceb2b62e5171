"""Workbooks, mails, archives and others that ask for much or are damaged: each costs itself, and says why."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

import pytest

from fuzzing import damaged_files
from ingest.readers import read_document
from ingest.readers.bounded import Readers
from ingest.readers.reading import FoundMember
from kb.errors import DocumentError
from office_files import OFFICE_MAKERS, archive, mail, office_documents

SEED = 29
MOST_TEXT = 12_000_000  # characters: the limit on a text, and what repeats may add


@pytest.fixture(scope="module")
def readers() -> Iterator[Readers]:
    with Readers() as made:
        yield made


def outcome(readers: Readers, name: str, content: bytes) -> str:
    """The text of a file, or the reason why there is none, which has to be a French line."""
    try:
        return readers.document(content, name=name, source="attaques", document_id=name).text
    except DocumentError as refused:
        error = refused
    assert error.source == name
    assert "erreur interne" not in error.reason
    assert ";" in error.reason or ":" in error.reason
    return error.reason


def members(readers: Readers, name: str, content: bytes) -> list[FoundMember]:
    return list(readers.members(content, name=name, rules="", known=(), max_file_mb=20))


@pytest.mark.parametrize("name", OFFICE_MAKERS)
@pytest.mark.parametrize("times", [20_000])
def test_a_file_that_asks_for_much_is_read_or_refused(readers: Readers, name: str, times: int) -> None:
    assert len(outcome(readers, name, OFFICE_MAKERS[name](times))) < MOST_TEXT


@pytest.mark.parametrize("name", ["entities.xlsx", "entities.odt"])
def test_entities_are_never_declared(readers: Readers, name: str) -> None:
    assert "DOCTYPE" in outcome(readers, name, OFFICE_MAKERS[name](1))


def test_what_a_workbook_declares_of_its_size_is_not_believed(readers: Readers) -> None:
    assert "| Nord | 36 | 48 |" in outcome(readers, "declared.xlsx", OFFICE_MAKERS["declared.xlsx"](1))


def test_files_are_the_same_in_a_child_as_in_this_process(readers: Readers) -> None:
    for suffix, content in office_documents():
        name = f"a{suffix}"
        given = {"name": name, "source": "essais", "document_id": name}
        assert readers.document(content, **given) == read_document(content, **given)  # type: ignore[arg-type]


def test_damaged_files_are_read_or_told(readers: Readers) -> None:
    refused = 0
    for name, content in damaged_files(SEED, 120, office_documents()).items():
        told = outcome(readers, name, content)
        refused += ";" in told and "\n" not in told
    assert refused > 20


def test_a_bomb_in_an_archive_is_not_unpacked(readers: Readers) -> None:
    with pytest.raises(DocumentError, match="volume démesuré"):
        members(readers, "bombe.zip", archive({f"{n}.txt": bytes(44_000_000) for n in range(7)}))
    (found,) = members(readers, "bombe.zip", archive({"a.txt": b"x" * 1_500_000}))
    assert (found.outcome, found.content) == ("failed", None)
    assert "démesuré" in found.trouble


def test_an_archive_of_too_many_files_is_refused(readers: Readers) -> None:
    with pytest.raises(DocumentError, match="volume démesuré"):
        members(readers, "mille.zip", archive({f"{n}.txt": b"x" for n in range(5_001)}))


def test_an_entry_that_lies_about_its_size_fails_alone(readers: Readers) -> None:
    content = archive({"ment.txt": b"abcdefghij" * 1_000, "bon.txt": b"Un texte."})
    lying = content.replace((10_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    found = {member.name: member for member in members(readers, "m.zip", lying)}
    assert found["ment.txt"].outcome == "failed"
    assert found["bon.txt"].content == b"Un texte."


@pytest.mark.parametrize(
    "name", ["../dehors.txt", "a/../../dehors.txt", "C:/dehors.txt", "..\\dehors.txt", "a" * 500 + ".txt"]
)
def test_names_that_lead_elsewhere_are_refused(readers: Readers, name: str) -> None:
    (found,) = members(readers, "chemins.zip", archive({name: b"texte"}))
    assert (found.outcome, found.content) == ("failed", None)


def test_names_lose_what_they_must_not_hold(readers: Readers) -> None:
    (found,) = members(readers, "noms.zip", archive({"/abs/\u202efdp.note\x07.txt": b"texte"}))
    assert found.name == "abs/fdp.note.txt"


def test_links_and_encrypted_entries_fail_alone(readers: Readers) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as written:
        link = zipfile.ZipInfo("lien.txt")
        link.external_attr = 0o120777 << 16
        written.writestr(link, "/etc/passwd")
        written.writestr("chiffré.txt", "x")
        written.writestr("bon.txt", "Un texte.")
    content = bytearray(made.getvalue())
    at = content.rindex("chiffré.txt".encode()) - 46
    content[at + 8] |= 1
    found = {member.name: member for member in members(readers, "l.zip", bytes(content))}
    assert {name: member.outcome for name, member in found.items()} == {
        "lien.txt": "failed",
        "chiffré.txt": "failed",
        "bon.txt": "",
    }


def test_mails_in_mails_without_end_are_opened_one_by_one(readers: Readers) -> None:
    (found,) = members(readers, "fil.eml", mail(40))
    assert found.name.endswith(".eml")
    assert found.content is not None
