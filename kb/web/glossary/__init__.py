"""The page « Glossaire », and what the pages' script is told of the acronyms that it finds in answers and documents.

What the base explains and what editors write of it -> `listing` (one entry an acronym) -> `page` (HTML, JSON).
"""
