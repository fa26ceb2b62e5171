"""`reperes calibrate`: what it learns over a small base with the real reader, what it leaves out, what status tells."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import click.testing
import pytest

import app
from ingest.pipeline import ingest
from kb.answering.refusal import calibration_for, shipped_calibration
from kb.knowledge import KnowledgeBase
from kb.models.encoder import Encoder
from kb.models.reader.weights import shipped_weights
from kb.settings import Settings
from tiny_encoder import TinyEncoder

Run = Callable[..., click.testing.Result]

PROGRAMMES = {
    "Alizé": ("les musées de province", "12 millions d'euros", "Jeanne Morel", "mars 2021"),
    "Boréal": ("les ports de pêche", "40 millions d'euros", "Paul Garnier", "juin 2019"),
    "Cascade": ("les moulins à eau", "7 millions d'euros", "Inès Roux", "janvier 2022"),
    "Dune": ("la plantation de haies", "25 millions d'euros", "Marc Petit", "octobre 2018"),
    "Écume": ("les écoles de voile", "3 millions d'euros", "Lucie Blanc", "avril 2023"),
    "Falaise": ("les refuges de montagne", "18 millions d'euros", "Hugo Perrin", "mai 2020"),
    "Garrigue": ("les apiculteurs", "5 millions d'euros", "Sonia Faure", "février 2017"),
    "Horizon": ("les lignes d'autocar", "60 millions d'euros", "Denis Colin", "novembre 2021"),
    "Iris": ("les bibliothèques rurales", "9 millions d'euros", "Anne Leroy", "juillet 2022"),
    "Jonquille": ("les jardins d'enfants", "30 millions d'euros", "Karim Benali", "août 2016"),
    "Kayak": ("les bases de loisirs", "14 millions d'euros", "Élodie Marchand", "décembre 2020"),
    "Lagune": ("les marais salants", "11 millions d'euros", "Yves Caron", "septembre 2023"),
}
NOTHING = """Qui a composé le Boléro ?
Comment cuire un œuf à la coque ?
Quelle est la capitale du Pérou ?
Combien de joueurs compte une équipe de rugby ?
Pourquoi le ciel est-il bleu ?
Qui a peint la Joconde ?
Quelle est la vitesse de la lumière ?
Comment réparer une fuite de robinet ?
Quand a eu lieu la bataille de Marignan ?
Qui est le président du Brésil ?
Combien de pattes a une araignée ?
Quel est le plus haut sommet d'Afrique ?
Comment apprendre à jouer du piano ?
Quelle langue parle-t-on au Québec ?
Qui a écrit Les Misérables ?
Comment nourrir un chaton de deux mois ?
Quel temps fera-t-il dimanche ?
Combien pèse un éléphant adulte ?
Qui a inventé le téléphone ?
Où dorment les hirondelles en hiver ?""".splitlines()


def answerable(number: int) -> list[dict[str, Any]]:
    """Questions on the programmes, of which the documents give the budget and who directs them."""
    asked: list[dict[str, Any]] = []
    for name in PROGRAMMES:
        for question in (f"Quel est le budget du programme {name} ?", f"Qui dirige le programme {name} ?"):
            asked.append({"id": f"a{len(asked)}", "question": question, "documents": [f"{name.lower()}.md"]})
    return asked[:number]


def unanswerable(number: int) -> list[dict[str, Any]]:
    return [{"id": f"n{place}", "question": text, "unanswerable": True} for place, text in enumerate(NOTHING[:number])]


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    folder = tmp_path / "programmes"
    folder.mkdir()
    for name, (helped, budget, director, began) in PROGRAMMES.items():
        text = f"# Le programme {name}\n\nLe programme {name} aide {helped}. Son budget est de {budget}.\n\n"
        text += f"{director} dirige le programme {name}, qui a commencé en {began}.\n"
        (folder / f"{name.lower()}.md").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def run(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs `reperes` over this test's own store, and checks its exit code."""
    monkeypatch.setenv("REPERES_STORE", str(settings.store))

    def command(*arguments: str | Path, code: int = 0) -> click.testing.Result:
        result = click.testing.CliRunner().invoke(app.reperes, [str(argument) for argument in arguments])
        assert result.exit_code == code, result.output
        return result

    return command


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Writes questions as a file, and gives its path."""

    def written(*questions: dict[str, Any]) -> Path:
        path = tmp_path / "q.jsonl"
        path.write_text("\n".join(map(json.dumps, questions)), encoding="utf-8")
        return path

    return written


def own(settings: Settings, **changed: Any) -> None:
    """Puts a calibration beside the store."""
    half = {"weights": {"coverage": 1.0}, "means": {"coverage": 0.0}, "spreads": {"coverage": 1.0}, "bias": 0.0}
    fitted = {"reader": shipped_weights().identity, "fitted": "2026-11-28", "said": half, "spoken": half, "near": 0.1}
    fitted |= {"thresholds": {"low": 0.2, "normal": 0.5, "high": 0.8}}
    settings.calibration.write_text(json.dumps(fitted | changed), encoding="utf-8")


def test_a_base_learns_when_to_refuse_from_its_own_questions(
    run: Run,
    settings: Settings,
    documents: Path,
    packaged_encoder: Encoder,
    cache_folder: Path,
    write: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("REPERES_CACHE", str(cache_folder))
    ingest([documents], settings, packaged_encoder)
    settings.calibration.write_text("une ancienne version, abîmée", encoding="utf-8")
    former = [{"role": "user", "content": "Et Boréal ?"}]
    left_out = [
        {"id": "suite", "question": "Et son budget ?", "history": former},
        {"id": "proposée", "question": "Quel budget ?", "reviewed": False},
    ]
    path = write(*answerable(20), *unanswerable(20), *left_out)

    told = run("calibrate", path)
    assert "réglage de cette base est illisible" in told.stderr
    assert "20 avec une réponse dans la base, 20 sans réponse" in told.stdout
    assert "Laissées de côté : 1 pas encore relues, 1 suites d'une conversation." in told.stdout
    assert "prudence normale (en service) : sans réponse" in told.stdout
    assert "prochain démarrage" in told.stdout

    kept = json.loads(settings.calibration.read_text(encoding="utf-8"))
    assert kept["encoder"] == packaged_encoder.identity
    assert kept["reader"] == shipped_weights().identity
    assert (kept["answerable"], kept["unanswerable"], list(kept["questions"])) == (20, 20, ["q.jsonl"])
    assert kept["auc"] > 0.9
    shipped = shipped_calibration()
    assert (kept["spoken"], kept["near"]) == (shipped.spoken.kept(), shipped.near)  # not learnt anew
    assert kept["said"] != shipped.said.kept()
    assert calibration_for(settings.calibration, kept["reader"]).thresholds == kept["thresholds"]
    (line,) = (line for line in told.stdout.splitlines() if "prudence forte" in line)
    of_unanswerable, of_answerable = map(int, re.findall(r"→ (\d+) %", line))
    assert of_unanswerable > 80
    assert of_answerable <= 12
    assert not list(settings.store.parent.glob("*.new"))

    assert f"réglage de cette base (du {kept['fitted']})" in run("status").stdout
    assert "revient" in run("calibrate", "--remove").stdout
    assert not settings.calibration.exists()
    assert "Cette base n'a pas de réglage propre" in run("calibrate", "--remove").stdout


def test_the_base_answers_by_its_own_calibration_once_it_is_opened_anew(
    settings: Settings, documents: Path, cache_folder: Path
) -> None:
    ingest([documents], settings, TinyEncoder())
    here = replace(settings, cache=cache_folder)
    question = "Quel est le budget du programme Lagune ?"

    def opened(caution: str = "normal") -> KnowledgeBase:
        return KnowledgeBase.open(replace(here, caution=caution), TinyEncoder())

    own(settings, thresholds={"low": 0.0, "normal": 0.0, "high": 2.0})
    with opened() as base:
        assert "11 millions" in base.ask(question).text
        own(settings, thresholds={"low": 0.0, "normal": 2.0, "high": 2.0})
        assert not base.ask(question).refused
    with opened() as base:
        refused = base.ask(question)
        assert (refused.refused, refused.reason) == (True, "unsaid")
    with opened("low") as base:
        assert not base.ask(question).refused
    own(settings, near=2.0, thresholds={"low": 2.0, "normal": 2.0, "high": 2.0})
    with opened("low") as base:
        assert base.ask(question).reason == "insufficient"


def test_a_question_that_cannot_be_asked_is_left_out_and_ends_with_1(
    run: Run,
    settings: Settings,
    documents: Path,
    cache_folder: Path,
    write: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("REPERES_CACHE", str(cache_folder))
    monkeypatch.setattr("kb.models.sentence_encoder.load_encoder", lambda _: TinyEncoder())
    ingest([documents], settings, TinyEncoder())
    path = write(*answerable(20), *unanswerable(20), {"id": "vide", "question": "?!", "unanswerable": True})
    told = run("calibrate", path, "--json", code=1)
    found = json.loads(told.stdout)
    (failed,) = found["failed"]
    assert (failed["id"], "La question est vide" in failed["reason"]) == ("vide", True)
    assert found["questions"] == {"answerable": 20, "unanswerable": 20}
    assert found["left_out"] == {"unreviewed": 0, "conversations": 0}
    assert list(found["refused"]) == ["low", "normal", "high"]
    assert found["restart_needed"]
    assert settings.calibration.exists()

    path = write(*answerable(20), *unanswerable(19), {"id": "vide", "question": "?!", "unanswerable": True})
    assert "19 sans réponse" in run("calibrate", path, code=2).stderr


@pytest.mark.parametrize(
    ("with_answer", "without", "told"),
    [(19, 20, "19 questions avec une réponse dans la base et 20 sans"), (20, 3, "et 3 sans réponse")],
)
def test_with_too_few_questions_nothing_is_written(
    run: Run, settings: Settings, write: Callable[..., Path], with_answer: int, without: int, told: str
) -> None:
    path = write(*answerable(with_answer), *unanswerable(without))
    shown = run("calibrate", path, code=2).stderr
    assert told in shown
    assert "au moins 20 de chaque sorte" in shown
    assert "au moins 20" in json.loads(run("calibrate", path, "--json", code=2).stdout)["error"]
    assert not settings.calibration.exists()


def test_what_nobody_has_reviewed_counts_for_nothing(run: Run, write: Callable[..., Path]) -> None:
    proposed = [question | {"reviewed": False} for question in answerable(20)]
    shown = run("calibrate", write(*proposed, *unanswerable(20)), code=2).stderr
    assert "0 questions avec une réponse" in shown
    assert "Laissées de côté : 20 pas encore relues." in shown


def test_without_a_base_or_with_a_file_that_cannot_be_read_nothing_is_learnt(
    run: Run, write: Callable[..., Path], tmp_path: Path
) -> None:
    assert "reperes ingest" in run("calibrate", write(*answerable(20), *unanswerable(20)), code=2).stderr
    path = tmp_path / "faux.jsonl"
    path.write_text("{\n", encoding="utf-8")
    assert "faux.jsonl : 1 erreur" in run("calibrate", path, code=2).stderr
    assert "--remove" in run("calibrate", code=2).stderr
    assert "--remove" in run("calibrate", path, "--remove", code=2).stderr


@pytest.fixture
def told(run: Run, settings: Settings, documents: Path) -> Callable[[], tuple[str, dict[str, Any]]]:
    """What `reperes status` says of refusals, to people and to programs."""
    ingest([documents], settings, TinyEncoder())

    def status() -> tuple[str, dict[str, Any]]:
        text = run("status").stdout
        refusals: dict[str, Any] = json.loads(run("status", "--json").stdout)["refusals"]
        return text, refusals

    return status


def test_status_tells_which_calibration_decides(
    settings: Settings, told: Callable[[], tuple[str, dict[str, Any]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    text, refusals = told()
    assert "Refus : prudence normale, réglage fourni avec Repères" in text
    shipped = {"in_use": "shipped", "fitted": shipped_calibration().fitted}
    assert refusals == {"caution": "normal", **shipped, "ignored": None}

    own(settings)
    monkeypatch.setenv("REPERES_CAUTION", "high")
    text, refusals = told()
    assert "Refus : prudence forte, réglage de cette base (du 2026-11-28)." in text
    assert refusals == {"caution": "high", "in_use": "own", "fitted": "2026-11-28", "ignored": None}


def test_status_tells_why_ones_own_calibration_is_ignored(
    settings: Settings, told: Callable[[], tuple[str, dict[str, Any]]]
) -> None:
    own(settings, reader="lecteur@ancien")
    text, refusals = told()
    assert "Refus : prudence normale, réglage fourni avec Repères" in text
    assert "Celui de cette base (du 2026-11-28) est ignoré : il a été fait avec un autre modèle de lecture" in text
    assert refusals["in_use"] == "shipped"
    assert "lecteur@ancien" in refusals["ignored"]["why"]

    one: dict[str, Any] = {part: {"best_unit": 1.0} for part in ("weights", "means", "spreads")}
    own(settings, **one, bias=0.0)  # before there were two regressions
    assert "est ignoré : il a été fait avec une autre version de Repères." in told()[0]


def test_status_is_told_of_a_damaged_calibration_that_keeps_the_base_from_opening(
    settings: Settings, told: Callable[[], tuple[str, dict[str, Any]]]
) -> None:
    settings.calibration.write_text("{", encoding="utf-8")
    text, refusals = told()
    assert f"Le réglage des refus {settings.calibration} est illisible" in text
    assert "reperes calibrate --remove" in text
    assert "illisible" in refusals["error"]
