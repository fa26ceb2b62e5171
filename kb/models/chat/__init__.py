"""The language model that words answers: any OpenAI-compatible endpoint (`llm`), or weights run here.

`gguf_install` (weights into the cache) -> `gguf` (starts the process) -> `gguf_server` (is that process) -> `llm`;
`opening` chooses by the settings.
`check` measures a model, `kept_measurements` remembers, `profile` chooses what it reads; `known_models`: others.
"""
