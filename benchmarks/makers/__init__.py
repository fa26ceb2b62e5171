"""Whether both makers of a store find and answer the same: every question of each base, asked of the base in a folder
and of the same base moved to PostgreSQL.

`python -m benchmarks.makers --database URL`.
"""
