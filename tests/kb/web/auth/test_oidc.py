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
    back = httpx.get(leaving.headers["location"], timeout=120).headers["location"]
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


def test_no_claim_makes_an_editor(application: Application, provider: Provider) -> None:
    provider.claims |= {"email": "bob@anru.example", "role": "editor", "roles": ["editor", "admin"], "edits": True}
    provider.claims |= {"groups": ["editors"], "person": {"role": "editor"}, "name": "anne@anru.example"}
    client = served(application, provider)
    comes_back(client)
    assert client.get("/explorer").status_code == 200
    assert client.get("/documents").status_code == 403


def test_an_editors_name_is_compared_without_its_case_and_beyond_ascii_with_it(
    application: Application, provider: Provider
) -> None:
    client = served(application, provider, editors="kim@anru.example")
    for name, status in (("KIM@anru.example", 200), ("\N{KELVIN SIGN}im@anru.example", 403)):
        provider.claims["email"] = name
        comes_back(client)
        assert client.get("/documents").status_code == status, name


LATER = 9_999_999_999


WRONG: tuple[dict[str, Any], ...] = (
    {"email": ""},
    {"email": None},
    {"email": ["anne@anru.example"]},
    {"email": {"value": "anne@anru.example"}},
    {"email": 5},
    {"email": True},
    {"email": "anne@anru.example\n"},
    {"email": "a" * 201},
    {"email_verified": False},
    {"email_verified": "false"},
    {"email_verified": "False"},
    {"email_verified": None},
    {"email_verified": 0},
    {"email_verified": 1},
    {"email_verified": []},
    {"email_verified": {"true": True}},
    {"exp": 1},
    {"exp": str(LATER)},
    {"exp": None},
    {"exp": True},
    {"exp": [LATER]},
    {"exp": float("nan")},
    {"exp": float("inf")},
    {"iat": LATER},
    {"iat": "hier"},
    {"nbf": LATER},
    {"aud": "autre"},
    {"aud": ["autre", "encore"]},
    {"aud": "autre", "azp": "reperes"},
    {"aud": ["autre"], "azp": "reperes"},
    {"aud": ["reperes", "autre"]},
    {"aud": ["reperes"], "azp": "autre"},
    {"azp": ["reperes"]},
    {"aud": None},
    {"aud": []},
    {"aud": {"reperes": True}},
    {"nonce": "autre"},
    {"nonce": None},
    {"nonce": []},
    {"iss": "autre"},
    {"iss": None},
    {"iss": ["http://127.0.0.1"]},
    {"sub": None},
    {"sub": 5},
    {"sub": ["1"]},
)


def test_a_token_that_is_not_right_opens_nothing(application: Application, provider: Provider) -> None:
    client, right = served(application, provider), dict(provider.claims)
    let_in = []
    for claims in WRONG:
        provider.claims = right | claims
        if comes_back(client).status_code != 401 or client.get("/explorer").status_code != 303:
            let_in.append(claims)
            client.cookies.clear()
    assert let_in == []


def test_a_token_that_misses_a_claim_opens_nothing(application: Application, provider: Provider) -> None:
    client = served(application, provider)
    for claim in ("iss", "aud", "exp", "iat", "nonce", "sub", "email"):
        provider.left_out = {claim}
        assert comes_back(client).status_code == 401, claim
        assert client.get("/explorer").status_code == 303, claim


def test_what_is_right_in_another_form_opens(application: Application, provider: Provider) -> None:
    client, right = served(application, provider), dict(provider.claims)
    for claims in ({"aud": ["reperes"]}, {"aud": ["reperes", "autre"], "azp": "reperes"}, {"email_verified": "true"}):
        provider.claims = right | claims
        assert comes_back(client).status_code == 303, claims
    provider.left_out = {"email_verified"}  # the provider says nothing of it: the addresses are its own
    assert comes_back(client).status_code == 303


@pytest.mark.parametrize("told", [["RS256", "HS256", "none"], ["none"], None])
@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
def test_a_token_that_the_provider_alone_has_not_signed_opens_nothing(
    application: Application, provider: Provider, told: Any
) -> None:
    provider.told = told
    client = served(application, provider)
    for signed_with in ("none", "HS256"):
        provider.signed_with = signed_with
        assert comes_back(client).status_code == 401, signed_with
        assert client.get("/explorer").status_code == 303, signed_with


def test_an_answer_that_holds_no_token_opens_nothing(application: Application, provider: Provider) -> None:
    client = served(application, provider)
    odd: list[Any] = [None, [], 5, "", "a.b.c", {"a": 1}]
    for answered in (
        {},
        [],
        "x",
        5,
        *({"access_token": "a", "token_type": "Bearer", "id_token": token} for token in odd),
    ):
        provider.answered = answered
        assert comes_back(client).status_code == 401, answered
        assert client.get("/explorer").status_code == 303, answered


def test_a_token_signed_by_somebody_else_opens_nothing(application: Application, provider: Provider) -> None:
    provider.other_key = True
    client = served(application, provider)
    assert comes_back(client).status_code == 401


def test_an_answer_that_was_not_asked_for_opens_nothing(application: Application, provider: Provider) -> None:
    client = served(application, provider)
    assert client.get("/connexion/retour?code=x&state=y").status_code == 401
    assert client.get("/connexion/retour?error=access_denied&state=y").status_code == 401


def test_a_provider_that_does_not_answer_is_told(application: Application, provider: Provider) -> None:
    with socket.socket() as held:  # nobody listens there, and nobody else can meanwhile
        held.bind(("127.0.0.1", 0))
        client = served(application, provider, oidc_issuer=f"http://127.0.0.1:{held.getsockname()[1]}")
        answer = client.get("/connexion/fournisseur")
    assert answer.status_code == 401
    assert "ne répond pas" in answer.text
