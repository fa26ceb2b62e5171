"""Who may read what: sources restricted to groups, and what is hidden from a person for that.

`restrictions` (read from sources.toml) -> `rights` of a person, by their groups -> the view of the base that kb.index
gives (`kb.index.restricted`). Nothing else in Repères decides what may be read.
"""
