"""Who calls, and what they may do: nothing reaches a page before it went through here.

A request -> `access` (middleware; `addresses` says where it comes from) -> `gate` (who is it: session, token, proxy)
-> `rate_limits` -> a page. `sign_in` and `oidc` are the pages where people sign in: a form (`forms`) -> may it be tried
now (`attempts`) -> its turn to be checked (`verifying`) -> a session; or what a provider says (`claims`) -> a session.
"""
