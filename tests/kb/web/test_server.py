from __future__ import annotations

import http.client
import json
import re
import socket
from urllib.parse import urlsplit

import pytest

from kb.errors import SettingsError, StoreError
from kb.ports import IngestionProgress
from kb.settings import Settings
from kb.web.server import check_host, serve
from small_base import SmallBase
from small_pages import ServePage, StillIngestor


def call(
    address: str, path: str, method: str = "GET", headers: dict[str, str] | None = None, body: str | None = None
) -> tuple[int, dict[str, str], str]:
    """Status, headers and body, without following anything."""
    parts = urlsplit(address)
    assert parts.hostname is not None
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=120)
    try:
        connection.request(method, path, body=body, headers=headers or {})
        response = connection.getresponse()
        return response.status, {name.lower(): value for name, value in response.getheaders()}, response.read().decode()
    finally:
        connection.close()


def test_the_page_comes_in_french_and_from_here_alone(serve_page: ServePage, small_base: SmallBase) -> None:
    status, headers, page = call(serve_page(small_base), "/", headers={"Accept-Encoding": "br, gzip"})
    assert status == 200
    assert 'lang="fr"' in page[:200]
    assert "<title>Repères</title>" in page
    assert re.findall(r"""(?:src|href|content)=["'](?:https?:)?//[^"']*""", page) == []
    assert "Que dit <script> ?" not in page
    assert "Que dit \\u003cscript" in page
    nonce = re.search(r"'nonce-([^']+)'", headers["content-security-policy"])
    assert nonce is not None
    assert page.count("<script") == page.count(f'<script nonce="{nonce[1]}"') > 1


def test_no_two_pages_share_a_nonce(serve_page: ServePage, small_base: SmallBase) -> None:
    address = serve_page(small_base)
    policies = {call(address, "/")[1]["content-security-policy"] for _ in range(3)}
    assert len(policies) == 3


def test_every_answer_has_the_security_headers(serve_page: ServePage, small_base: SmallBase) -> None:
    address = serve_page(small_base)
    for path in ("/", "/healthz", "/page/page.js", "/page/absent.js", "/gradio_api/upload", "/theme.css"):
        _, headers, _ = call(address, path)
        assert headers["x-content-type-options"] == "nosniff", path
        assert headers["referrer-policy"] == "same-origin", path
        assert "frame-ancestors 'none'" in headers["content-security-policy"], path
        assert "server" not in headers, path


def test_files_uploads_and_gradios_other_pages_are_not_served(serve_page: ServePage, small_base: SmallBase) -> None:
    address = serve_page(small_base)
    for method, path in (
        ("GET", "/gradio_api/file=pyproject.toml"),
        ("POST", "/gradio_api/upload"),
        ("GET", "/gradio_api/runs"),
        ("GET", "/monitoring"),
        ("GET", "/page/../server.py"),
        ("GET", "/page/%2e%2e/server.py"),
        ("GET", "/docs"),
    ):
        assert call(address, path, method)[0] == 404, path


def test_calls_under_another_name_or_from_another_page_are_refused(
    serve_page: ServePage, small_base: SmallBase
) -> None:
    address = serve_page(small_base)
    port = urlsplit(address).port
    assert call(address, "/healthz", headers={"Host": f"localhost:{port}"})[0] == 200
    assert call(address, "/healthz", headers={"Host": f"evil.example:{port}"})[0] == 403
    assert call(address, "/healthz", headers={"Origin": "https://evil.example"})[0] == 403
    assert call(address, "/healthz", headers={"Origin": "null"})[0] == 403
    assert call(address, "/healthz", headers={"Origin": address})[0] == 200


def test_health_tells_the_state_of_the_base(serve_page: ServePage, small_base: SmallBase) -> None:
    status, headers, body = call(serve_page(small_base), "/healthz")
    assert (status, headers["content-type"]) == (200, "application/json")
    assert json.loads(body) == {
        "status": "ok",
        "base": "ready",
        "documents": 3,
        "passages": 3,
        "generation": 1,
        "last_ingestion": "2025-12-04T13:05:00+00:00",
        "ingesting": False,
    }


def test_health_of_a_base_that_cannot_be_opened(serve_page: ServePage, still_ingestor: StillIngestor) -> None:
    def opened() -> SmallBase:
        raise StoreError("La base ne peut pas être ouverte.")

    still_ingestor.now = IngestionProgress(running=True)
    health = json.loads(call(serve_page(opened, still_ingestor), "/healthz")[2])
    assert (health["base"], health["documents"], health["ingesting"]) == ("unavailable", None, True)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::", "example.org", ""])
def test_it_listens_on_this_machine_alone_without_sign_in(host: str) -> None:
    with pytest.raises(SettingsError, match=re.escape(f"REPERES_HOST={host} :")):
        check_host(Settings(host=host))


def test_elsewhere_it_needs_sign_in_and_a_name() -> None:
    with pytest.raises(SettingsError, match="REPERES_PUBLIC_URL"):
        check_host(Settings(host="0.0.0.0", auth="accounts"))
    check_host(Settings(host="0.0.0.0", auth="accounts", public_url="https://reperes.example"))


def test_a_port_that_is_taken_is_told() -> None:
    async def app(*_: object) -> None: ...

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SettingsError, match=f"Le port {port} de 127.0.0.1 ne peut pas être ouvert"):
            serve(app, "127.0.0.1", port)
