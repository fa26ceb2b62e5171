"""What is kept under a name that people choose, so that no name tells whether others have chosen it.

So far `queries`: the names of test queries.
"""
