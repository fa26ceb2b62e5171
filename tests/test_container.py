"""Dockerfile and compose.yaml, as far as they can be checked without a container engine."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import yaml

from kb.settings import Settings
from kb.web.server import check_host

ROOT = Path(__file__).resolve().parent.parent
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))


def variables() -> dict[str, str]:
    """What the image sets for the application, and what compose adds."""
    set_there = dict(re.findall(r"(REPERES_\w+)=(\S+)", DOCKERFILE))
    for name, value in COMPOSE["services"]["reperes"]["environment"].items():
        set_there[name] = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", str(value))
    return set_there


def test_what_is_copied_into_the_image_exists() -> None:
    copied = re.findall(r"^COPY (?!--from)(?:--\S+ )?(.+) \S+$", DOCKERFILE, re.MULTILINE)
    names = [name for line in copied for name in line.split()]
    assert {"kb", "ingest", "app.py", "corpus", "pyproject.toml"} <= set(names)
    assert all((ROOT / name).exists() for name in names)


def test_every_variable_is_a_setting_and_they_go_together() -> None:
    known = {setting.metadata["variable"] for setting in fields(Settings)}
    given = variables()
    assert set(given) <= known
    settings = Settings.load(given)
    check_host(settings)
    assert settings.auth == "accounts"
    assert settings.llm_model


def test_the_containers_run_with_as_little_as_they_need() -> None:
    assert re.search(r"^USER reperes$", DOCKERFILE, re.MULTILINE)
    for service in COMPOSE["services"].values():
        assert service["cap_drop"] == ["ALL"]
        assert "no-new-privileges:true" in service["security_opt"]
    assert all(port.startswith("127.0.0.1:") for port in COMPOSE["services"]["reperes"]["ports"])
    assert "ports" not in COMPOSE["services"]["llm"]
