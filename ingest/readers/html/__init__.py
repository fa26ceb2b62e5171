"""HTML: the article of a web page, its structure kept, what surrounds it left out.

Bytes -> `page` (where the text is; `boilerplate`) -> `page_metadata`, `cited` -> `tree` (blocks) -> `reader`.
"""
