"""How words come: of one family (`families`), run together (`gluing`), number words that point
back (`pointing`), in which language (`language`).

For comparing what an answer says with what a passage says; nothing here changes a text that is shown.
"""
