"""Pages that are images: how many characters are misread, and how long a page takes.

`scanned_pages` makes pages as a scanner gives them, of known text; `__main__` has them recognised and counts.
"""
