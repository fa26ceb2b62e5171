"""PDF with text, parsed in a process of its own.

Bytes -> `worker` (that process) -> `lines` (without running heads) -> `layout` (paragraphs) -> `reader` (Document).
"""
