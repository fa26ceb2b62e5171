"""Who calls, and what they may do: nothing reaches a page before it went through here.

A request -> `access` (middleware) -> `gate` (who is it: session, token, proxy) -> `rate_limits` -> a page.
`sign_in` and `oidc` are the pages where people sign in.
"""
