"""Old cookies: after another password, a removed account, a role taken away, they open nothing, not even a stream."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from kb.records.accounts import FileAccounts
from kb.settings import Settings
from oidc_provider import Provider
from paced_base import PacedBase
from serving import Servers, password
from signing_in import Reply, call, sign_in
from small_base import SmallBase
from small_pages import DOCUMENTS, ServePage, StillIngestor

COOKIE = "reperes_session"
JSON = "application/json"
QUESTION = "Qui apporte les aides du programme ?"
READING = ("/explorer", "/conversations", "/config", "/gradio_api/queue/data?session_hash=x")


@pytest.fixture
def accounts(tmp_path: Path) -> FileAccounts:
    found = FileAccounts(tmp_path / "comptes")
    for name in ("anne", "bob"):
        found.add(name, "editor", password(name))
    return found


@pytest.fixture
def servers(settings: Settings) -> Iterator[Servers]:
    running = Servers(settings)
    yield running
    running.stop()


@pytest.fixture
def serve_page(servers: Servers, accounts: FileAccounts) -> ServePage:
    """Serves a small base, to the people of `accounts` if nothing else is set, and gives the address."""

    def serve(base: SmallBase | None = None, **changed: Any) -> str:
        options: dict[str, Any] = {"auth": "accounts", "accounts": accounts.path, **changed}
        return servers.serve(base or SmallBase(DOCUMENTS), StillIngestor(), **options)

    return serve


def session(reply: Reply) -> dict[str, str]:
    assert reply.status == 303, reply.text
    return {COOKIE: reply.cookies[COOKIE]}


def is_out(address: str, cookies: dict[str, str]) -> bool:
    """Whether a session opens nothing at all: no page, no event of Gradio's, no stream."""
    statuses = {call(address, path, cookies=cookies).status for path in READING}
    event = {"data": [], "fn_index": 0, "session_hash": "x"}
    statuses.add(call(address, "/gradio_api/queue/join", event, cookies=cookies, content_type=JSON).status)
    statuses.add(call(address, "/api/search", {"question": QUESTION}, cookies=cookies, content_type=JSON).status)
    return statuses == {401}


def rewrite(accounts: FileAccounts, before: str, after: str) -> None:
    """Changes the file by hand: the secrets stay."""
    text = accounts.path.read_text("utf-8")
    assert before in text
    accounts.path.write_text(text.replace(before, after), "utf-8")


def made_anew(accounts: FileAccounts) -> None:
    accounts.remove("anne")
    accounts.add("anne", "editor", password("anne"))


CHANGES: dict[str, Callable[[FileAccounts], object]] = {
    "another password": lambda accounts: accounts.add("anne", "editor", "un tout autre mot de passe"),
    "the same password set again": lambda accounts: accounts.add("anne", "editor", password("anne")),
    "removed": lambda accounts: accounts.remove("anne"),
    "removed and made anew": made_anew,
    "the file is gone": lambda accounts: accounts.path.unlink(),
    "only a token of that name": lambda accounts: (accounts.remove("anne"), accounts.add_token("anne", "editor")),
}


@pytest.mark.parametrize("change", CHANGES)
def test_an_account_that_changed_ends_its_sessions_at_the_next_request(
    serve_page: ServePage, accounts: FileAccounts, change: str
) -> None:
    address = serve_page()
    hers, his = session(sign_in(address, "anne")), session(sign_in(address, "bob"))
    assert call(address, "/documents", cookies=hers).status == 200
    kept = accounts.path.read_bytes()
    CHANGES[change](accounts)
    assert is_out(address, hers)
    if change != "the file is gone":
        assert call(address, "/documents", cookies=his).status == 200
    # For good: not even the file of before brings an old cookie back.
    accounts.path.write_bytes(kept)
    assert is_out(address, hers)


def test_a_role_is_asked_anew_at_each_request(serve_page: ServePage, accounts: FileAccounts) -> None:
    address = serve_page()
    hers = session(sign_in(address, "anne"))
    for role, status in (("reader", 403), ("editor", 200), ("reader", 403)):
        rewrite(accounts, f"anne:{'reader' if role == 'editor' else 'editor'}:", f"anne:{role}:")
        for path in ("/documents", "/documents/etat", "/metrics"):
            assert call(address, path, cookies=hers).status == status, (role, path)
        assert call(address, "/explorer", cookies=hers).status == 200


def test_a_file_of_accounts_that_cannot_be_read_lets_nobody_in(serve_page: ServePage, accounts: FileAccounts) -> None:
    address = serve_page()
    hers = session(sign_in(address, "anne"))
    rewrite(accounts, "anne:editor:", "anne:chef:")
    refused = call(address, "/explorer", cookies=hers, accept="text/html")
    assert refused.status == 503
    assert "ne marche pas" in refused.text
    assert sign_in(address, "anne").status == 503
    rewrite(accounts, "anne:chef:", "anne:editor:")
    assert call(address, "/explorer", cookies=hers).status == 200


