"""Dockerfile and compose.yaml, as far as they can be checked without a container engine."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest
import yaml

from kb.index.postgresql.server import Server
from kb.settings import Settings
from kb.web.server import check_host

ROOT = Path(__file__).resolve().parent.parent
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))


def variables(service: str) -> dict[str, str]:
    """What the image sets for the application, and what compose adds."""
    set_there = dict(re.findall(r"(REPERES_\w+)=(\S+)", DOCKERFILE))
    for name, value in COMPOSE["services"][service]["environment"].items():
        set_there[name] = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", str(value))
    return set_there


def test_what_is_copied_into_the_image_exists() -> None:
    copied = re.findall(r"^COPY (?!--from)(?:--\S+ )?(.+) \S+$", DOCKERFILE, re.MULTILINE)
    names = [name for line in copied for name in line.split()]
    assert {"kb", "ingest", "app.py", "corpus", "pyproject.toml"} <= set(names)
    assert all((ROOT / name).exists() for name in names)


@pytest.mark.parametrize("service", ["reperes", "replica-1", "replica-2"])
def test_every_variable_is_a_setting_and_they_go_together(service: str) -> None:
    known = {setting.metadata["variable"] for setting in fields(Settings)}
    given = variables(service)
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
    assert {name for name, service in COMPOSE["services"].items() if "ports" in service} == {"reperes", "proxy"}


def test_replicas_share_the_database_and_the_added_files_and_nothing_else() -> None:
    services = COMPOSE["services"]
    one, other = variables("replica-1"), variables("replica-2")
    assert one == other
    settings = Settings.load(one)
    Server(settings.database)
    assert settings.uploads is not None
    mounted = [
        dict(volume.split(":")[::-1] for volume in services[name]["volumes"]) for name in ("replica-1", "replica-2")
    ]
    assert mounted[0][str(settings.uploads)] == mounted[1][str(settings.uploads)]
    assert mounted[0]["/data"] != mounted[1]["/data"]
    assert f"/data {settings.uploads}" in DOCKERFILE  # the account of the image may write there
    # The proxy is believed about where people call from, and asks both whether they can answer.
    (network,) = COMPOSE["networks"]["behind"]["ipam"]["config"]
    assert settings.proxy_addresses == network["subnet"]
    proxy = COMPOSE["configs"]["proxy"]["content"]
    assert "reverse_proxy replica-1:7860 replica-2:7860" in proxy
    assert "health_uri /readyz" in proxy
    assert "Host {$$SITE}" in proxy  # of another name the application would know nothing
    # What the processes that make a graph share has room (it fails for want of it, not before a base is large).
    told = dict(option.split("=") for option in services["database"]["command"] if "=" in option)
    sizes = [told["maintenance_work_mem"], services["database"]["shm_size"]]
    memory, shared = (int(size.lower().removesuffix("gb")) for size in sizes)
    assert memory < shared
    # Who wants the application alone starts nothing of all this.
    assert {name for name, service in services.items() if "profiles" not in service} == {"reperes", "llm"}
