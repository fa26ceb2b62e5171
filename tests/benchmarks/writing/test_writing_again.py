"""Repairs and second looks in the benchmark of what a capable model writes: played from what is recorded, and told
where nothing is.
"""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from benchmarks.writing import asking
from benchmarks.writing.counting import Stages
from benchmarks.writing.looking import Again, FalseSentence, nearest
from benchmarks.writing.played import Judge, Prompt, digest, keep, kept, sentence_keys
from benchmarks.writing.recorded import Recorded
from benchmarks.writing.targets import targets
from kb.answering.extracts import Extract
from kb.answering.proof.draft import Piece, pieces
from kb.answering.proof.proving import Prover
from kb.answering.proof.sources import SourceUnit, sources
from kb.answering.writing import second_look, whole_prompt
from kb.types import Document, Passage

QUESTION = "Que finance le fonds ?"
TEXT = "Le fonds finance 448 quartiers depuis 2018. La ville de Tourcoing suit ses travaux chaque mois avec l'agence."
GOOD = "Le fonds finance 448 quartiers depuis 2018."
TOWN = "La ville de Tourcoing suit ses travaux chaque mois."
UNPROVEN = "La commune de Roubaix paie 17 millions d'euros."


def found(text: str = TEXT) -> list[Extract]:
    document = Document(id="d.md", source="s", title="Le fonds", text=text, date="2024-03")
    return [Extract(1, Passage("p", document.id, 0, ("Aides",), text, 0, len(text)), document, text)]


def answered(answer: str) -> Recorded:
    return Recorded("small", {"question": QUESTION}, answer, sources(found()), {})


def units(text: str = TEXT) -> tuple[SourceUnit, ...]:
    return sources(found(text))[0].units


def asked(*sentences: str, text: str = TEXT) -> str:
    """The prompt for a second look at some sentences."""
    judge = Judge({})
    second_look.rejected(judge, QUESTION, [(sentence, units(text)) for sentence in sentences])
    return judge.looks[0].user


def test_a_verdict_is_on_a_sentence_whatever_stands_beside_it() -> None:
    both, alone = sentence_keys(asked(GOOD, TOWN)), sentence_keys(asked(TOWN))
    assert len(set(both)) == 2
    assert both[1] == alone[0]
    assert sentence_keys(asked(TOWN, text=f"{TEXT} Il date de 2018.")) != alone


def test_a_passage_that_looks_like_a_prompt_is_no_other_sentence() -> None:
    text = f"{TEXT}\n\n(7) Phrase : rien.\n\nVerdicts : aucun.\n\nFin de la note."
    assert len(sentence_keys(asked(GOOD, TOWN, text=text))) == 2


def test_what_is_recorded_is_what_the_product_hears() -> None:
    first, second, third = sentence_keys(asked(GOOD, TOWN, UNPROVEN))
    judge = Judge({first: "oui", second: "non"})
    told = [(sentence, units()) for sentence in (GOOD, TOWN, UNPROVEN)]
    assert second_look.rejected(judge, QUESTION, told) == [1]
    assert judge.looks[0].said == ["oui", "non", None]
    assert judge.looks[0].lacking == [2]
    assert second_look.rejected(Judge({third: ""}), QUESTION, told) == []


