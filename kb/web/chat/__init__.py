"""A conversation on the page and what is shown of it, without Gradio: the page and the HTTP API share it.

A question -> `conversation` (waits in the line of `turnstile`, works in `errands`) -> `turns` and `sources` as HTML.
"""
