"""OpenDocument (LibreOffice and others): texts, workbooks, presentations.

Bytes -> `reader` (the archive, checked; which of the three) -> `text`, `sheets` or `slides`, over `styles`. Read with
lxml: odfdo, the library of the format, gives elements to walk just as lxml does, but no way to stop before a row that
says it repeats a million times.
"""
