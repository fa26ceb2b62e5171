"""An OpenID Connect provider of this machine: the authorization code flow, PKCE checked, tokens signed."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey


class Provider:
    """`claims` are those of whoever signs in; `other_key` has tokens signed by somebody else.

    `left_out` names claims that its tokens miss, `signed_with` how they are signed and `told` is what it says of that;
    `answered` replaces what it answers for a code.
    """

    def __init__(self, claims: Mapping[str, Any]) -> None:
        self.claims = dict(claims)
        self.other_key = False
        self.left_out: set[str] = set()
        self.signed_with = "RS256"
        self.told: Any = ["RS256"]
        self.answered: Any = None
        self._key = RSAKey.generate_key(2048, parameters={"kid": "1"})
        self._codes: dict[str, dict[str, str]] = {}
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path, query = (
                    urlsplit(self.path).path,
                    {k: v[0] for k, v in parse_qs(urlsplit(self.path).query).items()},
                )
                if path == "/.well-known/openid-configuration":
                    self._json(provider._configuration())
                elif path == "/keys":
                    self._json({"keys": [provider._key.as_dict(private=False)]})
                elif path == "/authorize":
                    code = secrets.token_urlsafe(8)
                    provider._codes[code] = query
                    self.send_response(303)
                    back = urlencode({"code": code, "state": query["state"]})
                    self.send_header("location", f"{query['redirect_uri']}?{back}")
                    self.end_headers()

            def do_POST(self) -> None:
                form = {
                    k: v[0] for k, v in parse_qs(self.rfile.read(int(self.headers["content-length"])).decode()).items()
                }
                self._json(provider._tokens(form))

            def log_message(self, *_: object) -> None: ...

            def _json(self, body: object) -> None:
                content = json.dumps(body).encode()
                self.send_response(200)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stops the server."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _configuration(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "id_token_signing_alg_values_supported": self.told,
        }

    def _tokens(self, form: Mapping[str, str]) -> Any:
        asked = self._codes.pop(form["code"])
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=")
        assert challenge.decode() == asked["code_challenge"]
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": asked["client_id"],
            "sub": "1",
            "iat": now,
            "exp": now + 60,
            "nonce": asked["nonce"],
            **self.claims,
        }
        claims = {name: value for name, value in claims.items() if name not in self.left_out}
        whole = {"access_token": "a", "token_type": "Bearer", "expires_in": 60, "id_token": self._signed(claims)}
        return whole if self.answered is None else self.answered

    def _signed(self, claims: dict[str, Any]) -> str:
        header, key = {"alg": self.signed_with, "kid": "1"}, self._key
        if self.signed_with == "none":
            return ".".join([*(_encoded(part) for part in (header, claims)), ""])
        if self.signed_with.startswith("HS"):  # with what everybody can read: the provider's own public key
            secret = OctKey.import_key(self._key.as_pem(private=False))
            return jwt.encode(header, claims, secret, algorithms=[self.signed_with])
        if self.other_key:
            key = RSAKey.generate_key(2048, parameters={"kid": "1"})
        return jwt.encode(header, claims, key, algorithms=[self.signed_with])


def _encoded(part: Mapping[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()
