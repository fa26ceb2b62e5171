"""Does what was found give what is asked? What neither the reader nor the probability of an answer tells well.

The price of a thing (`prices`), a thing that is easily taken for another (`near_names`), and whether all that was found
is about something else (`beside`).
"""
