"""robots.txt: what is read of it, and what is too much."""

from __future__ import annotations

import time

import pytest

from ingest.fetching.robots import MOST_BYTES, UnreadableRulesError, pace_asked, read_rules

AGENT = "Reperes/0.1"


def test_rules_and_pace_are_read() -> None:
    rules = read_rules(b"User-agent: autre\nDisallow: /a\n\nUser-agent: *\nDisallow: /b # non\nCrawl-delay: 3\n")
    assert rules.can_fetch("https://m.fr/a", AGENT)
    assert not rules.can_fetch("https://m.fr/b", AGENT)
    assert pace_asked(rules, AGENT) == 3.0


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\0", b"<html>Page introuvable</html>", b"Disallow: /", b"\xb2\xb2"])
def test_what_is_no_rule_forbids_nothing(content: bytes) -> None:
    assert read_rules(content).can_fetch("https://m.fr/a", AGENT)


@pytest.mark.parametrize(("asked", "pace"), [("99999", 10.0), ("-1", 0.0), ("NaN", 0.0), ("1e999", 0.0), ("0.5", 0.5)])
def test_the_pace_is_one_to_keep(asked: str, pace: float) -> None:
    assert pace_asked(read_rules(f"User-agent: *\nCrawl-delay: {asked}".encode()), AGENT) == pace


def test_the_end_of_a_huge_file_is_not_looked_at() -> None:
    rules = read_rules(b"User-agent: *\nDisallow: /a\n" + b"#\n" * MOST_BYTES + b"Disallow: /b\n")
    assert not rules.can_fetch("https://m.fr/a", AGENT)
    assert rules.can_fetch("https://m.fr/b", AGENT)


def test_a_large_file_of_the_usual_kind_is_read() -> None:
    groups = "\n".join(f"User-agent: robot-{number}\n" + "Disallow: /a\n" * 20 for number in range(1000))
    assert read_rules(f"{groups}\nUser-agent: *\nDisallow: /b".encode()).can_fetch("https://m.fr/a", AGENT)


@pytest.mark.parametrize(
    "content",
    [
        "\n".join(f"user-agent: r{number}" for number in range(20_000)) + "\nallow: /a" * 20_000,
        "\n".join(f"user agent r{number}" for number in range(1_000)) + "\nallow: /a" * 1_000,
        "\n".join(f"useragent: r{number}" for number in range(3_000)) + "\nallow: /a",
    ],
    ids=["20,000 by 20,000", "1,000 by 1,000", "3,000 agents"],
)
def test_agents_times_rules_are_refused_before_they_are_multiplied(content: str) -> None:
    began = time.monotonic()
    with pytest.raises(UnreadableRulesError, match="trop de règles"):
        read_rules(content.encode())
    assert time.monotonic() - began < 10


@pytest.mark.parametrize(
    "rule", ["/" + "*a" * 1900, "$" * 3000, "*" * 3000, "/" + "a" * 100_000, "//[x", "%zz%", "\u00b2", "\\"]
)
def test_rules_that_take_long_or_mean_nothing(rule: str) -> None:
    began = time.monotonic()
    rules = read_rules(f"User-agent: *\nDisallow: {rule}\n".encode() * 100)
    rules.can_fetch("https://m.fr/" + "a" * 2000 + "b", AGENT)
    assert time.monotonic() - began < 10
