"""Counted figures without a judge: what an answer is worth, and how far a mean over few can be trusted.

Texts -> `matching` (does a text hold a fact?) -> `metrics` (figures of one question) -> `bootstrap` (how far to trust);
`refusals`, the one figure that takes questions together.
"""
