"""The process that runs the local language model: `python -m kb.models.chat.gguf_server FILE CONTEXT`.

It listens on a loopback port of its own choice, says which on its first line of output, and ends with its parent: when
its standard input is closed.
"""

from __future__ import annotations

import importlib
import json
import os
import sys


def main() -> None:
    """Serves the weights of the first argument until the parent lets go."""
    path, context = sys.argv[1], int(sys.argv[2])
    out = os.dup(1)
    os.dup2(2, 1)  # llama.cpp writes its log on standard output too
    xllamacpp = importlib.import_module("xllamacpp")  # of the extra `llm`

    params = xllamacpp.CommonParams()
    params.model.path = path
    params.n_ctx = context
    params.n_parallel = 1  # one conversation at a time: two would halve both on a small processor
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.cache_prompt = True
    params.enable_reasoning = 0
    server = xllamacpp.Server(params)
    os.write(out, (json.dumps({"address": server.listening_address}) + "\n").encode())
    sys.stdin.buffer.read()
    os._exit(0)  # the server's threads would keep the process


if __name__ == "__main__":
    main()
