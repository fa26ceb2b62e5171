"""What no page sends, to every address of a server: odd values, odd bodies, and who sends them."""

from __future__ import annotations

import http.client
from urllib.parse import urlsplit

# Bytes, as they stand in an address.
HOSTILE = (
    *("", "0", "-1", "1", "99999999999999999999999", "9" * 5000, "-" + "9" * 30, "9223372036854775808", "1e400", "NaN"),
    *("inf", "1.5", "true", "null", "%00", "a%00b", "%0a", "1%0a", "%ed%a0%80"),
    *("%ff%fe", "%f0%9f%98%80", "%d9%a3", "%c2%b2", "..", "%2e%2e%2f%2e%2e%2fetc%2fpasswd", "%2f", "%5c", "%", "%zz"),
    *(
        "'%3B--",
        "%22",
        "%3Cscript%3E",
        "x" * 7000,
        "%F0%9F%87%AB%F0%9F%87%B7" * 300,
        "a+OR+b",
        "*",
        "title%3A%28",
        "%5B1",
    ),
    *("financement.md", "0123456789abcdef", "x.md", "0000"),
)
JSON = (
    *("", "null", "[]", "{}", "0", '"x"', "{", "NaN", "[" * 50_000, '{"a":' * 50_000, "\x00", "﻿{}"),
    *('{"question": "\\ud800"}', '{"question": "\\u0000 Qui ?"}', '{"question": "Qui ?", "\\ud800": 1}'),
    *('{"question": NaN}', '{"question": "Qui ?", "k": 1e999}', '{"question": "Qui ?", "k": ' + "9" * 5000 + "}"),
    *('{"question": "Qui ?", "k": true}', '{"question": "Qui ?", "filters": {"since": "9999-99-99"}}'),
    *('{"question": "Qui ?", "filters": {"since": "٢٠٢٥", "kind": ["\\u0000"]}}', '{"question": ["Qui ?"]}'),
    '{"question": "Qui ?", "filters": {"kind": ["' + '", "'.join("x" * 5000) + '"]}}',
    '{"question": "Qui ?", "history": [{"role": "user", "content": "\\ud800"}]}',
    '{"question": "' + "é" * 2000 + '"}',
)
CONTENT_TYPES = (
    *("application/x-www-form-urlencoded", "multipart/form-data", "multipart/form-data; boundary=b", "text/plain", "x"),
    *("application/json; charset=idna", "multipart/form-data; boundary=b; charset=unicode_escape", "application/json"),
    *("multipart/form-data; boundary=b; charset*=us-ascii''undefined", "multipart/form-data; boundary=" + "b" * 3000),
    "application/x-www-form-urlencoded; charset=utf-16",
)
FORMS = (
    "",
    "a=%00&b=%ff",
    "nom=%00&mot_de_passe=%ed%a0%80&suite=%00",
    "adresse=http%3A%2F%2F%00&sur=oui&titre=%00&date=99999999999999",
    "adresse=http%3A%2F%2F%5B&suite=%2F%5C",
    "&".join(f"n{number}=x" for number in range(3000)),
    '--b\r\ncontent-disposition: form-data; name="fichiers"; filename="\x00.md"\r\n\r\nx\r\n--b--\r\n',
    '--b\r\ncontent-disposition: form-data; name="fichier"; filename="x.xlsx"\r\n\r\nx\r\n--b--\r\n',
    '--b\r\ncontent-disposition: form-data; name="nom"\r\n\r\n\\ud800\r\n--b--\r\n',
    "--b\r\ncontent-disposition: form-data\r\n\r\nx\r\n--b",
    "--b\r\n\r\n--b--",
)


class Sender:
    """Sends what is told, one connection after another where one was cut."""

    def __init__(self, address: str) -> None:
        self._parts = urlsplit(address)
        self._connection = self._open()
        self.sent = 0
        self.failed: list[str] = []

    def _open(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(str(self._parts.hostname), self._parts.port, timeout=120)

    def send(self, method: str, target: str, body: str = "", kind: str = "") -> int:
        """The status. A stream is not waited for. What failed is kept, to be told at once."""
        self.sent += 1
        headers = {"content-length": str(len(body.encode())), "accept": "text/html"} | (
            {"content-type": kind} if kind else {}
        )
        try:
            self._connection.putrequest(method, target, skip_accept_encoding=True)
            for name, value in headers.items():
                self._connection.putheader(name, value)
            self._connection.endheaders(body.encode())
            response = self._connection.getresponse()
            if response.getheader("content-type", "").startswith("text/event-stream"):
                self.close()
            else:
                response.read()
        except (http.client.HTTPException, ConnectionError) as error:
            self.close()
            self.failed.append(f"{method} {target[:120]} {body[:80]!r} {kind[:60]}: {error!r}")
            return 0
        if response.status >= 500:
            self.failed.append(f"{method} {target[:120]} {body[:80]!r} {kind[:60]}: {response.status}")
        return response.status

    def close(self) -> None:
        """Cuts the connection; another is opened."""
        self._connection.close()
        self._connection = self._open()
