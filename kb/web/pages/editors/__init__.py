"""Pages for editors beside those of the documents themselves.

`missed`: what readers miss, and how many questions are asked each week.
"""
