"""Pages that the server writes whole: the reader, Explorer, conversations, documents, help. One module a page.

A request -> the page's route -> `templating` (Jinja2, everything escaped) -> HTML; files by `exports`.
"""