def test_signing_out_everywhere_ends_every_session_of_that_person(serve_page: ServePage) -> None:
    address = serve_page()
    hers, his = [session(sign_in(address, "anne")) for _ in range(3)], session(sign_in(address, "bob"))
    page = call(address, "/explorer", cookies=hers[0]).text
    assert '<button name="partout" value="oui">Se déconnecter partout</button>' in page
    foreign = call(address, "/connexion/fin", {"partout": "oui"}, cookies=hers[0], origin="https://evil.example")
    assert foreign.status == 403
    assert call(address, "/explorer", cookies=hers[1]).status == 200
    assert call(address, "/connexion/fin", method="GET", cookies=hers[0]).status in {401, 404, 405}
    assert call(address, "/explorer", cookies=hers[0]).status == 200
    # One session alone, then all that are left.
    call(address, "/connexion/fin", {}, method="POST", cookies=hers[2])
    assert is_out(address, hers[2])
    assert call(address, "/explorer", cookies=hers[1]).status == 200
    # A session that has ended, or never was, ends no other.
    for wrong in (hers[2], {COOKIE: "x"}, {}):
        assert call(address, "/connexion/fin", {"partout": "oui"}, cookies=wrong).status == 303
    assert call(address, "/explorer", cookies=hers[1]).status == 200
    left = call(address, "/connexion/fin", {"partout": "oui"}, cookies=hers[0])
    assert (left.status, left.headers["location"], left.cookies[COOKIE]) == (303, "/connexion", "")
    assert all(is_out(address, cookies) for cookies in hers)
    assert call(address, "/explorer", cookies=his).status == 200
    assert call(address, "/explorer", cookies=session(sign_in(address, "anne"))).status == 200


def test_signing_in_again_ends_the_session_of_that_browser(serve_page: ServePage) -> None:
    address = serve_page()
    first = session(sign_in(address, "anne"))
    second = session(sign_in(address, "bob", cookies=first))
    assert is_out(address, first)
    assert call(address, "/explorer", cookies=second).status == 200


@contextmanager
def streaming(address: str, **headers: str) -> Iterator[Iterator[str]]:
    """The lines of an answer that is asked for as a stream."""
    with httpx.Client(base_url=address, timeout=300) as client:
        asked = {"question": QUESTION, "stream": True}
        with client.stream("POST", "/api/ask", json=asked, headers=headers) as answer:
            assert answer.status_code == 200
            yield answer.iter_lines()


@pytest.mark.parametrize("by", ["session", "token"])
def test_a_stream_under_way_ends_with_what_opened_it(serve_page: ServePage, accounts: FileAccounts, by: str) -> None:
    base = PacedBase(DOCUMENTS)
    address = serve_page(base)
    kept = accounts.add_token("outil", "reader")
    if by == "token":
        headers = {"authorization": f"Bearer {accounts.add_token('autre', 'reader')}"}
    else:
        headers = {"cookie": f"{COOKIE}={session(sign_in(address, 'anne'))[COOKIE]}"}
    base.find(2)
    with streaming(address, **headers) as ended, streaming(address, authorization=f"Bearer {kept}") as whole:
        assert json.loads(next(ended))["final"] is False
        assert json.loads(next(whole))["final"] is False
        accounts.remove("autre" if by == "token" else "anne")
        time.sleep(1.1)  # a stream asks anew each second
        base.write(100)
        assert list(ended) == []
        assert json.loads(list(whole)[-1])["final"] is True


def signed_in_there(address: str) -> dict[str, str]:
    """Signs in at the provider; the cookie of the session."""
    with httpx.Client(base_url=address, timeout=120) as client:
        leaving = client.get("/connexion/fournisseur")
        back = httpx.get(leaving.headers["location"], timeout=120).headers["location"]
        client.get(f"/connexion/retour?{urlsplit(back).query}")
        return {COOKIE: client.cookies[COOKIE]}


def test_at_a_provider_roles_come_from_the_settings_of_now(serve_page: ServePage) -> None:
    provider = Provider({"email": "anne@anru.example", "email_verified": True})
    other = Provider({"email": "anne@anru.example"})
    there = {
        "auth": "oidc",
        "oidc_issuer": provider.issuer,
        "oidc_client": "reperes",
        "oidc_key": "un secret",
        "public_url": "http://127.0.0.1",
    }
    # Each is the application started anew, over the same app.db.
    editing, reading = serve_page(**there, editors="anne@anru.example"), serve_page(**there)
    elsewhere, by_sub = serve_page(**{**there, "oidc_issuer": other.issuer}), serve_page(**there, oidc_name="sub")
    cookies, second = signed_in_there(editing), signed_in_there(editing)
    assert call(editing, "/documents", cookies=cookies).status == 200
    assert call(reading, "/documents", cookies=cookies).status == 403
    assert call(reading, "/explorer", cookies=cookies).status == 200
    assert call(editing, "/documents", cookies=cookies).status == 200
    assert is_out(elsewhere, cookies)
    assert is_out(editing, cookies)
    assert is_out(by_sub, second)
    both = [signed_in_there(editing) for _ in range(2)]
    assert call(editing, "/connexion/fin", {"partout": "oui"}, cookies=both[0]).status == 303
    assert all(is_out(editing, found) for found in both)
    for found in (provider, other):
        found.close()


def test_a_session_of_a_provider_opens_no_account_of_that_name(serve_page: ServePage, accounts: FileAccounts) -> None:
    provider = Provider({"sub": "anne"})
    there = {"auth": "oidc", "oidc_issuer": provider.issuer, "oidc_client": "reperes", "oidc_name": "sub"}
    address = serve_page(**there, oidc_key="un secret", public_url="http://127.0.0.1")
    cookies = signed_in_there(address)
    assert call(address, "/explorer", cookies=cookies).status == 200
    assert is_out(serve_page(), cookies)
    provider.close()
