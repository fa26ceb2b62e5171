"""What a provider says of a person."""

from __future__ import annotations

from typing import Any

import pytest

from kb.web.auth.claims import name_of, signatures

ODD: list[Any] = [None, "", " ", 0, 5, True, False, [], ["anne@anru.example"], {"name": "anne"}, 1.5, "a" * 201]


@pytest.mark.parametrize("name", [*ODD, "anne\n", " anne", "an\u202ene", "an\x00ne", "anne\u2028"])
def test_what_is_no_name_names_nobody(name: Any) -> None:
    assert name_of({"sub": name}, "sub") is None


def test_a_name_is_taken_as_it_is() -> None:
    assert name_of({"sub": "5"}, "sub") == "5"
    assert name_of({"preferred_username": "Éloïse d'Arc"}, "preferred_username") == "Éloïse d'Arc"
    assert name_of({"email": "a@b.example"}, "email") == "a@b.example"
    assert name_of({}, "email") is None


@pytest.mark.parametrize(
    "verified", [False, "false", "False", "", "no", 0, 1, None, [], [True], {}, {"value": True}, "1"]
)
def test_an_address_that_is_not_plainly_verified_is_anybodys(verified: Any) -> None:
    assert name_of({"email": "a@b.example", "email_verified": verified}, "email") is None
    assert name_of({"sub": "a", "email_verified": verified}, "sub") == "a"


@pytest.mark.parametrize("verified", [True, "true"])
def test_an_address_that_is_verified_names_somebody(verified: Any) -> None:
    assert name_of({"email": "a@b.example", "email_verified": verified}, "email") == "a@b.example"


@pytest.mark.parametrize(
    ("told", "taken"),
    [
        (["RS256"], ["RS256"]),
        (["none", "HS256", "ES256", "RS512"], ["RS512", "ES256"]),
        (["none"], ["RS256"]),
        (["HS256"], ["RS256"]),
        ("none RS512", ["RS256"]),
        ([], ["RS256"]),
        ([None, 5, ["none"]], ["RS256"]),
        (None, ["RS256"]),
    ],
)
def test_only_signatures_of_the_provider_alone_are_taken(told: Any, taken: list[str]) -> None:
    assert signatures({"id_token_signing_alg_values_supported": told}) == taken
