"""Counted figures without a judge: what one answer is worth, what many together, and how far that can be trusted.

An answer -> `matching` -> `metrics` and `diagnosis` -> means with their interval (`bootstrap`) -> `comparison` of two.
"""
