"""A base from one store to another (`moving`), and the proof that two bases are equal (`comparing`).

What people do with a base is moved and compared by `kb/records/moving`.
"""
