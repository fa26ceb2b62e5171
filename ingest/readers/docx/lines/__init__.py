"""Lines: what one paragraph shows, as text.

`inline` reads its runs; with `fields` (results and forms), `controls` (content controls), `symbols` (signs, check
boxes) and `equations`; `settling` makes the text of it, calls of notes and figures kept apart.
"""
