"""Sharing: a conversation that its person lets others read, as a page without anything to change.

A kept conversation -> `shown` (HTML of its answers, numbers as links) -> `page` (routes); what copies in the browser is
assets/sharing.
"""
