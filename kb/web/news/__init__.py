"""What is new in the base, in the page « Nouveautés » and as an Atom feed.

`changes` (of documents, from the reports of ingestions) -> `following` (what they mean for the questions that a person
follows) -> `feed` (Atom) and `routes` (the page, its forms, the feed). `badge` counts what is new in the
menu of every page.
"""
