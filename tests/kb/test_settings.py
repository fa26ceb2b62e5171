"""Settings: where a value comes from, and what a bad one says."""

from __future__ import annotations

import dataclasses
from dataclasses import fields
from pathlib import Path

import platformdirs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.errors import ReperesError, SettingsError
from kb.settings import PACKAGED_MODEL, Settings


def test_defaults_hold_in_an_empty_environment() -> None:
    settings = Settings.load({})
    assert settings.store == Path(".reperes")
    assert settings.cache == Path(platformdirs.user_cache_dir("reperes"))
    assert settings.corpus == Path("corpus/documents")
    assert (settings.embedding_model, settings.embedding_revision) == (PACKAGED_MODEL, "")
    assert (settings.embedding_dtype, settings.embedding_backend) == ("auto", "auto")
    assert (settings.host, settings.port) == ("127.0.0.1", 7860)


def test_an_option_wins_over_the_environment_and_that_over_the_default() -> None:
    environ = {"REPERES_PORT": "8001", "REPERES_STORE": "/srv/base"}
    assert Settings.load(environ, port=8002).port == 8002
    assert Settings.load(environ).port == 8001
    assert Settings.load(environ, port=None).port == 8001, "None means: not given on the command line"
    assert Settings.load(environ).store == Path("/srv/base")
    assert Settings.load({"REPERES_STORE": "/srv/base"}).port == 7860


def test_an_option_hides_even_a_bad_value_of_the_environment() -> None:
    assert Settings.load({"REPERES_PORT": "no"}, port=0).port == 0


def test_an_empty_variable_counts_as_absent() -> None:
    assert Settings.load({"REPERES_PORT": "", "REPERES_STORE": ""}) == Settings.load({})


def test_the_process_environment_is_read_when_none_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REPERES_EMBEDDING_DTYPE", "fp32")
    assert Settings.load().embedding_dtype == "fp32"
    assert Settings.load({}).embedding_dtype == "auto"


def test_other_variables_are_left_alone() -> None:
    assert Settings.load({"PORT": "1", "STORE": "x", "REPERES_UNKNOWN": "y"}) == Settings.load({})


def test_paths_know_the_home_folder() -> None:
    assert Settings.load({"REPERES_STORE": "~/base"}).store == Path.home() / "base"


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        ("REPERES_PORT", "web", "il faut un nombre entier de 0 à 65535"),
        ("REPERES_PORT", "7860.5", "il faut un nombre entier de 0 à 65535"),
        ("REPERES_PORT", "-1", "il faut un nombre entier de 0 à 65535"),
        ("REPERES_PORT", "65536", "il faut un nombre entier de 0 à 65535"),
        ("REPERES_MAX_FILE_MB", "0", "il faut un nombre entier de 1 à 10000"),
        ("REPERES_MAX_FILE_MB", "10001", "il faut un nombre entier de 1 à 10000"),
        ("REPERES_MAX_TEXT_MB", "dix", "il faut un nombre entier de 1 à 1000"),
        ("REPERES_EMBEDDING_DTYPE", "float32", "valeurs possibles : auto, fp32, bf16, int8"),
        ("REPERES_EMBEDDING_DTYPE", "BF16", "valeurs possibles : auto, fp32, bf16, int8"),
        ("REPERES_EMBEDDING_BACKEND", "openvino", "valeurs possibles : auto, onnx, torch"),
        ("REPERES_LLM_CONTEXT", "1023", "il faut 0, ou un nombre entier de 1024 à 1000000"),
        ("REPERES_LLM_CONTEXT", "1", "il faut 0, ou un nombre entier de 1024 à 1000000"),
        ("REPERES_LLM_CONTEXT", "1000001", "il faut 0, ou un nombre entier de 1024 à 1000000"),
        ("REPERES_LLM_CONTEXT", "-1", "il faut 0, ou un nombre entier de 1024 à 1000000"),
        ("REPERES_LLM_CONTEXT", "16k", "il faut 0, ou un nombre entier de 1024 à 1000000"),
        ("REPERES_LLM_BUDGET", "499", "il faut un nombre entier de 500 à 200000"),
        ("REPERES_LLM_PROFILE", "WHOLE", "valeurs possibles : auto, whole, sentences"),
        ("REPERES_LOG_QUESTIONS", "peut-être", "valeurs possibles : yes, no"),
        ("REPERES_STORE", "   ", "le chemin est vide"),
        ("REPERES_CACHE", " ", "le chemin est vide"),
        ("REPERES_CORPUS", "\t", "le chemin est vide"),
    ],
)
def test_a_bad_value_is_named_with_its_variable(variable: str, value: str, says: str) -> None:
    with pytest.raises(SettingsError) as raised:
        Settings.load({variable: value})
    assert str(raised.value) == f"{variable}={value} : {says}."
    assert isinstance(raised.value, ReperesError)