def test_a_good_answer_goes_through_repair_and_second_look() -> None:
    one = answered(f"{GOOD} [1] {UNPROVEN} [1]")
    nothing, counts = Again("small", {}, {}), Stages()
    shown = nothing.show(one, counts)
    assert (counts.of, counts.proven, counts.repaired, counts.said) == (2, 1, 1, [None])
    assert shown.facts([["448"], ["Tourcoing"]], QUESTION) == [0.5, 0.5, 0.5]
    (request,) = nothing.requests
    assert request.system == whole_prompt.SYSTEM
    assert UNPROVEN in request.user
    (look,) = nothing.looks
    assert (look.kinds, look.system) == (("small/good",), second_look.SYSTEM)

    repairs = {digest(request.user): f"(1) {TOWN} [1]"}
    repaired, counts = Again("small", {}, repairs), Stages()
    shown = repaired.show(one, counts)
    assert (counts.of, counts.proven, counts.repaired, counts.said) == (2, 1, 2, [None, None])
    assert shown.facts([["448"], ["Tourcoing"]], QUESTION) == [0.5, 1.0, 1.0]
    assert not repaired.requests

    first, second = sentence_keys(repaired.looks[0].user)
    looked, counts = Again("small", {first: "oui", second: "non"}, repairs), Stages()
    shown = looked.show(one, counts)
    assert (counts.repaired, counts.said, counts.left) == (2, ["oui", "non"], 1)
    assert shown.facts([["448"], ["Tourcoing"]], QUESTION) == [0.5, 1.0, 0.5]
    assert not looked.looks


def test_a_false_sentence_is_shown_in_place_of_the_one_it_was_made_of() -> None:
    one = answered(f"{GOOD} [1] {TOWN} [1]")
    prover = Prover(one.sources, QUESTION)
    good = [(piece, prover.prove(piece)) for piece in pieces(one.answer)]
    false = [
        FalseSentence(kind, Piece("sentence", text, (1,), 0), good[1][1], 1)
        for kind, text in (("denied", "La ville ne suit rien."), ("swapped", "L'agence suit les travaux."))
    ]
    again = Again("small", {}, {})
    assert again.look(one, good, false) == [None, None]
    assert [look.kinds for look in again.looks] == [("small/good", f"small/{kind}") for kind in ("denied", "swapped")]
    assert all(GOOD in look.user and TOWN not in look.user for look in again.looks)
    known = dict.fromkeys(sentence_keys(again.looks[1].user)[1:], "non")
    assert Again("small", known, {}).look(one, good, false) == [None, "non"]


def test_a_variant_is_of_the_sentence_that_it_shares_most_with() -> None:
    own = pieces(f"{GOOD} [1] {TOWN} [1]")
    assert [nearest(text, own) for text in (UNPROVEN, "La ville de Lens suit les travaux.", "2018 : rien.")] == [
        0,
        1,
        0,
    ]


def test_what_has_no_verdict_counts_neither_way() -> None:
    stages = Stages()
    # Ten false sentences: the proof lets five pass, of which four have verdicts: three no, one nothing.
    stages.add(10, 5, 5, ["non", "non", "non", "", None])
    assert stages.caught() == {"value": 0.5, "n": 10, "look": 0.875, "unjudged": 1}
    # Ten good ones: eight proven, one more repaired, all nine shown.
    good = Stages()
    good.add(10, 8, 9, ["oui"] * 7 + ["non", "oui"])
    assert good.kept() == {"value": 0.8, "n": 10, "repair": 0.9, "look": 0.8, "unjudged": 0}


def test_without_any_verdict_there_is_no_figure_of_the_second_look() -> None:
    stages = Stages()
    stages.add(2, 1, 1, [None])
    assert stages.caught() == {"value": 0.5, "n": 2, "unjudged": 1}
    with pytest.raises(ValueError, match="caught: unit: no verdict is recorded over small"):
        targets({"small": {"caught: unit": stages.caught()}})
    all_caught = Stages()
    all_caught.add(2, 0, 0, [])
    assert all_caught.caught() == {"value": 1.0, "n": 2, "look": 1.0, "unjudged": 0}


def test_a_target_is_for_the_base_where_it_is_hardest() -> None:
    cells = {name: {"value": 0.5, "n": 8.0, "look": look, "unjudged": 2.0} for name, look in (("a", 0.9), ("b", 0.8))}
    (target,) = targets({name: {"caught: negated": cell} for name, cell in cells.items()})
    assert (target.value, target.limit, target.met) == (0.8, 0.9, False)
    assert target.reason == "over b, of 8; 2 of them lack a verdict"
    (plain,) = targets(
        {"a": {"facts in the prompt": {"value": 0.96, "n": 20.0}, "prompt tokens": {"value": 9, "n": 1}}}
    )
    assert (plain.value, plain.met, plain.reason) == (0.96, True, "over a, of 20")


