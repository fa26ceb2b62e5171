"""The application over HTTP, beside the Gradio pages: the server, who may call, the reader, Explorer, the API.

A request -> `guard` and `auth` -> `server`, which mounts `pages` (one module a page), `api`, `chat` (a conversation),
`operation` (health, metrics) -> `render` and the texts of `strings`. A new page: a module and a template in `pages`.
"""
