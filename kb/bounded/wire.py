"""Messages between a process and its child: an object as JSON, and bytes behind it, each with its length in front.

JSON, not pickles: whatever a hostile file makes of the child, what it says is only data to the parent.
"""

from __future__ import annotations

import json
import socket
import struct
import time
from typing import Any

_LENGTHS = struct.Struct(">QQ")
_PIECE = 1 << 18  # bytes


class WireError(Exception):
    """The other side went away, or says what it must not."""


class OverlongError(WireError):
    """The other side says more than it may."""


def send(channel: socket.socket, head: dict[str, Any], content: bytes = b"", *, deadline: float | None = None) -> None:
    """Sends a message. Raises WireError when the other side is gone, TimeoutError at `deadline` (monotonic)."""
    encoded = json.dumps(head, ensure_ascii=False).encode()
    try:
        for part in (_LENGTHS.pack(len(encoded), len(content)), encoded, content):
            channel.settimeout(_left(deadline))
            channel.sendall(part)
    except TimeoutError:
        raise
    except OSError as error:
        raise WireError(str(error)) from None


def receive(
    channel: socket.socket, *, most: int | None = None, deadline: float | None = None
) -> tuple[dict[str, Any], bytes]:
    """The next message, of at most `most` bytes. Raises WireError for none, or for one that makes no sense;
    TimeoutError at `deadline` (monotonic)."""
    head_size, content_size = _LENGTHS.unpack(_exactly(channel, _LENGTHS.size, deadline))
    if most is not None and head_size + content_size > most:
        raise OverlongError(f"{head_size + content_size} bytes")
    encoded = _exactly(channel, head_size, deadline)
    content = _exactly(channel, content_size, deadline)
    try:
        head = json.loads(encoded)
    except (ValueError, RecursionError):
        raise WireError("no JSON") from None
    if not isinstance(head, dict):
        raise WireError("no object")
    return head, bytes(content)


def _exactly(channel: socket.socket, size: int, deadline: float | None) -> bytearray:
    held = bytearray()
    while len(held) < size:
        channel.settimeout(_left(deadline))
        try:
            piece = channel.recv(min(size - len(held), _PIECE))
        except TimeoutError:
            raise
        except OSError as error:
            raise WireError(str(error)) from None
        if not piece:
            raise WireError("the other side is gone")
        held += piece
    return held


def _left(deadline: float | None) -> float | None:
    if deadline is None:
        return None
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
