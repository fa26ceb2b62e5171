"""What became of the files and addresses that editors accepted, until it is cleared.

`records` keeps that they were accepted; `outcomes` says, by the base and its reports, what became of each.
"""
