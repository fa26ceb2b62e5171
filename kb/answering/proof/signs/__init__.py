"""Signs that a passage says what a sentence says: `support` weighs them, `attribution` tells whose figure it is.

`denying` (words that deny) -> `turned` (place by place) -> `polarity`, which looks for what only one side denies.
"""
