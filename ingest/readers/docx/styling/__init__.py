"""Styling: what paragraphs take from the style sheet and the lists of a document.

`styles` (names, levels of headings) -> `numbering` (the lists, and where each has come to) in `number_forms`.
"""