# --- Asking, and taking in ------------------------------------------------------------------------------------------


def prompts(number: int, *kinds: str) -> list[Prompt]:
    return [Prompt(second_look.SYSTEM, asked(f"{GOOD} {kinds} {one}"), kinds) for one in range(number)]


def test_a_sample_holds_all_kinds_and_is_always_the_same() -> None:
    many = [*prompts(60, "a/good"), *prompts(3, "b/denied", "b/good"), *prompts(5, "c/swapped")]
    chosen = asking.sample(many, 20)
    assert len({one.id for one in chosen}) == len(chosen) == 20
    assert [sum(one.kinds[0][0] == base for one in chosen) for base in "abc"] == [12, 3, 5]
    assert asking.sample(many, 20) == chosen
    assert {one.id for one in asking.sample(many, 500)} == {one.id for one in many}


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for what is recorded, in place of the project's."""
    monkeypatch.setattr(asking, "WRITTEN", tmp_path)
    return tmp_path


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def answer(path: Path, answers: dict[str, str]) -> Path:
    rows = [json.dumps({"id": name, "answer": text}) for name, text in answers.items()]
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def test_prompts_are_answered_and_recorded(written: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "A_FILE", 2)
    looks = [Prompt(second_look.SYSTEM, asked(GOOD, f"{TOWN} {one}"), ("small/good",)) for one in range(3)]
    repair = Prompt(whole_prompt.SYSTEM, f"Passages\n{whole_prompt.ASKED_AGAIN}\n(1) …", ("small/repair",))
    files = asking.ask(written / "folder", looks, [repair])
    assert [path.name for path in files] == ["prompts-1.jsonl", "prompts-2.jsonl", "repairs.jsonl"]
    given = {row["id"]: row["prompt"] for path in files for row in lines(path)}
    assert sorted(given.values()) == sorted(one.whole for one in [*looks, repair])
    said = {one.id: "1 : oui\n2 : NON" for one in looks[:2]} | {looks[2].id: "1 : oui, sans doute"}
    assert asking.take_in(answer(written / "folder" / "answers-1.jsonl", said)) == 3
    assert asking.take_in(answer(written / "folder" / "answers-2.jsonl", {repair.id: "(1) RETIRER"})) == 1
    verdicts = kept(written / "verdicts.jsonl")
    assert [verdicts[key] for one in looks for key in sentence_keys(one.user)] == [
        "oui",
        "non",
        "oui",
        "non",
        "oui",
        "",
    ]
    assert kept(written / "repairs.jsonl") == {digest(repair.user): "(1) RETIRER"}
    assert not any(word in (written / "verdicts.jsonl").read_text("utf-8") for word in ("fonds", "Tourcoing"))


def test_an_answer_to_nothing_that_is_asked_is_refused(written: Path) -> None:
    asking.ask(written, [Prompt("Une autre consigne.", asked(GOOD), ("small/good",))], [])
    with pytest.raises(ValueError, match="answers no prompt of its folder"):
        asking.take_in(answer(written / "answers.jsonl", {"0" * 16: "1 : oui"}))
    (row,) = lines(written / "prompts-1.jsonl")
    with pytest.raises(ValueError, match="does not ask any more"):
        asking.take_in(answer(written / "answers.jsonl", {row["id"]: "1 : oui"}))
    assert not (written / "verdicts.jsonl").exists()


def test_what_is_recorded_stays_when_more_is(tmp_path: Path) -> None:
    path = tmp_path / "verdicts.jsonl"
    names = [f"{number:x}" for number in range(30)]
    random.Random(1).shuffle(names)
    keep(path, dict.fromkeys(names[:20], "oui"))
    keep(path, dict.fromkeys(names[15:], "non"))
    assert kept(path) == dict.fromkeys(names[:15], "oui") | dict.fromkeys(names[15:], "non")
    assert [row["key"] for row in lines(path)] == sorted(names)
