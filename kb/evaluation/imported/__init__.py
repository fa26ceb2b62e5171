"""Test queries out of files that people hand in, read in a child process with limits (kb/bounded).

`reading` takes a file or pasted text and gives queries; in the child, `sheets` makes rows of CSV and XLSX.
"""
