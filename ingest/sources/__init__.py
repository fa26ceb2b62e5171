"""Where documents come from: one module a kind of source, `config` (sources.toml) says which there are.

`folder` and `address`, or `crawler` (from where `listings` lead) -> documents to read -> `folder_ingestion`,
`web_ingestion`, which hand them on and withdraw what is gone. A new kind: its fields in `config`, and a module here.
"""
