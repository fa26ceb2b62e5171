"""The starter corpus is well formed, and its test questions agree with its documents.

Reads the files themselves, with the standard library and PyYAML only: a fault of Repères' own readers must not hide
a fault of the corpus.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

CORPUS = Path(__file__).parents[2] / "corpus"
PATHS = sorted((CORPUS / "documents").iterdir())
QUESTIONS: list[dict[str, Any]] = [
    json.loads(line) for line in (CORPUS / "questions.jsonl").read_text(encoding="utf-8").splitlines()
]
ANSWERABLE = [question for question in QUESTIONS if not question.get("unanswerable")]
UNANSWERABLE = [question for question in QUESTIONS if question.get("unanswerable")]

KEY_ORDER = "id question kind history documents expected_facts forbidden_facts unanswerable".split()
FRONT_KEYS = {"titre", "type", "rubrique", "date", "sources", "programmes", "partenaires", "origine", "licence"}
SOURCE_KEYS = {"titre", "editeur", "url", "date"}
DATE = re.compile(r"s\.d\.|\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?")
HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}")
TRIAL_HOST = re.compile(r"(?:^|[.-])(?:staging|testing|test|preprod|dev|localhost)(?:[.-]|$)")
COPY_HOST = re.compile(r"\.(?:netlify\.app|pages\.dev|amazonaws\.com|arc-cdn\.net)$")
NUMBER_WORDS = {word: str(n) for n, word in enumerate("un deux trois quatre cinq six sept huit neuf dix".split(), 1)}


@dataclass(frozen=True, slots=True)
class File:
    """A document's metadata, and the text that may answer questions (sources and page furniture left out)."""

    meta: dict[str, Any]
    body: str
    urls: tuple[str, ...]


class _Page(HTMLParser):
    """Meta tags and title; the text of `article` without its `section class="sources"`; all the text, for URLs."""

    def __init__(self) -> None:
        super().__init__()
        self.meta: dict[str, str] = {}
        self.article: list[str] = []
        self.all: list[str] = []
        self.stack: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "meta":
            if "name" in values:
                self.meta[values["name"]] = values.get("content", "")
        elif tag not in {"input", "br", "link", "img"}:
            self.stack.append((tag, values.get("class", "")))

    def handle_endtag(self, tag: str) -> None:
        opened = self.stack.pop()[0] if self.stack else None
        assert opened == tag

    def handle_data(self, data: str) -> None:
        self.all.append(data)
        tags = {tag for tag, _ in self.stack}
        if "title" in tags:
            self.meta["titre"] = self.meta.get("titre", "") + data
        if "article" in tags and ("section", "sources") not in self.stack:
            self.article.append(data)


@cache
def load(path: Path) -> File:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".html":
        page = _Page()
        page.feed(text)
        page.close()
        assert not page.stack, f"left open: {page.stack}"
        return File(dict(page.meta), " ".join(page.article), tuple(re.findall(r"https?://\S+", " ".join(page.all))))
    found = re.match(r"---\n(.*?\n)---\n(.*)", text, re.DOTALL)
    assert found, "no front matter"
    meta = yaml.safe_load(found[1])
    return File(meta, found[2], tuple(source["url"] for source in meta["sources"] if "url" in source))


def fold(text: str) -> str:
    """Lower case without accents or inline marks; one kind of apostrophe and space; small number words as digits."""
    text = unicodedata.normalize("NFKD", text.replace("’", "'").replace("œ", "oe").casefold())
    text = "".join(character for character in text if not unicodedata.combining(character))
    text = re.sub(r"\s+", " ", re.sub(r"[*_`]", "", text))
    return re.sub(r"\b(?:" + "|".join(NUMBER_WORDS) + r")\b", lambda word: NUMBER_WORDS[word[0]], text)


def holds(text: str, form: str) -> bool:
    """Whether the folded `text` has `form` as whole words and whole numbers: « 25 % » is not in « 12,5 % »."""
    form = fold(form)
    before = r"(?<![\w])(?<!\d[ ,.])" if form[0].isdigit() else r"(?<!\w)"
    after = r"(?!\w)(?![ ,.]\d)" if form[-1].isdigit() else r"(?!\w)"
    return re.search(before + re.escape(form) + after, text) is not None


