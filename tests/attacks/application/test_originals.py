"""Files that documents were read from: nobody gets at one who may not read the document, and at nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import cast

import httpx
import pytest

from kb.index.catalog.rows import Origin
from kb.records.accounts import FileAccounts, Role
from kb.settings import Settings
from kb.types import Document
from paged_files import report
from serving import Servers, password
from small_base import SmallBase
from small_pages import StillIngestor

ROUTES = ("/lire/original", "/lire/page", "/lire/image")


@pytest.fixture
def base(tmp_path: Path) -> SmallBase:
    """Documents whose ids lead elsewhere, as no ingestion makes them, and one as it should be."""
    folder = tmp_path / "source"
    (folder / "sous").mkdir(parents=True)
    (tmp_path / "secret.pdf").write_bytes(b"%PDF-1.7 secret")
    (folder / "rapport.pdf").write_bytes(report())
    (folder / "lien.pdf").symlink_to(tmp_path / "secret.pdf")
    (folder / "sous" / ".fiche.pdf").write_bytes(b"%PDF-1.7 secret")
    ids = (
        "rapport.pdf",
        "../secret.pdf",
        str(tmp_path / "secret.pdf"),
        "lien.pdf",
        "sous/.fiche.pdf",
        "sous/../../secret.pdf",
    )
    made = SmallBase([Document(name, "d", name, "Un texte.", page_starts=(0,)) for name in ids])
    made.origins = {name: Origin(str(folder), None) for name in ids}
    return made


@pytest.fixture
def address(base: SmallBase, settings: Settings, tmp_path: Path) -> Iterator[str]:
    accounts = FileAccounts(tmp_path / "comptes")
    for name, role in (("anne", "editor"), ("bob", "reader")):
        accounts.add(name, cast("Role", role), password(name))
    servers = Servers(settings)
    yield servers.serve(base, StillIngestor(), auth="accounts", accounts=accounts.path)
    servers.stop()


def signed_in(address: str, name: str) -> httpx.Client:
    client = httpx.Client(base_url=address, headers={"origin": address}, timeout=300)
    answer = client.post("/connexion", data={"nom": name, "mot_de_passe": password(name)})
    assert answer.status_code == 303, answer.text
    return client


def test_nobody_unknown_gets_a_file(address: str) -> None:
    with httpx.Client(base_url=address, timeout=120) as client:
        for route in ROUTES:
            answer = client.get(route, params={"document": "rapport.pdf"})
            assert answer.status_code == 401
            assert b"PDF-" not in answer.content


def test_whoever_reads_gets_the_file_and_no_other(address: str, base: SmallBase, tmp_path: Path) -> None:
    with closing(signed_in(address, "bob")) as client:
        assert (
            client.get(ROUTES[0], params={"document": "rapport.pdf"}).content
            == (tmp_path / "source" / "rapport.pdf").read_bytes()
        )
        for route in ROUTES:
            assert client.get(route, params={"document": "rapport.pdf"}).status_code == 200
            for document in base.held[1:]:
                answer = client.get(route, params={"document": document.id})
                assert answer.status_code == 403, (route, document.id)
                assert b"secret" not in answer.content.replace(document.id.encode(), b"").replace(b"secret.pdf", b"")
            for unknown in (
                "../rapport.pdf",
                "sous/../rapport.pdf",
                "./rapport.pdf",
                "/rapport.pdf",
                "rapport.pdf/",
                "",
            ):
                assert client.get(route, params={"document": unknown}).status_code == 404, (route, unknown)


def test_no_path_leads_to_a_folder(address: str) -> None:
    with closing(signed_in(address, "anne")) as client:
        for path in (
            "/lire/original/rapport.pdf",
            "/lire/../rapport.pdf",
            "/lire/original/..%2f..%2fsecret.pdf",
            "/lire/",
        ):
            assert client.get(path).status_code == 404, path


def test_a_file_is_for_no_other_site(address: str) -> None:
    with closing(signed_in(address, "bob")) as client:
        asked = {"document": "rapport.pdf"}
        for route in ROUTES:
            elsewhere = client.get(route, params=asked, headers={"origin": "https://evil.example"})
            assert elsewhere.status_code == 403
            here = client.get(route, params=asked)
            assert here.headers["cross-origin-resource-policy"] == "same-origin"
            assert here.headers["x-frame-options"] == "DENY"
            assert "access-control-allow-origin" not in here.headers
