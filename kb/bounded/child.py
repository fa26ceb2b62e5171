"""The child process: takes tasks one after the other from its parent, each under limits, until the parent is gone.

A task is a function `(content, about) -> answer`, named « module:function »; `about` and the answer are plain values.
Answers: {"done": answer, "worn": bool} or {"failed": "memory" | "depth" | "fault", "what": …}; `worn` asks to be
replaced, for what the process holds by now.
"""

from __future__ import annotations

import importlib
import signal
import socket
import traceback
from collections.abc import Sequence
from typing import Any

from kb.bounded.limits import address_space, confine, held_to
from kb.bounded.wire import WireError, receive, send


def main(channel_number: str, growth: str, modules: Sequence[str]) -> None:
    """Serves the channel of this file number; `modules` are imported before anything is refused to the process, which
    is worn by `growth` bytes of address space beyond those of its start."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is the parent's business
    for module in modules:
        importlib.import_module(module)
    channel = socket.socket(fileno=int(channel_number))
    confine()
    begun = address_space()
    try:
        send(channel, {"ready": True})
        while True:
            head, content = receive(channel)
            answer = _answer(head, content)
            answer["worn"] = address_space() > begun + int(growth)
            send(channel, answer)
    except WireError:
        return  # the parent is gone, or has no use for this process any more


def _answer(head: dict[str, Any], content: bytes) -> dict[str, Any]:
    module, _, function = head["task"].partition(":")
    task = getattr(importlib.import_module(module), function)
    try:
        with held_to(head["memory"], head["processor"]):
            return {"done": task(content, head["about"])}
    except MemoryError:
        return {"failed": "memory"}
    except RecursionError:
        return {"failed": "depth"}
    except Exception as error:  # noqa: BLE001  (a fault of the task, or of a library: the next file may do better)
        return {"failed": "fault", "what": type(error).__name__, "trace": traceback.format_exc()}
