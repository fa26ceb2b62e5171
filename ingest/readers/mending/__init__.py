"""What other programs spoilt in a text before it came here.

`lost_spaces`: the spaces that went with the marks of a page between its words and sentences.
"""
