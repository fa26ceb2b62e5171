"""From where documents come from to the index: `pipeline` chains it, list -> plan -> read -> split -> encode -> commit.

`sources` list `items`, over `fetching` for the web; `readers` read; `split` cuts; `steps` plan, encode, commit and
withdraw; `report` tells. `foreseeing` tells what that would change, and writes nothing. `cli` has the commands, `child`
runs them for the application, by `processes`; `maintenance`, `correction` and `preview` are the other ways in.
"""
