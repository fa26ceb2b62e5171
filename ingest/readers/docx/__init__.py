"""DOCX: what its author sees, all changes accepted.

Bytes -> `package` (the zip archive, checked) -> `reader` (blocks, Document).
"""
