"""Counted figures without a judge: what an answer is worth, and how far a mean over few can be trusted.

Texts -> `matching` (does a text hold a fact?) -> `metrics` (figures of one question) -> `bootstrap` (interval of a mean).
"""
