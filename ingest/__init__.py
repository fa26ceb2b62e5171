"""From where documents come from to the index: `pipeline` chains it, list -> plan -> read -> split -> encode -> commit.

`sources` list `items`, over `fetching` for the web; `plan` decides; `readers` read; `split` cuts and `versions` wraps;
`batches` and `stages` encode and commit; `withdrawal` removes; `report` tells. `cli` has the commands, `child` runs
them for the application; `maintenance`, `correction` and `preview` are the other ways in.
"""
