"""Who gets in, who does not, and where to."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from kb.errors import SettingsError
from kb.records.accounts import FileAccounts
from kb.settings import Settings
from kb.web.auth.access import _EDITORS, Access
from kb.web.auth.gate import COOKIE, Gate, session_of
from serving import Application, password

EDITORS_ONLY = ("/documents", "/documents/etat", "/evaluation/", "/evaluation/questions.csv", "/metrics")
FOR_ALL = ("/", "/explorer", "/conversations", "/aide", "/accessibilite", "/api", "/lire?document=financement.md")


@pytest.fixture
def accounts(tmp_path: Path) -> FileAccounts:
    found = FileAccounts(tmp_path / "comptes")
    found.add("anne", "editor", password("anne"))
    found.add("bob", "reader", password("bob"))
    return found


def signed_in(application: Application, accounts: FileAccounts, name: str, **options: object) -> httpx.Client:
    client = application(auth="accounts", accounts=accounts.path, **options)
    answer = client.post("/connexion", data={"nom": name, "mot_de_passe": password(name), "suite": "/explorer"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/explorer")
    return client


def test_without_sign_in_nothing_is_shown(application: Application, accounts: FileAccounts) -> None:
    client = application(auth="accounts", accounts=accounts.path)
    for path in (*FOR_ALL, *EDITORS_ONLY):
        answer = client.get(path)
        assert answer.status_code in (303, 401), path
        assert "Financement" not in answer.text
    assert client.get("/explorer?type=article").headers["location"] == "/connexion?suite=%2Fexplorer%3Ftype%3Darticle"
    assert client.get("/config", headers={"accept": "*/*"}).status_code == 401
    assert client.post("/gradio_api/queue/join", json={}).status_code == 401
    assert client.post("/api/ask", json={"question": "Qui ?"}).status_code == 401
    for path in ("/healthz", "/readyz", "/connexion", "/page/site.css"):
        assert client.get(path).status_code == 200, path


def test_readers_read_and_editors_edit(application: Application, accounts: FileAccounts) -> None:
    reader, editor = (signed_in(application, accounts, name) for name in ("bob", "anne"))
    for path in FOR_ALL:
        assert reader.get(path).status_code == 200, path
    for path in EDITORS_ONLY:
        assert reader.get(path).status_code == 403, path
        assert editor.get(path).status_code == 200, path
    assert reader.post("/evaluation/gradio_api/queue/join", json={}).status_code == 403
    assert reader.post("/documents/mettre-a-jour").status_code == 403
    menu = reader.get("/explorer").text
    assert "Se déconnecter partout" in menu
    assert 'href="/documents"' not in menu
    assert "bob" in menu
    assert 'href="/documents"' in editor.get("/explorer").text


def test_the_cookie_is_for_the_server_alone(application: Application, accounts: FileAccounts) -> None:
    client = application(auth="accounts", accounts=accounts.path, public_url="https://reperes.example")
    answer = client.post("/connexion", data={"nom": "anne", "mot_de_passe": password("anne")})
    cookie = answer.headers["set-cookie"].lower()
    assert all(attribute in cookie for attribute in ("httponly", "secure", "samesite=lax"))
    assert client.get("/aide", headers={"host": "reperes.example"}).status_code == 303
    assert client.get("/aide", headers={"host": "evil.example"}).status_code == 403


def test_a_wrong_password_says_so_and_is_limited(application: Application, accounts: FileAccounts) -> None:
    client = application(auth="accounts", accounts=accounts.path)
    for _ in range(5):
        answer = client.post("/connexion", data={"nom": "anne", "mot_de_passe": "faux"})
        assert answer.status_code == 401
        assert "ne vont pas ensemble" in answer.text
    answer = client.post("/connexion", data={"nom": "anne", "mot_de_passe": password("anne")})
    assert answer.status_code == 429
    assert COOKIE not in client.cookies


@pytest.mark.parametrize(
    "elsewhere", ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", "", "/\n/x"]
)
def test_after_signing_in_one_stays_here(application: Application, accounts: FileAccounts, elsewhere: str) -> None:
    client = application(auth="accounts", accounts=accounts.path)
    answer = client.post("/connexion", data={"nom": "bob", "mot_de_passe": password("bob"), "suite": elsewhere})
    assert answer.headers["location"] == "/"


def test_what_stands_behind_an_editors_page_is_for_editors_whatever_it_holds(
    application: Application, accounts: FileAccounts
) -> None:
    reader = signed_in(application, accounts, "bob")
    for path in ("/evaluation/gradio_api/heartbeat/x%0a", "/evaluation/static/%0a", "/evaluation/assets/a%0ab"):
        assert reader.get(path).status_code in (403, 404), path
    for path in ("/documents\n", "/evaluation/x\ny", "/metrics\n"):  # the guard lets none through, which may change
        assert _EDITORS.fullmatch(path), path


def test_the_session_of_a_request_is_told_to_what_comes_after(settings: Settings, accounts: FileAccounts) -> None:
    gate = Gate(replace(settings, auth="accounts", accounts=accounts.path))
    assert gate.sessions is not None
    found: list[str | None] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        found.append(session_of(scope))
        await PlainTextResponse("")(scope, receive, send)

    client = TestClient(Access(app, gate))
    anne = accounts.account("anne")
    assert anne is not None
    first, second = gate.sessions.begin(anne), gate.sessions.begin(anne)
    token = accounts.add_token("outil", "reader")
    for headers in (
        {"cookie": f"{COOKIE}={first}"},
        {"cookie": f"{COOKIE}={first}"},
        {"cookie": f"{COOKIE}={second}"},
        {"authorization": f"Bearer {token}"},
    ):
        assert client.get("/explorer", headers=headers).status_code == 200
    assert client.get("/connexion", headers={"cookie": f"{COOKIE}={first}"}).status_code == 200
    gate.close()
    assert found[0] == found[1]
    assert len({*found[1:4]}) == 3
    assert found[4] is None
    assert not {first, second, token} & {*found}


def test_signing_out_and_a_removed_account_end_the_session(application: Application, accounts: FileAccounts) -> None:
    client = signed_in(application, accounts, "bob")
    token = client.cookies[COOKIE]
    client.post("/connexion/fin")
    assert client.get("/explorer", headers={"cookie": f"{COOKIE}={token}"}).status_code == 303
    client = signed_in(application, accounts, "bob")
    assert client.get("/explorer").status_code == 200
    accounts.remove("bob")
    assert client.get("/explorer").status_code == 303


def test_a_token_opens_the_api(application: Application, accounts: FileAccounts) -> None:
    client = application(auth="accounts", accounts=accounts.path)
    token = accounts.add_token("outil", "reader")
    headers = {"authorization": f"Bearer {token}"}
    answer = client.post("/api/ask", json={"question": "Qui apporte les aides du programme ?"}, headers=headers)
    assert answer.json()["citations"][0]["document"] == "financement.md"
    assert client.get("/metrics", headers=headers).status_code == 403
    wrong = client.post("/api/ask", json={"question": "Qui ?"}, headers={"authorization": "Bearer x"})
    assert wrong.status_code == 401
    assert "jeton" in wrong.json()["detail"]


def test_a_proxy_is_believed_from_its_own_address_only(application: Application) -> None:
    anne, bob = ({"x-forwarded-user": f"{name}@anru.example"} for name in ("anne", "bob"))
    elsewhere = application(auth="proxy", editors="anne@anru.example", proxy_addresses="10.0.0.0/8")
    assert elsewhere.get("/explorer", headers=anne).status_code == 401
    trusted = application(auth="proxy", editors="anne@anru.example", proxy_addresses="127.0.0.1")
    assert trusted.get("/documents", headers=anne).status_code == 200
    assert trusted.get("/documents", headers=bob).status_code == 403
    assert trusted.get("/explorer", headers=bob).status_code == 200
    assert trusted.get("/explorer").status_code == 401
    # Sessions are the proxy's business: there is none to end here.
    assert "Se déconnecter partout" not in trusted.get("/explorer", headers=bob).text
    # Where the person is, which a proxy tells too, changes nothing; nor does who pretends to be the proxy.
    assert trusted.get("/explorer", headers={**bob, "x-forwarded-for": "192.0.2.7"}).status_code == 200
    assert elsewhere.get("/explorer", headers={**anne, "x-forwarded-for": "10.0.0.5"}).status_code == 401
    twice = [("x-forwarded-user", "bob@anru.example"), ("x-forwarded-user", "anne@anru.example")]
    assert trusted.get("/explorer", headers=twice).status_code == 401


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"auth": "accounts"}, "reperes user add"),
        ({"auth": "oidc"}, "REPERES_OIDC_ISSUER"),
        ({"auth": "proxy"}, "REPERES_PROXY_ADDRESSES"),
        ({"auth": "proxy", "proxy_addresses": "partout"}, "partout"),
    ],
)
def test_sign_in_that_cannot_work_is_told_at_start(
    application: Application, options: dict[str, str], told: str
) -> None:
    with pytest.raises(SettingsError, match=told):
        application(**options)
