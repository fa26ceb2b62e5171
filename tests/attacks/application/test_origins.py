"""Pages elsewhere, and headers that pretend: who may call, under which name, and what the answers let others read."""

from __future__ import annotations

import http.client
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, cast
from urllib.parse import urlencode, urlsplit

import httpx
import pytest

from kb.errors import SettingsError
from kb.evaluation.desk import EvaluationDesk
from kb.knowledge import KnowledgeBase
from kb.records.accounts import FileAccounts
from kb.records.conversations import SavedConversations
from kb.settings import Settings
from kb.web.auth.gate import COOKIE
from serving import Servers, password
from small_base import SmallBase
from small_pages import DOCUMENTS, StillIngestor

Served = Callable[..., str]
ERASE = "/conversations/effacer"


@pytest.fixture
def serve_page(settings: Settings) -> Iterator[Served]:
    servers = Servers(settings)
    kept: list[SavedConversations] = []

    def serve(**changed: Any) -> str:
        base = SmallBase(DOCUMENTS)
        kept.append(SavedConversations(replace(settings, **changed).app_database, 365))
        desk = EvaluationDesk(
            cast("Callable[[], KnowledgeBase]", lambda: base), settings.app_database, settings.retention_days
        )
        return servers.serve(base, StillIngestor(), desk=desk, conversations=kept[-1], **changed)

    yield serve
    servers.stop()
    for conversations in kept:
        conversations.close()


def call(
    address: str, path: str, method: str = "GET", body: str = "", **headers: str
) -> tuple[int, dict[str, str], str]:
    """Status, headers and body of a request whose headers are these (`_` for `-`)."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=120)
    try:
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        given = {"host": parts.netloc, **{name.replace("_", "-"): value for name, value in headers.items()}}
        for name, value in {**given, "content-length": str(len(body))}.items():
            connection.putheader(name, value)
        connection.endheaders(body.encode())
        response = connection.getresponse()
        told = {name.lower(): value for name, value in response.getheaders()}
        return response.status, told, response.read().decode("utf-8", "replace")
    finally:
        connection.close()


def test_another_port_or_scheme_is_elsewhere(serve_page: Served) -> None:
    address = serve_page()
    port = urlsplit(address).port
    foreign = (
        *("http://localhost:3000", "http://127.0.0.1:3000", "http://127.0.0.1", f"https://127.0.0.1:{port}"),
        *(f"http://localhost:{port}", f"http://[::1]:{port}", f"http://127.0.0.1:{port}0", "null", "", "file://"),
        *(f"http://127.0.0.1:{port}@evil.example", f"http://evil.example/127.0.0.1:{port}", f"{address}/", "*"),
        *(f"http://127.0.0.1:{port}.evil.example", f"ftp://127.0.0.1:{port}", f"{address},{address}"),
    )
    passed = [origin for origin in foreign if call(address, ERASE, "POST", origin=origin)[0] != 403]
    assert passed == []
    assert [origin for origin in foreign if call(address, "/config", origin=origin)[0] != 403] == []
    assert call(address, ERASE, "POST", origin=address)[0] == 303
    assert call(address, ERASE, "POST", origin=address.upper())[0] == 303
    localhost = f"localhost:{port}"
    assert call(address, ERASE, "POST", host=localhost, origin=f"http://{localhost}")[0] == 303
    assert call(address, ERASE, "POST", host=f"[::1]:{port}", origin=f"http://[::1]:{port}")[0] == 303


def test_a_conversation_survives_a_page_on_another_port(serve_page: Served) -> None:
    """The attack as it was found: any local program's page could erase them."""
    address = serve_page()
    body = urlencode({})
    for origin in ("http://localhost:3000", "null"):
        status, headers, _ = call(address, ERASE, "POST", body, origin=origin, content_type="text/plain")
        assert (status, "location" in headers) == (403, False)


def test_without_an_origin_the_referring_page_tells(serve_page: Served) -> None:
    address = serve_page()
    for referer in ("http://localhost:3000/x", "https://evil.example/", "http://127.0.0.1", "android-app://x", "null"):
        assert call(address, ERASE, "POST", referer=referer)[0] == 403, referer
        assert call(address, "/aide", referer=referer)[0] == 200, "a link may stand anywhere"
    assert call(address, ERASE, "POST", referer=f"{address}/conversations?x=1")[0] == 303
    assert call(address, ERASE, "POST", referer=address)[0] == 303
    assert call(address, ERASE, "POST")[0] == 303, "a program tells neither"


def test_no_answer_lets_another_page_read_it(serve_page: Served) -> None:
    address = serve_page()
    for path in ("/", "/config", "/theme.css", "/gradio_api/info", "/aide", "/page/page.js", "/healthz", "/absente"):
        for origin in ("http://localhost:3000", address):
            _, headers, _ = call(address, path, origin=origin)
            assert [name for name in headers if name.startswith("access-control-")] == [], (path, origin)


@pytest.mark.parametrize("path", ["/", "/config", "/gradio_api/queue/join", "/api/ask", "/conversations/effacer"])
def test_nobody_is_told_beforehand_that_they_may(serve_page: Served, path: str) -> None:
    address = serve_page()
    asked = {"access_control_request_method": "POST", "access_control_request_headers": "content-type"}
    for origin, expected in (("http://localhost:3000", 403), ("null", 403), (address, 405)):
        status, headers, _ = call(address, path, "OPTIONS", origin=origin, **asked)
        assert status == expected
        assert [name for name in headers if name.startswith("access-control-")] == []


