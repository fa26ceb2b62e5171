"""Does what was found give what is asked? The price of a thing (prices), and whether it is about that thing at all
(beside): what neither the reader nor the probability of an answer tells well.
"""
