"""What is kept of the questions that are asked, for editors: how each ended, and the words of those without a source.

`questions` writes and reads them; who asked is kept nowhere, and all goes after the retention of the settings.
"""
