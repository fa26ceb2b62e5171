"""Sign-in turned against everybody: many passwords at once, from everywhere, and other people who just want in."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from kb.records.accounts import FileAccounts
from kb.settings import Settings
from kb.web import strings
from kb.web.auth import verifying
from kb.web.auth.attempts import Attempts
from kb.web.auth.verifying import MOST_MEMORY
from kb.web.chat.background import end_work
from serving import Servers, password
from signing_in import FORM, Checked, Reply, at_once, call, sign_in
from small_base import SmallBase
from small_pages import DOCUMENTS, ServePage

PEOPLE = ("anne", "bob", "chloe", "denis")
MEGABYTE = 1024 * 1024


@pytest.fixture
def checked(monkeypatch: pytest.MonkeyPatch) -> Iterator[Checked]:
    counted = Checked()
    monkeypatch.setattr(PasswordHasher, "verify", counted.around(PasswordHasher.verify))
    yield counted
    counted.may_end.set()


@pytest.fixture
def serve_page(settings: Settings, tmp_path: Path) -> Iterator[ServePage]:
    """Serves a small base to `PEOPLE` and gives the address; keyword arguments change the settings."""
    accounts = FileAccounts(tmp_path / "comptes")
    for name in PEOPLE:
        accounts.add(name, "editor", password(name))
    servers = Servers(settings)
    yield lambda **changed: servers.serve(SmallBase(DOCUMENTS), auth="accounts", accounts=accounts.path, **changed)
    servers.stop()


def memory() -> int:
    """Bytes of this process, which is the server's too."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.split("VmRSS:")[1].split()[0]) * 1024


class Watching:
    """Watches the memory of this process while a block runs: `grown` is by how many bytes, at most."""

    def __enter__(self) -> Watching:
        end_work(10)  # what threads of earlier tests take is counted as well
        self._before, self.grown, self._done = memory(), 0, threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._done.wait(0.005):
            self.grown = max(self.grown, memory() - self._before)


