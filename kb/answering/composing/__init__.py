"""The answer without a language model, made of units that were read: the documents' own words.

`extractive` chooses and writes: the unit that answers first, then what supports it. `lists` shows a list or table
whole, `comparing` finds a part for each of two things, `succession` the latest of those who held an office.
"""
