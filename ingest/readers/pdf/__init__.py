"""PDF with text.

Bytes -> `parsing` (PDFium) -> `lines` (without running heads) -> `layout` (paragraphs) -> `reader` (Document).
"""
