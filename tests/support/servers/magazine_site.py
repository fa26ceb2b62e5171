"""A web site on a loopback port, built like a magazine's: articles, feed, sitemap, robots.txt, and every trouble."""

from __future__ import annotations

import gzip
import hashlib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOPICS = (
    "la démolition d'une tour de quinze étages",
    "la réhabilitation de logements sociaux",
    "un groupe scolaire ouvert sur le quartier",
    "une ferme urbaine au pied des immeubles",
    "la rénovation thermique de la cité",
    "un centre de santé pluridisciplinaire",
    "le nouveau tramway du quartier",
    "la concertation avec les habitants",
    "un parc planté de mille arbres",
    "des commerces en pied d'immeuble",
)


@dataclass
class Answer:
    """What the site answers at a path. Without `etag` neither ETag nor Last-Modified is sent."""

    body: bytes = b""
    status: int = 200
    type: str = "text/html; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)
    etag: bool = True
    delay: float = 0.0  # seconds
    announce: int | None = None  # a Content-Length that is not that of the body


@dataclass(frozen=True)
class Asked:
    """A request that the site got, and how it answered."""

    path: str
    conditional: bool
    status: int
    headers: dict[str, str]


class Site:
    """The site: `pages` by path (query included) are its answers; what is not there is a 404."""

    def __init__(self) -> None:
        self.pages: dict[str, Answer] = {}
        self.asked: list[Asked] = []
        self.address = ""

    @property
    def host(self) -> str:
        return self.address.removeprefix("http://")

    def url(self, path: str) -> str:
        return self.address + path

    def put(self, path: str, body: str | bytes, **others: Any) -> None:
        self.pages[path] = Answer(body if isinstance(body, bytes) else body.encode(), **others)

    def redirect(self, path: str, to: str, status: int = 301) -> None:
        self.pages[path] = Answer(status=status, headers={"Location": to}, etag=False)

    def put_article(self, number: int, extra: str = "", **others: Any) -> str:
        """Puts article `number`, and returns its path."""
        path = f"/magazine/article-{number}"
        self.put(path, article(self.url(path), number, extra), **others)
        return path

    def put_sitemap(self, paths: list[str]) -> None:
        locations = "".join(f"<url><loc>{self.url(path)}</loc></url>" for path in paths)
        self.put(
            "/sitemap.xml",
            '<?xml version="1.0" encoding="UTF-8"?>'
            f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{locations}</urlset>',
            type="application/xml",
        )

    def put_feed(self, paths: list[str]) -> None:
        items = "".join(
            f"<item><title>Article</title><link>{self.url(path)}?utm_source=rss&amp;utm_medium=feed</link></item>"
            for path in paths
        )
        self.put(
            "/feed.xml",
            f'<?xml version="1.0"?><rss version="2.0"><channel><title>Le mag</title>{items}</channel></rss>',
            type="application/rss+xml",
        )

    def answer(self, path: str, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes, Answer | None]:
        """Status, headers and body for a request."""
        held = self.pages.get(path) or self.pages.get(path.split("?", 1)[0])
        if held is None:
            return 404, {"Content-Type": "text/html"}, b"<h1>Page introuvable</h1>", None
        sent = {"Content-Type": held.type, **held.headers}
        if held.etag and held.status == 200:
            sent["ETag"] = f'"{hashlib.sha256(held.body).hexdigest()[:16]}"'
            if headers.get("if-none-match") == sent["ETag"]:
                return 304, {"ETag": sent["ETag"]}, b"", held
        body = held.body
        is_packed = any(name.lower() == "content-encoding" for name in sent)
        if "gzip" in headers.get("accept-encoding", "") and held.status == 200 and len(body) > 1000 and not is_packed:
            sent["Content-Encoding"] = "gzip"
            body = gzip.compress(body)
        return held.status, sent, body, held


def article(url: str, number: int, extra: str = "", *, canonical: str | None = None, date: str | None = None) -> str:
    """A page of the magazine, with its menu, head lines, related articles and footer."""
    topic = TOPICS[number % len(TOPICS)]
    day = date or f"2025-{number % 12 + 1:02d}-{number % 27 + 1:02d}"
    return f"""<!DOCTYPE html><html lang="fr"><head><title>Article {number} : {topic} | Le mag</title>
<meta property="og:site_name" content="Le mag"><link rel="canonical" href="{canonical or url}">
<script type="application/ld+json">{{"@type": "NewsArticle", "datePublished": "{day}T08:00:00+01:00"}}</script></head>
<body><header><nav><a href="/">Accueil</a> <a href="/magazine">Magazine</a></nav></header>
<main><article><p class="rubrique">Cadre de vie</p><h1>Article {number} : {topic}</h1>
<p>Le projet numéro {number} porte sur {topic}. Il coûte {number + 10} millions d'euros, dont {number + 3} millions
de subventions de l'Agence, et concerne {100 + number} familles de la ville.</p>
<h2>Un calendrier serré</h2><p>Les travaux du projet {number} durent {number % 5 + 2} ans. {extra}</p></article></main>
<aside class="related"><h2>À lire aussi</h2><a href="/magazine/article-{number + 1}">L'article suivant</a></aside>
<footer>Mentions légales</footer></body></html>"""


@contextmanager
def serve(site: Site) -> Iterator[Site]:
    """The site on a free port of the loopback, until the end."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, sent, body, held = site.answer(self.path, headers)
            site.asked.append(Asked(self.path, "if-none-match" in headers, status, headers))
            if held is not None and held.delay:
                time.sleep(held.delay)
            try:
                self.send_response(status)
                for name, value in sent.items():
                    self.send_header(name, value)
                length = held.announce if held is not None and held.announce is not None else len(body)
                self.send_header("Content-Length", str(length))
                self.end_headers()
                self.wfile.write(body)
            except OSError:
                self.close_connection = True  # the reader had enough

        def log_message(self, *_: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_: Any) -> None:
            pass  # a reader that hangs up is part of the tests

    server = Server(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    site.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
