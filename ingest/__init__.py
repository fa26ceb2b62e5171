"""The ingestion pipeline: from sources to the index, one document at a time.

`pipeline` chains it: `sources` (which documents there are) -> `fetching` -> `readers` (bytes to a Document) -> `split`
(passages) -> kb.index. `maintenance` checks, mends, rebuilds and erases; `child` runs it all beside the application.
"""
