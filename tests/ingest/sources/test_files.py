from pathlib import Path

import pytest

from ingest.sources.files import File, list_folder, read_file
from kb.errors import DocumentError

SUFFIXES = (".md", ".txt")


def test_lists_known_files_in_order_and_names_the_others(tmp_path: Path) -> None:
    (tmp_path / "sous").mkdir()
    (tmp_path / ".cache").mkdir()
    for name in ("b.md", "a.TXT", "sous/c.md", "photo.jpg", ".caché.md", ".cache/d.md"):
        (tmp_path / name).write_text("x")
    listing = list_folder(tmp_path, SUFFIXES)
    assert [item.id for item in listing.files] == ["a.TXT", "b.md", "sous/c.md"]
    assert listing.ignored == ("photo.jpg",)
    assert listing.complete
    assert listing.failed == ()


def test_links_out_of_the_folder_are_refused_and_those_inside_are_read(tmp_path: Path) -> None:
    inside, outside = tmp_path / "in", tmp_path / "out"
    inside.mkdir()
    outside.mkdir()
    (outside / "secret.md").write_text("secret")
    (inside / "vrai.md").write_text("x")
    (inside / "lien.md").symlink_to(inside / "vrai.md")
    (inside / "dehors.md").symlink_to(outside / "secret.md")
    (inside / "dossier").symlink_to(outside)
    listing = list_folder(inside, SUFFIXES)
    assert [item.id for item in listing.files] == ["lien.md", "vrai.md"]
    assert sorted(failure.source for failure in listing.failed) == ["dehors.md", "dossier"]
    assert all("lien symbolique" in failure.reason for failure in listing.failed)


def test_what_cannot_be_read_says_why(tmp_path: Path) -> None:
    big, closed, folder = tmp_path / "big.md", tmp_path / "closed.md", tmp_path / "folder.md"
    big.write_bytes(b"x" * 1_000_001)
    closed.write_text("x")
    closed.chmod(0)
    folder.mkdir()
    for path, reason in (
        (big, "REPERES_MAX_FILE_MB"),
        (closed, "droits d'accès"),
        (folder, "ordinaire"),
        (tmp_path / "nowhere.md", "introuvable"),
    ):
        with pytest.raises(DocumentError, match=reason) as caught:
            read_file(File(path.name, path), 1)
        assert caught.value.source == path.name
    assert read_file(File("big.md", big), 2) == b"x" * 1_000_001


def test_a_folder_that_cannot_be_listed_makes_the_listing_incomplete(tmp_path: Path) -> None:
    listing = list_folder(tmp_path / "gone", SUFFIXES)  # os.walk tells of it as of a folder closed to us
    assert not listing.complete
    assert listing.files == ()
    assert "droits d'accès" in listing.failed[0].reason
