"""Moving what people do with the base to another place: `copying` does, from a file to a server or back.

The base itself is moved by `ingest.moving`, which calls this last.
"""
