"""Signing in at an OpenID Connect provider."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from oidc_provider import Provider
from serving import Application


@pytest.fixture
def provider() -> Iterator[Provider]:
    found = Provider({"email": "anne@anru.example", "email_verified": True})
    yield found
    found.close()


def served(application: Application, provider: Provider, **changed: Any) -> httpx.Client:
    options: dict[str, Any] = {
        "auth": "oidc",
        "oidc_issuer": provider.issuer,
        "oidc_client": "reperes",
        "oidc_key": "un secret",
        "editors": "anne@anru.example",
        "public_url": "http://127.0.0.1",
    }
    return application(**{**options, **changed})


def comes_back(client: httpx.Client) -> httpx.Response:
    """Follows the way to the provider and back; the port of the test's server is put into the address to return to."""
    leaving = client.get("/connexion/fournisseur?suite=/explorer")
    assert leaving.status_code == 302
    back = httpx.get(leaving.headers["location"]).headers["location"]
    return client.get(f"/connexion/retour?{urlsplit(back).query}")


def test_who_signs_in_there_is_known_here(application: Application, provider: Provider) -> None:
    client = served(application, provider)
    assert "/connexion/fournisseur" in client.get("/connexion").text
    answer = comes_back(client)
    assert (answer.status_code, answer.headers["location"]) == (303, "/explorer")
    assert client.get("/documents").status_code == 200
    assert "anne@anru.example" in client.get("/explorer").text


def test_others_read(application: Application, provider: Provider) -> None:
    provider.claims["email"] = "bob@anru.example"
    client = served(application, provider)
    comes_back(client)
    assert client.get("/explorer").status_code == 200
    assert client.get("/documents").status_code == 403


@pytest.mark.parametrize(
    "claims",
    [{"email": ""}, {"email_verified": False}, {"exp": 1}, {"aud": "autre"}, {"nonce": "autre"}, {"iss": "autre"}],
)
def test_a_token_that_is_not_right_opens_nothing(
    application: Application, provider: Provider, claims: dict[str, Any]
) -> None:
    provider.claims |= claims
    client = served(application, provider)
    assert comes_back(client).status_code == 401
    assert client.get("/explorer").status_code == 303


def test_a_token_signed_by_somebody_else_opens_nothing(application: Application, provider: Provider) -> None:
    provider.other_key = True
    client = served(application, provider)
    assert comes_back(client).status_code == 401


def test_an_answer_that_was_not_asked_for_opens_nothing(application: Application, provider: Provider) -> None:
    client = served(application, provider)
    assert client.get("/connexion/retour?code=x&state=y").status_code == 401
    assert client.get("/connexion/retour?error=access_denied&state=y").status_code == 401


def test_a_provider_that_does_not_answer_is_told(application: Application, provider: Provider) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    client = served(application, provider, oidc_issuer=f"http://127.0.0.1:{port}")
    answer = client.get("/connexion/fournisseur")
    assert answer.status_code == 401
    assert "ne répond pas" in answer.text
