"""app.db: what people do with the base (conversations, feedback, corrections, sessions). It outlives the store.

`tables` and their `migrations` -> `places` (a file, or a server) -> `database` (opening, transactions;
`erasure`) -> one module for each thing that is kept; `moving` takes all to another place. `Kept…` is a thing as it is
kept, `Saved…` what keeps such things in app.db.
"""
