"""Markdown: CommonMark with tables and notes, with or without YAML front matter.

Bytes -> `front_matter` (what the document says of itself, and what could not be read) -> `reader`, through HTML.
"""
