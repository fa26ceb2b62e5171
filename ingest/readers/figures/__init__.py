"""Figures that several formats write: `number_forms` (« b », « IV », « 3 ») counts as Word and web pages count lists,
`raised` tells a power from the call of a note, `mathml` writes formulas on one line.
"""
