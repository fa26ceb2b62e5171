"""Is what a capable model writes over whole passages kept when it is right, and caught when it is not?

`recorded` (answers that a model wrote) and `enemies` (their false variants) -> `measured`; `fit` makes the weights of
`kb.answering.proof.signs.support` from the same. Run `python -m benchmarks.writing`.
"""
