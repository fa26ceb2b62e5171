"""French as it is written, and the block form of a document's text. Pure functions: no model, no file.

Text -> `blocks` -> `sentences` -> `folding` and `stems` (words), `figures` (numbers, dates, amounts), `acronyms`.
"""
