"""The application over HTTP beside the Gradio pages: sign-in, pages, API for programs, operation. Never imports Gradio.

A request -> `guard` -> `auth` -> `pages`, `api`, `chat` or `operation` -> `render` (HTML); `server` puts all together.
"""
