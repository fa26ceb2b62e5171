"""The index of a store: the catalog is the truth; vectors and words are derived from it and can be made again.

New versions of documents -> `embedding` -> `writer` (catalog, vectors, words) -> `reader` (searches all three).
"""
