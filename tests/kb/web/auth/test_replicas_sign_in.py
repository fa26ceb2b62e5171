"""A sign-in at a provider that one replica began is ended by another: no proxy has to keep a person with one."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest

from kb.records.database import AppDatabase
from kb.records.places import ServerPlace
from kb.records.shared.signing import saved_key
from oidc_provider import Provider
from serving import Application


@pytest.fixture
def provider() -> Iterator[Provider]:
    found = Provider({"email": "anne@anru.example", "email_verified": True})
    yield found
    found.close()


def served(application: Application, provider: Provider, database: str) -> httpx.Client:
    return application(
        auth="oidc",
        oidc_issuer=provider.issuer,
        oidc_client="reperes",
        editors="anne@anru.example",
        public_url="http://127.0.0.1",
        database=database,
    )


def test_a_sign_in_begun_at_one_replica_ends_at_another(
    application: Application, provider: Provider, database: str
) -> None:
    one, other = (served(application, provider, database) for _ in range(2))
    leaving = one.get("/connexion/fournisseur?suite=/explorer")
    back = httpx.get(leaving.headers["location"], timeout=120).headers["location"]
    other.cookies.update(one.cookies)
    answer = other.get(f"/connexion/retour?{urlsplit(back).query}")
    assert (answer.status_code, answer.headers["location"]) == (303, "/explorer")
    assert "anne@anru.example" in other.get("/explorer").text
    one.cookies.update(other.cookies)
    assert one.get("/documents").status_code == 200


def test_another_base_ends_no_sign_in_of_this_one(
    application: Application, provider: Provider, database: str, request: pytest.FixtureRequest
) -> None:
    one = served(application, provider, database)
    apart = served(application, provider, request.getfixturevalue("postgres").new_database())
    back = httpx.get(one.get("/connexion/fournisseur").headers["location"], timeout=120).headers["location"]
    apart.cookies.update(one.cookies)
    assert apart.get(f"/connexion/retour?{urlsplit(back).query}").status_code == 401


def test_the_key_is_made_once(database: str) -> None:
    keys = []
    for _ in range(2):
        with AppDatabase(ServerPlace(database)) as opened:
            keys.append(saved_key(opened))
    assert keys[0] == keys[1]
    assert len(keys[0]) >= 32
