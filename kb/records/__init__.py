"""app.db: what people do with the base (conversations, feedback, corrections, sessions). It outlives the store.

`tables` -> `database` (engine, migrations, erasing) -> one module for each thing that is kept.
"""