@pytest.mark.parametrize(
    ("public_url", "host", "origin", "status"),
    [
        # A container's port published as another, with its address told and without.
        ("http://127.0.0.1:8080", "127.0.0.1:8080", "http://127.0.0.1:8080", 303),
        ("http://127.0.0.1:7860", "localhost:8080", "http://localhost:8080", 303),
        ("http://127.0.0.1:7860", "localhost:8080", "http://127.0.0.1:3000", 403),
        # A tunnel.
        ("", "localhost:9000", "http://localhost:9000", 303),
        ("", "localhost:9000", "http://localhost:3000", 403),
        # Behind a proxy that passes the name on, without its port, or calls by an address of its own.
        ("https://reperes.example", "reperes.example", "https://reperes.example", 303),
        ("https://reperes.example", "reperes.example", "http://reperes.example", 403),
        ("https://reperes.example:8443", "reperes.example", "https://reperes.example:8443", 303),
        ("https://reperes.example:8443", "reperes.example:8443", "https://reperes.example", 403),
        ("https://reperes.example/", "127.0.0.1:7860", "https://reperes.example", 303),
        ("https://reperes.example", "127.0.0.1:7860", "http://127.0.0.1:7860", 403),
        ("https://intranet.example/reperes/", "intranet.example", "https://intranet.example", 303),
        ("https://intranet.example/reperes", "intranet.example", "https://intranet.example/reperes", 403),
        ("https://REPERES.example", "Reperes.Example", "https://reperes.example", 303),
        ("https://localhost:8443", "127.0.0.1:7860", "https://localhost:8443", 303),
        ("https://repères.example", "xn--repres-5ua.example", "https://xn--repres-5ua.example", 303),
    ],
)
def test_the_ways_to_be_called(serve_page: Served, public_url: str, host: str, origin: str, status: int) -> None:
    address = serve_page(public_url=public_url)
    assert call(address, ERASE, "POST", host=host, origin=origin)[0] == status
    assert call(address, "/aide", host="evil.example")[0] == 403


@pytest.mark.parametrize(
    "host", ["", "127.0.0.1:0", "127.0.0.1:99999", "127.0.0.1@evil.example", "[::1", "127.0.0.1 x"]
)
def test_a_name_that_is_none_is_refused(serve_page: Served, host: str) -> None:
    assert call(serve_page(), "/aide", host=host)[0] in (400, 403)


@pytest.mark.parametrize(
    "url", ["reperes.example", "ftp://reperes.example", "https://", "https://a.example:99999", "/"]
)
def test_a_public_address_that_is_none_is_told_at_start(serve_page: Served, url: str) -> None:
    with pytest.raises(SettingsError, match=r"REPERES_PUBLIC_URL=.* il faut une adresse entière"):
        serve_page(public_url=url)


def test_what_a_caller_says_of_another_address_is_in_no_page(serve_page: Served) -> None:
    names = ("x_forwarded_host", "x_forwarded_server", "x_forwarded_prefix", "x_original_host", "x_host")
    pretended = dict.fromkeys(names, "pretended.example")
    pretended |= {"x_forwarded_proto": "https", "forwarded": "host=pretended.example;proto=https"}
    pretended |= {"x_gradio_server": "https://pretended.example", "x_forwarded_port": "666"}
    address = serve_page()
    behind = serve_page(public_url="https://reperes.example")
    for path in ("/", "/config", "/aide", "/evaluation/", "/explorer", "/gradio_api/info", "/absente"):
        page = call(address, path, accept="text/html", **pretended)[2]
        assert "pretended.example" not in page, path
        assert f"https://{urlsplit(address).netloc}" not in page, path
    # What people call is what Gradio tells, however the proxy names the server.
    for host in ("reperes.example", urlsplit(behind).netloc):
        assert '"root":"https://reperes.example"' in call(behind, "/config", host=host, **pretended)[2]
    assert f'"root":"{address}"' in call(address, "/config", **pretended)[2]


def test_a_line_s_end_opens_no_path(serve_page: Served, settings: Settings) -> None:
    """A reader ran the events of the page of evaluation, whose path no longer looked like one for editors."""
    accounts = FileAccounts(settings.accounts_file)
    accounts.add("bob", "reader", password("bob"))
    accounts.add("anne", "editor", password("anne"))
    address = serve_page(auth="accounts", accounts=accounts.path)
    answer = httpx.post(f"{address}/connexion", data={"nom": "bob", "mot_de_passe": password("bob")}, timeout=120)
    cookie = f"{COOKIE}={answer.cookies[COOKIE]}"
    assert call(address, "/explorer", cookie=cookie)[0] == 200
    event = '{"data": [], "fn_index": 0}'
    for end in ("%0a", "%0A%0A", "%0d", "%00", "%e2%80%a8", "%85", "%0b", "%20", "%ff"):
        for path in (
            *("/evaluation/gradio_api/run/predict", "/documents", "/documents/fiche", "/metrics", "/evaluation/"),
            *("/gradio_api/run/predict", "/gradio_api/heartbeat/x", "/aide", "/conversations/x.md", "/api/ask"),
            *("/evaluation/questions.csv", "/evaluation/rapport/1", "/theme.css", "/page/page.js", "/connexion/fin"),
        ):
            for method in ("GET", "POST"):
                status = call(address, path + end, method, event, cookie=cookie, content_type="application/json")[0]
                assert status == 404, (method, path + end)
