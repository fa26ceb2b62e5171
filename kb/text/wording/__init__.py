"""How words come: of one family (`families`), run together (`gluing`), in which language (`language`)."""
