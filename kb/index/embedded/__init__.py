"""The embedded maker of a store: a folder of its own, and no server to run.

`store` opens it: `writing` commits to SQLite, Chroma (`vectors`) and tantivy under the `lock`, `reader` searches them,
`rebuilding` makes another index aside.
"""
