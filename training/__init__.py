"""Trains the reader: the upper half of the packaged encoder, taught to read a question and a passage together.

`texts` (data -> groups of passages with their units) -> `states` (what the untouched lower half makes of each text) ->
`network` (the half that is trained) -> `train` (resumable) -> `export` (8-bit weights, into the package). `written`
makes data of documents and questions that somebody wrote; `window` is what a claim is read beside.
"""
