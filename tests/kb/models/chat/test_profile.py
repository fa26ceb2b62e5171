"""What a model reads, by what it was measured to do; and how measurements are kept."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from kb.errors import ModelError
from kb.models.chat import kept_measurements
from kb.models.chat.kept_measurements import keep, kept, place_of, subject_of_server, this_processor
from kb.models.chat.opening import open_chat_model, open_local_model
from kb.models.chat.profile import Measurement, choose
from kb.settings import Settings
from measured_models import FAST, SLOW, STEADY, install_weights

URL = "http://127.0.0.1:1/v1"


@pytest.mark.parametrize(
    ("measured", "profile", "by_default", "why"),
    [
        (None, "sentences", False, "pas encore mesuré"),
        (FAST, "whole", True, "lit 2457 jetons de passages en 2,5 s"),
        (replace(FAST, read_speed=308.0), "whole", True, "8 s"),
        (replace(FAST, read_speed=306.0), "sentences", True, "plus de 8 s"),
        (replace(FAST, cited=0), "sentences", True, "ne cite pas"),
        (replace(FAST, refuses=False), "sentences", True, "ne refuse pas"),
        (STEADY, "sentences", True, "lui prendrait 28 s"),
        # 380 / 38 = 10 s of reading, and 220 / 44 = 5 s of writing: 15 s, not more.
        (replace(STEADY, read_speed=38.0, written_speed=44.0), "sentences", True, "plus de 8 s"),
        (replace(STEADY, read_speed=38.0, written_speed=43.9), "sentences", False, "trop lent"),
        (SLOW, "sentences", False, "42 s pour une réponse"),
    ],
)
def test_a_local_model_earns_what_it_reads(
    measured: Measurement | None, profile: str, by_default: bool, why: str
) -> None:
    choice = choose("auto", measured, local=True, budget=2457)
    assert (choice.profile, choice.by_default) == (profile, by_default)
    assert why in choice.why


@pytest.mark.parametrize(
    ("measured", "profile"),
    [
        (None, "whole"),
        (FAST, "whole"),
        (SLOW, "whole"),
        (replace(FAST, refuses=False), "whole"),
        (replace(FAST, reads_long=None), "whole"),
        (replace(FAST, cited=0), "sentences"),
        (replace(FAST, reads_long=False), "sentences"),
    ],
)
def test_a_server_reads_whole_passages_unless_it_cannot(measured: Measurement | None, profile: str) -> None:
    choice = choose("auto", measured, local=False, budget=6000)
    assert (choice.profile, choice.by_default) == (profile, True)


@pytest.mark.parametrize("asked", ["whole", "sentences"])
@pytest.mark.parametrize("local", [True, False])
def test_what_is_asked_for_wins_and_the_model_is_used(asked: str, local: bool) -> None:
    choice = choose(asked, SLOW, local=local, budget=6000)
    assert (choice.profile, choice.by_default) == (asked, True)
    assert f"REPERES_LLM_PROFILE={asked}" in choice.why


def test_a_measurement_is_kept_for_its_model_and_processor(settings: Settings) -> None:
    keep(settings, FAST)
    keep(settings, replace(SLOW, subject="sha256:bb"))
    assert kept(settings, FAST.subject, FAST.processor) == FAST
    assert kept(settings, "sha256:bb", SLOW.processor) == replace(SLOW, subject="sha256:bb")
    assert kept(settings, FAST.subject, "un autre processeur") is None
    keep(settings, replace(FAST, read_speed=1.5))
    found = kept(settings, FAST.subject, FAST.processor)
    assert found is not None
    assert found.read_speed == 1.5
    assert len(list((settings.cache / kept_measurements.FOLDER).iterdir())) == 2


@pytest.mark.parametrize(
    "changed",
    [
        {"form": 0},
        {"read_speed": 0},
        {"written_speed": "vite"},
        {"read_speed": None},
        {"subject": "sha256:autre"},
        {"reads_long": "oui"},
        {"cited": 1.5},
        {"refuses": 1},
    ],
)
def test_what_is_no_measurement_of_ours_is_left_alone(settings: Settings, changed: dict[str, object]) -> None:
    path = keep(settings, FAST)
    said = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(said | changed), encoding="utf-8")
    assert kept(settings, FAST.subject, FAST.processor) is None
    for text in ("", "{", "[]", "null", '"x"', "[" * 9_000, json.dumps({"form": 1}), "\udcff"):
        path.write_bytes(text.encode("utf-8", "surrogateescape"))
        assert kept(settings, FAST.subject, FAST.processor) is None


def test_a_cache_that_cannot_be_written_is_told(settings: Settings) -> None:
    settings.cache.parent.mkdir(parents=True, exist_ok=True)
    settings.cache.write_text("un fichier", encoding="utf-8")
    with pytest.raises(ModelError, match="REPERES_CACHE"):
        keep(settings, FAST)
    assert kept(settings, FAST.subject, FAST.processor) is None


def test_no_secret_of_an_address_is_kept() -> None:
    address = "https://nom:secret@serveur.example:8000/v1/?cle=secret#secret"
    assert place_of(address) == "https://serveur.example:8000/v1"
    assert subject_of_server(address, "mistral") == "https://serveur.example:8000/v1 mistral"


def test_a_processor_is_told_by_its_name_cores_and_what_it_can_do(tmp_path: Path) -> None:
    said = []
    for number, flags in enumerate(("avx2", "avx2 avx512_vnni")):
        cpuinfo = tmp_path / str(number)
        cpuinfo.write_text(f"processor : 0\nmodel name : Ryzen\nflags : {flags}\n\nprocessor : 1\n", encoding="utf-8")
        said.append(this_processor(cpuinfo))
    assert all(name.startswith("Ryzen, ") for name in said)
    assert said[0] != said[1]
    assert this_processor(tmp_path / "absent")


def test_an_endpoint_is_opened_as_it_was_measured(settings: Settings) -> None:
    endpoint = replace(settings, llm_url=URL, llm_model="m")
    opened = open_chat_model(endpoint)
    assert opened is not None
    assert (opened.profile, opened.by_default, opened.subject) == ("whole", True, f"{URL} m")
    keep(settings, replace(FAST, subject=opened.subject, processor="", cited=0))
    again = open_chat_model(endpoint)
    assert again is not None
    assert (again.profile, again.by_default) == ("sentences", True)
    other = open_chat_model(replace(endpoint, llm_model="autre"))
    assert other is not None
    assert other.profile == "whole"


def test_a_local_model_is_opened_as_it_was_measured_on_this_processor(settings: Settings) -> None:
    subject = install_weights(settings)
    unknown = open_local_model(settings)
    assert unknown is not None
    assert (unknown.profile, unknown.by_default) == ("sentences", False)
    keep(settings, replace(FAST, subject=subject, processor="un autre processeur"))
    elsewhere = open_local_model(settings)
    assert elsewhere is not None
    assert "pas encore mesuré" in elsewhere.why
    keep(settings, replace(SLOW, subject=subject, processor=this_processor()))
    slow = open_local_model(settings)
    assert slow is not None
    assert not slow.by_default
    assert "trop lent" in slow.why
    asked = open_local_model(replace(settings, llm_profile="whole"))
    assert asked is not None
    assert (asked.profile, asked.by_default) == ("whole", True)
    keep(settings, replace(FAST, subject=subject, processor=this_processor()))
    fast = open_local_model(settings)
    assert fast is not None
    assert fast.profile == "whole"
    # With a larger context it would be given more than it reads in eight seconds.
    larger = open_local_model(replace(settings, llm_context=32_768, llm_budget=12_000))
    assert larger is not None
    assert larger.profile == "sentences"
