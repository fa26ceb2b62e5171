"""How words come: of one family (`families`), run together (`gluing`), number words that point
back (`pointing`), in which language (`language`).
"""
