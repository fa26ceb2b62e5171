"""Whose groups a person is in: as the accounts, a provider's claim or a proxy's header say, and nobody else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from kb.records.accounts import FileAccounts
from kb.rights.rights import Rights
from kb.settings import Settings
from kb.web.auth.claims import groups_of
from oidc_provider import Provider
from serving import Application, password
from small_base import SmallBase
from small_pages import DOCUMENTS, FINANCING

ADDRESS = f"/lire?document={FINANCING.id}"


class RestrictedBase(SmallBase):
    """Shows the documents of sources that are not hidden."""

    def seen_by(self, rights: Rights) -> Any:
        seen = SmallBase([document for document in self.held if not rights.hides(document.source)])
        seen.rights = rights
        return seen


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    path = tmp_path / "sources.toml"
    path.write_text('[[restriction]]\nsources = ["d"]\ngroups = ["rh", "cn=rh,ou=x"]\n', encoding="utf-8")
    return path


def status(client: httpx.Client, **headers: str) -> int:
    return client.get(ADDRESS, headers={name.replace("_", "-"): value for name, value in headers.items()}).status_code


@pytest.mark.parametrize(
    ("claim", "found"),
    [
        (["rh", "cadres"], {"rh", "cadres"}),
        ("rh", {"rh"}),
        (["rh", 7, None, "", ["x"]], {"rh"}),
        ({"rh": True}, set()),
        (True, set()),
        (None, set()),
    ],
)
def test_a_claim_is_taken_at_its_word_only(claim: object, found: set[str]) -> None:
    assert groups_of({"groups": claim}, "groups") == found
    assert groups_of({"groups": claim}, "") == set()
    assert groups_of({"groups": claim}, "roles") == set()


def test_a_provider_tells_the_groups_at_sign_in(application: Application, sources: Path) -> None:
    provider = Provider({"email": "anne@agence.example", "groups": ["cn=rh,ou=x"]})
    given: dict[str, Any] = {
        "auth": "oidc",
        "oidc_issuer": provider.issuer,
        "oidc_client": "reperes",
        "oidc_key": "un secret",
        "public_url": "http://127.0.0.1",
        "sources": sources,
    }
    try:
        for claim, expected in (("groups", 200), ("", 404), ("roles", 404)):
            client = application(RestrictedBase(DOCUMENTS), **given, oidc_groups=claim)
            leaving = client.get("/connexion/fournisseur")
            back = httpx.get(leaving.headers["location"], timeout=120).headers["location"]
            assert client.get(f"/connexion/retour?{back.partition('?')[2]}").status_code == 303
            assert status(client) == expected
            assert status(client, x_forwarded_groups="rh") == expected
    finally:
        provider.close()


def test_a_proxy_tells_them_in_one_header(application: Application, sources: Path) -> None:
    given: dict[str, Any] = {"auth": "proxy", "proxy_addresses": "127.0.0.1", "sources": sources}
    client = application(RestrictedBase(DOCUMENTS), **given, proxy_groups="X-Forwarded-Groups")
    assert status(client, x_forwarded_user="anne", x_forwarded_groups="cadres, rh") == 200
    assert status(client, x_forwarded_user="anne", x_forwarded_groups="cadres;rh") == 404
    assert status(client, x_forwarded_user="anne") == 404
    assert status(client, x_forwarded_groups="rh") in (303, 401)
    twice = [("x-forwarded-user", "anne"), ("x-forwarded-groups", "rh"), ("x-forwarded-groups", "rh")]
    assert client.get(ADDRESS, headers=twice).status_code == 404
    unset = application(RestrictedBase(DOCUMENTS), **given)
    assert status(unset, x_forwarded_user="anne", x_forwarded_groups="rh") == 404


def test_without_sign_in_a_restricted_source_is_nobody_s(
    application: Application, sources: Path, settings: Settings
) -> None:
    client = application(RestrictedBase(DOCUMENTS), sources=sources)
    assert status(client) == 404
    token = FileAccounts(settings.accounts_file).add_token("robot", "reader", ("rh",))
    assert status(client, authorization=f"Bearer {token}") == 200


def test_accounts_keep_their_groups(settings: Settings, application: Application, sources: Path) -> None:
    accounts = FileAccounts(settings.accounts_file)
    accounts.add("anne", "reader", password("anne"), ("rh", "cadres"))
    accounts.add("anne", "reader", password("anne"))  # another password, the same groups
    found = FileAccounts(settings.accounts_file).account("anne")
    assert found is not None
    assert found.person.groups == {"rh", "cadres"}
    client = application(RestrictedBase(DOCUMENTS), auth="accounts", sources=sources)
    client.post("/connexion", data={"nom": "anne", "mot_de_passe": password("anne")})
    assert status(client) == 200
    assert accounts.set_groups("anne", ())
    assert status(client) == 404
    assert not accounts.set_groups("bob", ("rh",))
