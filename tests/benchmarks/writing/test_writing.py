"""The benchmark of what a capable model writes: its enemies do what their names say, its figures are what they say.

Over the bundled corpus alone, with the answers recorded for it: the other bases are no part of the project.
"""

from __future__ import annotations

import json
import random
import re
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from kb.answering.proof.names import proper_names
from kb.knowledge import KnowledgeBase
from kb.models.chat.llm import SERVER_CONTEXT, reading_budget
from kb.models.encoder import Encoder
from kb.text.figures import figures, same_figure
from kb.text.stems import words

pytestmark = pytest.mark.usefixtures("readings_once")
ROOT = Path(__file__).parents[3]
TIMES = {"milliseconds a sentence", "seconds, p50", "seconds, p95", "times an extractive answer"}
NO_SHARES = {"prompt tokens", *TIMES}
ENEMIES = ["figure", "unit", "year", "name", "negated", "swapped figure", "swapped name", "order"]
BY_HAND = ["invented", "recombined", "negated", "swapped_figure", "swapped_name"]
FIGURES = {
    "answerable refused",
    "unanswerable refused",
    "facts in the prompt",
    "facts written",
    "facts shown",
    "good kept",
    "wrong number put right",
    *NO_SHARES,
    *(f"caught: {kind}" for kind in [*ENEMIES, "invented"]),
    *(f"caught, written by hand: {kind}" for kind in BY_HAND),
}
Change = tuple[str, str, Any]
"""A sentence, what an enemy made of it, the sources that it cites."""


@pytest.fixture(scope="module")
def changes(writing: SimpleNamespace, answers: list[Any]) -> dict[str, list[Change]]:
    """What each enemy makes of the sentences recorded, by its name."""
    found: dict[str, list[Change]] = {}
    for one in answers:
        by_number = {source.number: source for source in one.sources}
        for piece in writing.fit.sentences(one.answer):
            cited = [by_number[number] for number in piece.numbers]
            for kind, false in writing.enemies.made([piece], one.sources, random.Random(piece.text)):
                assert (false.kind, false.numbers) == (piece.kind, piece.numbers)
                found.setdefault(kind, []).append((piece.text, false.text, cited))
    return found


def parts(before: str, after: str) -> tuple[str, str]:
    """What stands in `before` alone and in `after` alone: all between the beginning and the end that they share."""
    start = next(
        (place for place, (old, new) in enumerate(zip(before, after, strict=False)) if old != new),
        min(len(before), len(after)),
    )
    longest = min(len(before), len(after)) - start
    end = next(
        (place for place in range(longest) if before[len(before) - 1 - place] != after[len(after) - 1 - place]), longest
    )
    return before[start : len(before) - end], after[start : len(after) - end]


def is_said(figure: Any, cited: Any) -> bool:
    return any(same_figure(one, figure) for source in cited for one in figures(source.text))