def is_odd(host: str) -> bool:
    """Whether `host` serves trials of a site, or unofficial copies of other people's pages."""
    return bool(TRIAL_HOST.search(host) or COPY_HOST.search(host))


def facts(question: dict[str, Any]) -> list[list[str]]:
    return [[fact] if isinstance(fact, str) else fact for fact in question.get("expected_facts", [])]


Fault = Iterator[str]
"""What is wrong with one document or question, in words."""


def sound(parts: Sequence[Path] | Sequence[dict[str, Any]], faults: Callable[[Any], Fault]) -> None:
    """Fails with every fault of every document or question, each on a line that names it."""
    assert parts
    named = [(part.name if isinstance(part, Path) else part["id"], part) for part in parts]
    if found := [f"{name}: {fault}" for name, part in named for fault in faults(part)]:
        pytest.fail("\n".join(found), pytrace=False)


def test_the_corpus_is_whole() -> None:
    assert Counter(path.suffix for path in PATHS) == {".md": 42, ".html": 2}
    assert (len(ANSWERABLE), len(UNANSWERABLE)) == (66, 18)


def test_front_matter() -> None:
    def faults(path: Path) -> Fault:
        meta = load(path).meta
        yield from (f"no {key}" for key in ("titre", "type", "rubrique", "origine") if not meta.get(key, "").strip())
        if meta["licence"] != "CC-BY-4.0":
            yield f"licence {meta['licence']}"
        if path.suffix == ".html":
            return
        if set(meta) != FRONT_KEYS:
            yield f"keys {sorted(set(meta) ^ FRONT_KEYS)}"
        for key in ("programmes", "partenaires"):
            if {type(value) for value in meta[key]} != {str}:
                yield f"{key} {meta[key]}"
        for source in meta["sources"]:
            if not SOURCE_KEYS - {"url"} <= set(source) <= SOURCE_KEYS or not (source["titre"] and source["editeur"]):
                yield f"source {source}"

    sound(PATHS, faults)


def test_dates_are_quoted_iso_or_unknown() -> None:
    def faults(path: Path) -> Fault:
        # Unquoted, YAML makes a date or a number of them, and « 2018 » loses the precision it was given with.
        meta = load(path).meta
        for date in [meta["date"], *(source["date"] for source in meta.get("sources", []))]:
            if type(date) is not str or not DATE.fullmatch(date):
                yield f"date {date!r}"

    sound(PATHS, faults)


def test_urls_have_a_plain_public_host() -> None:
    def faults(path: Path) -> Fault:
        for url in load(path).urls:
            parts = urlsplit(url)
            plain = parts.scheme in {"http", "https"} and HOST.fullmatch(parts.netloc) and re.fullmatch(r"[!-~]+", url)
            if not plain or is_odd(parts.netloc):
                yield url

    assert sum(len(load(path).urls) for path in PATHS) > 50
    sound(PATHS, faults)


@pytest.mark.parametrize("host", ["www.testing.lemoniteur.fr", "le-moniteur-staging.web.fr", "gamelow.netlify.app"])
def test_odd_hosts_are_recognised(host: str) -> None:
    assert is_odd(host)


def test_markdown_form() -> None:
    def faults(path: Path) -> Fault:
        body = load(path).body
        if path.suffix == ".html":
            if len(re.findall(r"<h1\b", path.read_text(encoding="utf-8"))) != 1:
                yield "not one h1"
            return
        title = re.findall(r"^# (.+)$", body, re.MULTILINE)
        if [fold(heading) for heading in title] != [fold(load(path).meta["titre"])]:
            yield f"title {title}"
        if re.search(r"[ \t]$", body, re.MULTILINE):
            yield "trailing space"
        if body.count("**") % 2:
            yield "bold left open"
        if "'" in body:
            yield "straight apostrophe in French text"
        if re.search(r"[^\s\u00a0|(][;?!»](?=[\s*]|$)|«(?!\u00a0)", body):
            yield "no-break space missing"

    sound(PATHS, faults)


