"""Signs that a passage says what a sentence says: `support` weighs them (`attribution`: whose figure it is), `polarity`
looks for denials.
"""
