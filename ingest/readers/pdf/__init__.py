"""PDF with text.

Bytes -> `parsing` (PDFium: `letters`, `drawing`, `marks`) -> pieces of a `page` -> `rows` (lines without note calls) ->
`legible` (which pages can be read) -> `lines` (without running heads and watermarks) -> `columns` and `tables` (in the
order of reading) -> `layout` (paragraphs, headings, lists) -> `reader` (Reading).
"""
