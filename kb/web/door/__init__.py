"""What the server's door knows, before any page does: which addresses, routes and events there are, and whose.

`origins` (where a request comes from) -> `routes` (what exists) -> `events` (Gradio's, each session its opener's own).
`kb.web.guard` puts the first two before everything else.
"""
