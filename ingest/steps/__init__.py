"""The steps that `pipeline` chains, each over one ingestion.

`plan` (new, changed, unchanged, not wanted) -> `versions` (a document with its passages) -> `batches`, in the two
threads of `stages` (encode, commit) -> `withdrawal` (what is gone).
"""
