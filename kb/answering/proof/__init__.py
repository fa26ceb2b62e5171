"""Is what a language model wrote over whole passages proven by the passages that it cites?

`citations` (marks in one form) -> `draft` (pieces) -> `proving` over `sources`: `values` (`exactness`), `names`,
`signs` (over `places`, what stands around a name or a figure);
`denials` need no proof, `english` has another one; `quoting` chooses what is shown.
"""