def test_tables_have_equal_rows() -> None:
    def tables(path: Path) -> list[str]:
        return re.findall(r"(?:^\|.*\n?)+", load(path).body, re.MULTILINE)

    def faults(path: Path) -> Fault:
        for table in tables(path):
            rows = [row.strip().strip("|").split("|") for row in table.strip().splitlines()]
            if {len(row) for row in rows} != {len(rows[0])} or len(rows) <= 2:
                yield f"rows of {table}"
            if not all(cell.strip() for cell in rows[0]):
                yield f"unnamed column: {table}"
            if not all(re.fullmatch(r" *:?-{3,}:? *", cell) for cell in rows[1]):
                yield f"rule of {table}"

    assert sum(len(tables(path)) for path in PATHS) > 5
    sound(PATHS, faults)


def test_question_ids_and_texts_are_unique() -> None:
    for key in ("id", "question"):
        counts = Counter(fold(question[key]) for question in QUESTIONS)
        assert [text for text, count in counts.items() if count > 1] == []


def test_question_form() -> None:
    def faults(question: dict[str, Any]) -> Fault:
        if list(question) != [key for key in KEY_ORDER if key in question]:
            yield f"keys {list(question)}"
        if not {"id", "question", "kind"} <= set(question):
            yield "id, question or kind missing"
        if (question["kind"] == "unanswerable") != (question.get("unanswerable") is True):
            yield "kind and unanswerable differ"
        if (question["kind"] == "followup") != ("history" in question):
            yield "kind and history differ"
        for turn in question.get("history", []):
            if set(turn) != {"role", "content"} or turn["role"] not in {"user", "assistant"}:
                yield f"turn {turn}"
        documents, expected = question.get("documents", []), question.get("expected_facts", [])
        if question.get("unanswerable"):
            if documents or expected:
                yield "unanswerable, with documents or facts"
        elif not (documents and expected) or len(set(documents)) != len(documents):
            yield "no documents, the same twice, or no facts"

    sound(QUESTIONS, faults)


def test_listed_documents_exist() -> None:
    there = {path.name for path in PATHS}
    sound(ANSWERABLE, lambda question: iter(sorted(set(question["documents"]) - there)))


def test_expected_facts_stand_in_a_listed_document() -> None:
    def faults(question: dict[str, Any]) -> Fault:
        bodies = {name: fold(load(CORPUS / "documents" / name).body) for name in question["documents"]}
        for forms in facts(question):
            if not any(holds(body, form) for body in bodies.values() for form in forms):
                yield f"{forms} stands nowhere"
        for name, body in bodies.items():
            if not any(holds(body, form) for forms in facts(question) for form in forms):
                yield f"{name} holds no fact"

    sound(ANSWERABLE, faults)


def test_the_question_does_not_give_its_facts_away() -> None:
    def faults(question: dict[str, Any]) -> Fault:
        asked = fold(" ".join([question["question"], *(turn["content"] for turn in question.get("history", []))]))
        yield from (str(forms) for forms in facts(question) if any(holds(asked, form) for form in forms))

    sound(ANSWERABLE, faults)


def test_every_fault_is_told_with_its_name() -> None:
    with pytest.raises(pytest.fail.Exception, match=r"(?s)a\.md: odd.*b\.md: odd"):
        sound([Path("a.md"), Path("b.md")], lambda path: iter(["odd"]))


@pytest.mark.parametrize(
    ("text", "form", "expected"),
    [
        ("**12,5\u00a0%** des logements", "25 %", False),
        ("**12,5\u00a0%** des logements", "12,5 %", True),
        ("un budget de sept\u00a0millions d’euros", "7 millions", True),
        ("en 2004 rue de Vaugirard", "rue de Vaugirard", True),
        ("1\u00a0160\u00a0millions d’euros", "160 millions", False),
        ("130\u00a0000 logements", "130", False),
    ],
)
def test_holds_respects_word_and_number_boundaries(text: str, form: str, expected: bool) -> None:
    assert holds(fold(text), form) is expected
