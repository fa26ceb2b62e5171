"""What a provider's token says of a person, taken at its word only where the word is one: no other type, no guess.

Nothing in a token makes an editor: what somebody may do is written in REPERES_EDITORS. What they may read of restricted
sources follows from the groups that it lists.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kb.web.auth.gate import LONGEST_NAME

# Signed with a key that the provider alone has. What it says it supports may also hold `none`, and ciphers whose key
# is the client's secret.
_SIGNED = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")


def signatures(metadata: Mapping[str, Any]) -> list[str]:
    """The signatures that are taken, of those that a provider says it makes; RS256 when it says nothing usable."""
    told = metadata.get("id_token_signing_alg_values_supported")
    return [name for name in _SIGNED if isinstance(told, list) and name in told] or ["RS256"]


def expected(issuer: object, client: str) -> dict[str, dict[str, Any]]:
    """Who must have made a token, and for whom: the options of Authlib's claims."""
    return {
        "iss": {"essential": True, "values": [issuer]},
        "aud": {"essential": True, "values": [client]},
        "sub": {"essential": True},
    }


def name_of(claims: Mapping[str, Any], claim: str) -> str | None:
    """The name that `claim` gives; None for one that is no name, or an address that may be anybody's."""
    name = claims.get(claim)
    if not isinstance(name, str) or not name or len(name) > LONGEST_NAME:
        return None
    if not name.isprintable() or name != name.strip():
        return None  # two names that look the same, or a line of the log of its own
    # A provider may say nothing of it: the address is then its own. What it says, it has to say plainly; some write
    # the word (« "true" »).
    verified = claims.get("email_verified", True)
    return None if claim == "email" and not (verified is True or verified == "true") else name


def groups_of(claims: Mapping[str, Any], claim: str) -> frozenset[str]:
    """The groups that `claim` lists, or the one that it names; none where it is anything else, or not asked for."""
    told = claims.get(claim) if claim else None
    listed = [told] if isinstance(told, str) else told
    return (
        frozenset(name for name in listed if isinstance(name, str) and name)
        if isinstance(listed, list)
        else frozenset()
    )
