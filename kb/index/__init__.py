"""The index: the catalog is the truth; vectors and words are derived from it and can be made again.

Passages -> `texts`, `windows`, `embedding` -> `writer`, which commits to `catalog`, `vectors` (Chroma: another vector
store takes the place of this module) and `lexical` (tantivy); `reader` searches all three, `audit` compares them.
"""
