"""Training the reader: from the data's lines to weights that the product reads as the training does."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from kb.models.packaged.packed_model import packaged_weights, read_packed
from kb.models.reader.passage_reader import PassageReader
from kb.models.reader.weights import read_weights
from training import export, texts, train
from training.network import JOINED_AT, Reader, reader_of
from training.states import LowerHalf
from training.train import joined, loss_of

SUBJECTS = ("cantine", "piscine", "bibliothèque", "déchetterie", "crèche", "musée")


def _lines(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


def _sheet(number: int, subject: str) -> dict[str, Any]:
    passages = []
    for part, said in (("Prix", f"Le tarif de la {subject} est de {number} euros."), ("Lieu", "Elle est à Lyon.")):
        units = [said, f"La {subject} ouvre le lundi."]
        text = " ".join(units)
        places = [(text.index(unit), text.index(unit) + len(unit)) for unit in units]
        passages.append({"heading": [part], "text": text, "header": "", "units": [[*place, ""] for place in places]})
    return {"doc": f"S{number}", "title": f"La {subject}", "passages": passages}


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of data of the form that the training reads, and questions of ours over it."""
    folder, ours = tmp_path / "data", tmp_path / "questions"
    folder.mkdir()
    ours.mkdir()
    _lines(folder / "sheets.jsonl", [_sheet(number, subject) for number, subject in enumerate(SUBJECTS)])
    _lines(folder / "written.jsonl", [{"doc": "S0", "p": 0, "s": [0], "q": "Prix de la cantine ?"}])
    context = "Le fonds naît en 1990. Il aide trois villes."
    piaf = {"question": "Quand naît le fonds ?", "title": "Fonds", "context": context, "answer": "1990"}
    _lines(folder / "piaf.jsonl", [piaf | {"answer_start": context.index("1990")}])
    answer = "Oui, chacun peut venir à la piscine municipale le mardi et le jeudi, même sans abonnement annuel."
    _lines(folder / "public-qa.jsonl", [{"question": "Puis-je venir ?", "context": answer, "doc_id": "a"}])
    asked = [{"doc": f"S{number}", "p": 0, "s": [0], "q": f"Combien pour la {SUBJECTS[number]} ?"} for number in (1, 2)]
    _lines(
        ours / "sheets-questions.jsonl", [*asked, {"doc": "S3", "p": None, "s": [], "q": "Qui dirige la déchetterie ?"}]
    )
    _lines(ours / "nothing.jsonl", [{"q": "Quel temps fait-il ?"}])
    claims = [("Le tarif de la crèche est de 4 euros.", True), ("Le tarif de la crèche est de 9 euros.", False)]
    _lines(ours / "claims.jsonl", [{"doc": "S4", "p": 0, "claim": text, "true": true} for text, true in claims])
    monkeypatch.setattr(texts, "QUESTIONS", ours)
    monkeypatch.setattr(export, "QUESTIONS", ours)
    return folder


def _words(pool: texts.Pool, group: texts.Group) -> list[str]:
    """The words of the units that answer."""
    return [
        pool.texts[number].text[slice(*pool.texts[number].units[unit])]
        for number, units in group.answers
        for unit in units
    ]


def test_questions_come_with_the_units_that_answer(data: Path) -> None:
    pool = texts.read_pool(data)
    said = {group.question: _words(pool, group) for group in pool.groups if not group.claims}
    assert said == {
        "Combien pour la piscine ?": ["Le tarif de la piscine est de 1 euros."],
        "Combien pour la bibliothèque ?": ["Le tarif de la bibliothèque est de 2 euros."],
        "Qui dirige la déchetterie ?": [],
        "Quand naît le fonds ?": ["Le fonds naît en 1990."],
        "Puis-je venir ?": [pool.texts[-1].text],
        "Quel temps fait-il ?": [],
    }
    (claims,) = (group for group in pool.groups if group.claims)
    assert [true for _, _, true in claims.claims] == [True, False]
    assert all("tarif de la crèche est de 4 euros" in shown for shown, _, _ in claims.claims)


def test_passages_that_do_not_answer_are_those_of_the_same_document_and_of_others(data: Path) -> None:
    pool = texts.read_pool(data)
    group = next(group for group in pool.groups if group.question == "Combien pour la piscine ?")
    assert {pool.texts[number].document for number in group.near} == {"S1"}
    assert group.far
    assert "S1" not in {pool.texts[number].document for number in group.far}


def test_the_sheets_of_the_bench_are_left_out_unless_asked_for(data: Path) -> None:
    asked = {group.question for group in texts.read_pool(data, with_bench=True).groups}
    assert asked - {group.question for group in texts.read_pool(data).groups} == {"Prix de la cantine ?"}


def test_the_loss_is_less_where_the_right_unit_and_passage_stand_out() -> None:
    groups = [[frozenset({1}), None]]
    right, wrong = (torch.tensor([-2.0, value, -2.0]) for value in (3.0, -3.0))
    other = torch.tensor([-2.0, -2.0])
    passages = [torch.tensor(2.0), torch.tensor(-2.0)]
    good = loss_of(groups, passages, [right, other])
    assert good < loss_of(groups, passages, [wrong, other])
    assert good < loss_of(groups, passages[::-1], [right, other])


def test_where_nothing_answers_low_logits_cost_less() -> None:
    low, high = (torch.full((2,), value) for value in (-4.0, 4.0))
    assert loss_of([[None]], [torch.tensor(-4.0)], [low]) < loss_of([[None]], [torch.tensor(4.0)], [high])


def test_training_goes_on_where_it_stopped_and_the_product_reads_as_it_does(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkpoint, weights = tmp_path / "state.pt", tmp_path / "reader.safetensors"
    command = ["train", str(data), str(checkpoint), "--total", "10", "--minutes"]
    for minutes in ("0.02", "0.02"):
        monkeypatch.setattr(sys, "argv", [*command, minutes])
        before = torch.load(checkpoint)["steps"] if checkpoint.exists() else 0
        train.main()
        assert torch.load(checkpoint)["steps"] > before
    monkeypatch.setattr(sys, "argv", ["export", str(checkpoint), str(data), "--to", str(weights)])
    export.main()
    product = PassageReader(tmp_path / "models", "fp32", read_weights(weights))

    network = Reader()
    network.load_state_dict(torch.load(checkpoint)["reader"])
    again = reader_of({name: torch.tensor(value) for name, value in read_weights(weights).tensors.items()})
    for name, value in network.state_dict().items():
        assert torch.allclose(again.state_dict()[name], value, atol=0.02), name  # training goes on from them
    lower = LowerHalf(read_packed(packaged_weights()), JOINED_AT)
    passage = "Le tarif de la piscine est de 1 euro. La piscine ouvre le lundi."
    units = [(0, 37), (38, 64)]
    for question in ("Combien pour la piscine ?", "Quel temps fait-il à Dax en mars ?"):
        pair = (lower.read([question], "query")[0], lower.read([passage], "passage")[0], units)
        with torch.inference_mode():
            relevance, logits, _ = network(*joined([pair])[:4])
        (read,) = product.read(question, [passage], [units])
        # Weights in 8 bits, and a lower half in bfloat16 on the other side.
        assert read.relevance == pytest.approx(relevance.item(), abs=0.6)
        assert np.allclose(read.units, logits[0].numpy(), atol=0.6)
