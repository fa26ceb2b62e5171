"""A conversation on the page and what is shown of it, without Gradio: the page and the HTTP API share it.

A question -> `exchange` (waits in `waiting_line`, works in a task of `background`) -> `chat_state`, shown by `turns`
and `sources` as HTML.
"""
