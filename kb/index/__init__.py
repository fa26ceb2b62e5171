"""The index: the catalog is the truth; vectors and words are derived from it and can be made again."""
