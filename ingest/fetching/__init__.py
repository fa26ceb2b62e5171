"""The only HTTP client: polite (robots.txt, one pace a host), conditional, guarded against private addresses.

An address -> `addresses` (one spelling, allowed or not) -> `hosts` (connection, robots.txt, pace) -> `fetch`.
"""