def test_the_bases_elsewhere_are_measured_only_where_they_are(
    writing: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert set(writing.recorded.question_files()) == {"corpus"}
    monkeypatch.setenv("REPERES_BENCH_DATA", str(tmp_path))
    assert set(writing.recorded.question_files()) == {"corpus"}
    (tmp_path / "sheets" / "documents").mkdir(parents=True)
    (tmp_path / "sheets" / "questions.jsonl").write_text("", encoding="utf-8")
    assert set(writing.recorded.question_files()) == {"corpus", "sheets"}


def test_the_answers_recorded_are_over_the_corpus_as_it_is(writing: SimpleNamespace, answers: list[Any]) -> None:
    lines = (writing.recorded.WRITTEN / "corpus.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(answers) == len(lines), "passages have changed: the answers over them are left out of every figure"
    for one in answers:
        assert one.question.strip()
        assert one.refuses or writing.fit.sentences(one.answer)
        assert one.refuses == (not one.false)
        numbers = {source.number for source in one.sources}
        assert numbers == set(range(1, len(numbers) + 1))
        assert all(set(piece.numbers) <= numbers for piece in writing.fit.sentences(one.answer))


def test_an_answer_whose_passages_have_changed_is_left_out(
    writing: SimpleNamespace, base: KnowledgeBase, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    first, second, third, fourth, *_ = (
        json.loads(line) for line in (writing.recorded.WRITTEN / "corpus.jsonl").read_text("utf-8").splitlines()
    )
    second["passages"][3][2] = 99_999_999
    third["passages"][0] = ["parti.md", 0, 9]
    fourth["id"] = "no question of that name"
    lines = [json.dumps(row) for row in (first, second, third, fourth)]
    (tmp_path / "corpus.jsonl").write_text("\n".join(lines) + "\n\n", encoding="utf-8")
    monkeypatch.setattr(writing.recorded, "WRITTEN", tmp_path)
    (kept,) = writing.recorded.recorded("corpus", base.catalog)
    assert (kept.row["id"], kept.answer, kept.false) == (first["id"], first["answer"], first["false"])
    for (name, begins, ends), source in zip(first["passages"], kept.sources, strict=True):
        whole, passage = source.extract.document.text, source.extract.passage
        assert (source.extract.document.id, source.extract.text) == (name, whole[passage.start : passage.end])
        assert len("".join(whole[: passage.start].split())) == begins
        assert len("".join(whole[: passage.end].split())) == ends


def test_an_answer_is_kept_where_readers_only_set_spaces_otherwise(
    writing: SimpleNamespace, base: KnowledgeBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = next(writing.recorded.recorded("corpus", base.catalog))
    documents = {
        source.extract.document.id: replace(
            source.extract.document, text=source.extract.document.text.replace(" ", "  ")
        )
        for source in before.sources
    }
    monkeypatch.setattr(base.catalog, "documents", lambda ids: {one: documents[one] for one in ids if one in documents})
    after = next(writing.recorded.recorded("corpus", base.catalog))
    told = [" ".join(source.extract.text.split()) for source in after.sources]
    assert after.row["id"] == before.row["id"]
    assert told == [" ".join(source.extract.text.split()) for source in before.sources]


def test_every_enemy_finds_something_to_change(changes: dict[str, list[Change]]) -> None:
    assert sorted(changes) == sorted(ENEMIES)
    assert min(len(found) for found in changes.values()) >= 30
    assert all(before != after for found in changes.values() for before, after, _ in found)


def test_a_false_figure_has_one_other_digit_and_stands_nowhere(changes: dict[str, list[Change]]) -> None:
    for before, after, cited in changes["figure"]:
        old, new = parts(before, after)
        assert re.fullmatch(r"\d \d", f"{old} {new}"), (before, after)
        strange = [one for one in figures(after) if not any(same_figure(one, own) for own in figures(before))]
        assert not any(is_said(one, cited) for one in strange), after
        assert strange


def test_a_false_unit_is_the_one_word_that_is_another(changes: dict[str, list[Change]]) -> None:
    for before, after, _ in changes["unit"]:
        old, new = (re.findall(r"\w+|[^\w\s]", text) for text in (before, after))
        assert sum(first != second for first, second in zip(old, new, strict=True)) == 1, (before, after)
        assert re.findall(r"\d+", before) == re.findall(r"\d+", after)


def test_a_false_year_is_another_one_that_no_passage_holds(changes: dict[str, list[Change]]) -> None:
    for before, after, cited in changes["year"]:
        years = [re.findall(r"\b(?:19|20)\d\d\b", text) for text in (before, after)]
        (new,) = {new for old, new in zip(*years, strict=True) if old != new}
        assert not any(new in source.text for source in cited)
        assert re.sub(r"\b(?:19|20)\d\d\b", "", before) == re.sub(r"\b(?:19|20)\d\d\b", "", after)


@pytest.mark.parametrize(("kind", "is_there"), [("name", False), ("swapped name", True)])
def test_a_false_name_stands_in_place_of_one(changes: dict[str, list[Change]], kind: str, is_there: bool) -> None:
    for before, after, cited in changes[kind]:
        replaced = [name for name in proper_names(before) if before.count(name) > after.count(name)]
        assert replaced, after
        ways = [
            (before[: match.start()], before[match.end() :])
            for name in replaced
            for match in re.finditer(re.escape(name), before)
        ]
        news = {
            after[len(head) : len(after) - len(tail)]
            for head, tail in ways
            if after.startswith(head) and after.endswith(tail)
        }
        assert news, (before, after)
        assert any(any(set(words(new)) <= source.words for source in cited) is is_there for new in news), (
            before,
            after,
        )


def test_a_swapped_figure_is_of_its_kind_and_another_of_the_passages(changes: dict[str, list[Change]]) -> None:
    for before, after, cited in changes["swapped figure"]:
        own = figures(before)
        told = [unit for source in cited for unit in source.units]
        others = [one for unit in told for one in unit.figures if not any(same_figure(one, mine) for mine in own)]
        made = {
            before[: mine.start] + one.text + before[mine.end :]
            for mine in own
            for one in others
            if one.unit == mine.unit
        }
        assert after in made, (before, after)


def test_a_denial_is_put_in_or_taken_out(changes: dict[str, list[Change]]) -> None:
    denial = re.compile(r"\b(?:ne |n['’])([^.;:]{1,30}?) (?:pas|plus)\b ?")
    for before, after, _ in changes["negated"]:
        with_it, without = (after, before) if len(after) > len(before) else (before, after)
        assert any(
            " ".join(f"{with_it[: match.start()]}{match[1]} {with_it[match.end() :]}".split())
            == " ".join(without.split())
            for match in denial.finditer(with_it)
        ), (before, after)


def test_an_order_is_an_order(writing: SimpleNamespace, changes: dict[str, list[Change]]) -> None:
    assert {after for _, after, _ in changes["order"]} == {writing.enemies.ORDER}


def test_enemies_with_the_same_chance_make_the_same(writing: SimpleNamespace, answers: list[Any]) -> None:
    one = answers[0]
    own = writing.fit.sentences(one.answer)
    first, second = (list(writing.enemies.made(own, one.sources, random.Random(3))) for _ in range(2))
    assert first == second


def test_every_figure_that_is_promised_is_given(
    writing: SimpleNamespace, base: KnowledgeBase, answers: list[Any]
) -> None:
    some = answers[::3]
    table = writing.measured.measure(base, some, {}, {}).table
    assert set(table) == FIGURES
    assert all(cell["n"] > 0 for cell in table.values())
    assert all(0 <= cell["value"] <= 1 for name, cell in table.items() if name not in NO_SHARES)
    assert 0 < table["prompt tokens"]["value"] <= reading_budget(6000, SERVER_CONTEXT)
    assert all(table[name]["value"] > 0 for name in TIMES)
    assert table["prompt tokens"]["n"] == len(some)
    assert table["answerable refused"]["n"] + table["unanswerable refused"]["n"] == len(some)
    assert table["caught: invented"]["n"] == sum(not one.refuses for one in some)
    # What is exact by its nature: a figure, a year that no passage holds, an order.
    assert [table[f"caught: {kind}"]["value"] for kind in ("figure", "year", "order")] == [1, 1, 1]
    again = writing.measured.measure(base, some, {}, {}).table
    assert {name: cell for name, cell in again.items() if name not in TIMES} == {
        name: cell for name, cell in table.items() if name not in TIMES
    }


def test_a_share_is_what_holds_of_all(writing: SimpleNamespace) -> None:
    shares = writing.counting.Shares()
    for held in (True, False, False, 0.5):
        shares.add("kept", held)
    assert shares.table() == {"kept": {"value": 0.375, "n": 4}}


def test_the_command_prints_and_writes_the_figures(
    writing: SimpleNamespace,
    packaged_encoder: Encoder,
    stores: Path,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    lines = (writing.recorded.WRITTEN / "corpus.jsonl").read_text(encoding="utf-8").splitlines()
    (tmp_path / "corpus.jsonl").write_text("\n".join(lines[:4]), encoding="utf-8")
    monkeypatch.setattr(writing.recorded, "WRITTEN", tmp_path)
    monkeypatch.setattr("kb.models.sentence_encoder.load_encoder", lambda _settings: packaged_encoder)
    monkeypatch.setattr(sys, "argv", ["writing", "--stores", str(stores), "--json", str(tmp_path / "figures.json")])
    writing.__main__.main()
    kept = json.loads((tmp_path / "figures.json").read_text(encoding="utf-8"))
    assert set(kept) == {"corpus"}
    printed = capsys.readouterr().out
    for name, cell in kept["corpus"].items():
        assert re.search(rf"^{re.escape(name)} +{cell['n']:.0f} +{cell['value']:.3f}( |$)", printed, re.MULTILINE), name
