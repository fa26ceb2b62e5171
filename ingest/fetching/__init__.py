"""The only HTTP client: polite (robots.txt, one pace a host), conditional, guarded against private addresses.

An address -> `addresses` (one spelling), `networks` (may its machine be connected to) -> `hosts` (connection, pace) and
`robots` (what is allowed) -> `fetch`, which makes of what comes back what `answers` says it is.
"""
