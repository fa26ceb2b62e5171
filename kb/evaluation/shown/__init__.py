"""What staff are shown of a run: pages made from its results, which run no script and load nothing.

Results -> `page` (figures, curve of refusals, questions), written by `page.html` and `refusals.html`.
"""