@pytest.mark.parametrize(
    ("variable", "name", "low", "high"),
    [
        ("REPERES_PORT", "port", 0, 65535),
        ("REPERES_MAX_FILE_MB", "max_file_mb", 1, 10_000),
        ("REPERES_MAX_TEXT_MB", "max_text_mb", 1, 1_000),
        ("REPERES_LLM_CONTEXT", "llm_context", 1_024, 1_000_000),
        ("REPERES_LLM_BUDGET", "llm_budget", 500, 200_000),
    ],
)
def test_both_ends_of_a_range_are_allowed(variable: str, name: str, low: int, high: int) -> None:
    assert getattr(Settings.load({variable: str(low)}), name) == low
    assert getattr(Settings.load({variable: str(high)}), name) == high


def test_zero_stands_apart_from_a_range() -> None:
    assert Settings.load({"REPERES_LLM_CONTEXT": "0"}).llm_context == 0


@pytest.mark.parametrize(("value", "kept"), [("yes", True), ("no", False), ("Oui", True), ("non", False)])
def test_yes_and_no(value: str, kept: bool) -> None:
    assert Settings.load({"REPERES_LOG_QUESTIONS": value}).log_questions is kept


@pytest.mark.parametrize("value", ["no", "yes", "mistral-large"])
def test_a_second_look_is_none_the_same_model_s_or_another_s(value: str) -> None:
    assert Settings.load({"REPERES_LLM_CHECK": value}).llm_check == value


@pytest.mark.parametrize(
    ("value", "kept"), [("oui", "yes"), (" Non ", "no"), ("YES", "yes"), ("Auto", "auto"), ("", "auto")]
)
def test_a_second_look_in_french_is_no_name_of_a_model(value: str, kept: str) -> None:
    assert Settings.load({"REPERES_LLM_CHECK": value}).llm_check == kept


@given(st.text(min_size=1))
def test_any_text_in_a_numeric_variable_gives_a_port_or_a_settings_error(value: str) -> None:
    try:
        port = Settings.load({"REPERES_PORT": value}).port
    except SettingsError as error:
        said = str(error)
    else:
        said = f"REPERES_PORT={value}" if 0 <= port <= 65535 else ""
    assert said.startswith(f"REPERES_PORT={value}")


def test_a_home_folder_of_nobody_is_a_bad_value() -> None:
    with pytest.raises(SettingsError, match=r"^REPERES_STORE=~nobody-of-that-name/base : "):
        Settings.load({"REPERES_STORE": "~nobody-of-that-name/base"})


def test_an_unknown_option_is_a_mistake_of_the_program() -> None:
    with pytest.raises(TypeError, match="colour"):
        Settings.load({}, colour="blue")


def test_settings_do_not_change() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Settings.load({}).port = 1  # type: ignore[misc]


def test_every_setting_has_one_variable_of_its_own_named_after_it() -> None:
    variables = {setting.name: setting.metadata["variable"] for setting in fields(Settings)}
    assert variables == {name: f"REPERES_{name.upper()}" for name in variables}
    assert all(
        setting.metadata["meaning"].strip() and setting.metadata["shown"].strip() for setting in fields(Settings)
    )
