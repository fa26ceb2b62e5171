"""A conversation as a file, every answer with its numbers and one numbered bibliography at the end.

A kept conversation -> `bibliography` (citations numbered through) -> `markdown` or `word` (DOCX).
"""
