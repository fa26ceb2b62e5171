"""What a clock tells of what may not be read: the seconds of a refused name beside those of an unknown one.

`python -m benchmarks.rights`.
"""
