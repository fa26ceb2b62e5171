"""What an ingestion would change, before it is done: nothing is written.

`trial` walks the sources through the whole pipeline over a copy of the catalog that nobody keeps -> `foreseen`, what
came of it and the mark that tells it from another; `child` has that done in a process of its own, for the page.
"""
