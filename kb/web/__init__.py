"""The application over HTTP, beside the Gradio pages: the server, who may call, the reader, Explorer, the API.

A request -> `guard` and `auth` -> `server`, which mounts `pages` (one module a page), `api`, `chat` (a conversation),
`assistants` (MCP), `operation` (health, metrics) -> `render` and the texts of `strings`. Each opens the base as its
person may see it (`kb.ports.Views`). A new page: a module and a template in `pages`; `glossary`, `news`, `sharing` and
`originals` have theirs with what they need; `added` tells what became of files that editors accepted.
"""
