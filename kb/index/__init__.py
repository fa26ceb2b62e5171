"""The index: the catalog is the truth; vectors and words are derived from it and can be made again.

Passages -> `texts`, `windows`, `embedding` -> `writer`, which commits through the seam `store` to the maker that
`opening` chose: `embedded` (SQLite, Chroma, tantivy). Its reader searches all three, `audit` compares them.
`restricted` is a reader for somebody from whom sources are hidden.
"""