@pytest.fixture(autouse=True)
def _no_time_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a hundred passwords are sent, a slow machine takes as long for them as some have to wait."""
    monkeypatch.setattr(Attempts.__init__, "__defaults__", (lambda: 1_000.0, None))


class Hammering:
    """Wrong passwords, one after the other in each of several threads, while a block runs."""

    def __init__(self, send: Callable[[int], Reply], threads: int = 8) -> None:
        self._send = send
        self._numbers = itertools.count()
        self._done = threading.Event()
        self._threads = [threading.Thread(target=self._run) for _ in range(threads)]
        self.statuses: list[int] = []

    def __enter__(self) -> Hammering:
        for thread in self._threads:
            thread.start()
        while len(self.statuses) < len(self._threads):
            time.sleep(0.01)
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        for thread in self._threads:
            thread.join()

    def _run(self) -> None:
        while not self._done.is_set():
            self.statuses.append(self._send(next(self._numbers)).status)


@pytest.mark.parametrize("name", ["anne", "personne"])
def test_forty_wrong_passwords_at_once_are_five_checks(serve_page: ServePage, checked: Checked, name: str) -> None:
    address = serve_page()
    sign_in(address, "denis")  # what is loaded with the first sign-in is not counted
    checked.number = 0
    with Watching() as watching:
        replies = at_once(lambda number: sign_in(address, name, f"faux {number}"), range(40))
    assert checked.number == 5
    assert checked.most_at_once <= 2
    assert watching.grown < MOST_MEMORY + 64 * MEGABYTE
    assert sorted({reply.status for reply in replies}) == [401, 429]
    delayed = [reply for reply in replies if reply.status == 429]
    assert len(delayed) == 35
    assert all(0 < int(reply.headers["retry-after"]) <= 30 for reply in delayed)
    assert all("avec ce nom : réessayez dans" in reply.text for reply in delayed)
    for other in ("bob", "chloe", "denis"):
        assert sign_in(address, other).status == 303, other


def test_forty_names_at_once_take_the_memory_of_two(serve_page: ServePage, checked: Checked) -> None:
    address = serve_page()
    sign_in(address, "denis")
    with Watching() as watching:
        replies = at_once(lambda number: sign_in(address, f"inconnu{number}", "faux"), range(40))
    assert checked.most_at_once <= 2
    assert watching.grown < MOST_MEMORY + 64 * MEGABYTE
    assert {reply.status for reply in replies} <= {401, 503}


@pytest.mark.parametrize("names", ["one", "many"])
def test_others_of_the_same_address_sign_in_meanwhile(serve_page: ServePage, names: str) -> None:
    address = serve_page()

    def wrong(number: int) -> Reply:
        return sign_in(address, "anne" if names == "one" else f"inconnu{number}", "faux")

    with Hammering(wrong) as hammering:
        for other in ("bob", "chloe", "denis"):
            assert sign_in(address, other).status == 303, other
        assert call(address, "/healthz").status == 200
    assert 303 not in hammering.statuses


def test_a_name_that_is_guessed_from_one_address_signs_in_from_another(serve_page: ServePage, checked: Checked) -> None:
    address = serve_page(proxy_addresses="127.0.0.1")
    for number in range(40):
        sign_in(address, "anne", "faux", x_forwarded_for=f"203.0.113.{number}, 198.51.100.1")
    assert checked.number == 5  # what stands left of the last address anybody may write
    assert sign_in(address, "anne", x_forwarded_for="198.51.100.1").status == 429
    assert sign_in(address, "bob", x_forwarded_for="198.51.100.1").status == 303
    assert sign_in(address, "anne", x_forwarded_for="198.51.100.2").status == 303
    for number in range(40):
        sign_in(address, "bob", "faux", x_forwarded_for=f"2001:db8:0:1::{number:x}")
    assert sign_in(address, "bob", x_forwarded_for="2001:db8:0:1:ffff::1").status == 429
    assert sign_in(address, "bob", x_forwarded_for="2001:db8:0:2::1").status == 303


def test_a_header_is_believed_from_named_proxies_only(serve_page: ServePage, checked: Checked) -> None:
    address = serve_page()
    for number in range(40):
        sign_in(address, "anne", "faux", x_forwarded_for=f"198.51.100.{number}")
    assert checked.number == 5


def test_a_known_browser_signs_in_while_its_name_is_guessed_from_everywhere(
    serve_page: ServePage, checked: Checked
) -> None:
    address = serve_page(proxy_addresses="127.0.0.1")
    known = sign_in(address, "anne", x_forwarded_for="192.0.2.1")
    mark = {"reperes_appareil": known.cookies["reperes_appareil"]}
    checked.number = 0
    for number in range(100):
        sign_in(address, "anne", "faux", x_forwarded_for=f"198.51.100.{number}")
    assert checked.number == 20
    assert sign_in(address, "anne", x_forwarded_for="192.0.2.1").status == 429
    # Another's mark, or none that was ever given, helps nobody.
    others = sign_in(address, "bob", x_forwarded_for="192.0.2.1").cookies["reperes_appareil"]
    for wrong in (others, "x", ""):
        refused = sign_in(address, "anne", cookies={"reperes_appareil": wrong}, x_forwarded_for="192.0.2.3")
        assert refused.status == 429
    again = sign_in(address, "anne", cookies=mark, x_forwarded_for="192.0.2.2")
    assert again.status == 303
    assert again.cookies["reperes_appareil"] != mark["reperes_appareil"]
    # A mark that was stolen opens nothing, and guesses no faster than any address.
    stolen = {"reperes_appareil": again.cookies["reperes_appareil"]}
    checked.number = 0
    statuses = [sign_in(address, "anne", "faux", cookies=stolen).status for _ in range(20)]
    assert (checked.number, statuses.count(429)) == (5, 15)
    assert call(address, "/explorer", cookies=stolen).status == 401


def test_a_wait_that_is_too_long_is_told_and_locks_nobody_out(
    serve_page: ServePage, checked: Checked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verifying.Verifying.__init__, "__defaults__", (0.2,))
    address = serve_page()
    checked.may_end.clear()
    held = [threading.Thread(target=sign_in, args=(address, f"inconnu{number}", "faux")) for number in range(2)]
    for thread in held:
        thread.start()
    while checked.most_at_once < 2:
        time.sleep(0.01)
    for _ in range(10):
        busy = sign_in(address, "bob")
        assert (busy.status, busy.headers["retry-after"]) == (503, "5")
        assert "réessayez dans quelques secondes" in busy.text
    assert call(address, "/healthz").status == 200
    checked.may_end.set()
    for thread in held:
        thread.join()
    assert sign_in(address, "bob").status == 303


def test_names_that_nobody_has_are_checked_like_others(serve_page: ServePage, checked: Checked) -> None:
    address = serve_page()
    told = {}
    for name in ("anne", "personne"):
        checked.number = 0
        replies = [sign_in(address, name, "faux") for _ in range(7)]
        told[name] = checked.number, [(reply.status, reply.text.replace(name, "…")) for reply in replies]
    assert told["anne"] == told["personne"]


def test_wrong_tokens_check_no_password(serve_page: ServePage, checked: Checked) -> None:
    address = serve_page()
    for number in range(200):
        refused = call(address, "/api/search", {"question": "Qui ?"}, authorization=f"Bearer {number}é")
        assert refused.status == 401
    assert checked.number == 0
    assert sign_in(address, "bob").status == 303


MULTIPART = (
    b'--x\r\nContent-Disposition: form-data; name="nom"\r\n\r\nanne\r\n'
    b'--x\r\nContent-Disposition: form-data; name="mot_de_passe"; filename="f"\r\n\r\nfaux\r\n--x--\r\n'
)


ODD = (
    (b"", FORM, 422),
    (b"nom=anne", FORM, 422),
    (b"mot_de_passe=faux", FORM, 422),
    (b"nom=anne&mot_de_passe=", FORM, 422),
    (b"nom=anne&nom=bob&mot_de_passe=faux", FORM, 422),
    (b"nom=anne&mot_de_passe=a&mot_de_passe=b", FORM, 422),
    (b"nom=" + b"a" * 121 + b"&mot_de_passe=faux", FORM, 422),
    (b"nom=anne&mot_de_passe=" + b"a" * 1001, FORM, 422),
    (b"nom=anne&mot_de_passe=" + b"%F0%9F%98%80" * 1000, FORM, 401),
    (b"nom=anne&mot_de_passe=" + b"a" * 1_000_000, FORM, 413),
    (b"nom=anne&mot_de_passe=%ff", FORM, 422),
    (b"nom=anne&mot_de_passe=%ed%a0%80", FORM, 422),
    ("nom=anne&mot_de_passe=é".encode(), FORM, 422),
    (b"nom=anne&mot_de_passe=%00", FORM, 401),
    (b"nom=an%00ne%0a&mot_de_passe=faux", FORM, 401),
    (b"nom=%3Cscript%3E&mot_de_passe=faux&suite=%2F%2Fevil.example", FORM, 401),
    (b"&" * 1000, FORM, 422),
    (b"a=1&" * 1000, FORM, 422),
    (b'{"nom": "anne", "mot_de_passe": "faux"}', "application/json", 422),
    (b"nom=anne&mot_de_passe=faux", "text/plain", 422),
    (b"nom=anne&mot_de_passe=faux", f"{FORM}; charset=utf-7", 415),
    (MULTIPART, "multipart/form-data; boundary=x", 422),
    (MULTIPART, "multipart/form-data; boundary=x; charset=punycode", 415),
)


def test_odd_forms_are_answered_in_french_and_sign_nobody_in(serve_page: ServePage, checked: Checked) -> None:
    address = serve_page(proxy_addresses="127.0.0.1")
    for number, (body, kind, status) in enumerate(ODD):
        checked.number = 0
        post = partial(call, method="POST", content_type=kind, accept="text/html", x_forwarded_for=f"192.0.2.{number}")
        reply = post(address, "/connexion", body)
        assert reply.status == status, body[:60]
        assert "reperes_session" not in reply.cookies
        if status == 415:  # before any page: no form of ours is sent so
            assert reply.text == strings.CHARSET_REFUSED
        else:
            assert '<html lang="fr">' in reply.text
            assert "<script" not in reply.text.split("<main")[1]
        assert "evil.example" not in reply.text
        assert checked.number == (1 if status == 401 else 0)
        assert post(address, "/connexion/fin", body).status in {303, 413, 415, 422}, body[:60]
