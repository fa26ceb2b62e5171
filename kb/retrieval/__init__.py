"""From a `Question` to the passages that may answer it, best first; and what the base holds as a whole.

Question -> `filters` -> rankings by words and by sense (`retriever`) -> `fusion` -> `selection` -> Hit[]; `explanation`
says why. `holding` finds documents by their words alone; `holdings` counts documents, partners and programmes; `values`
tells which of their values look alike.
"""
