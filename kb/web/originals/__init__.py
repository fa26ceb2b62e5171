"""The files that documents were read from, opened by whoever may read the document, and the pages of PDF as they are.

`files` finds and checks the file -> `sending` sends it whole; `leaves` asks a child process (`drawing`, with `finding`
for the quoted words) for the picture of one page. Nothing here is served from a folder: routes are in `kb.web.pages`.
"""
