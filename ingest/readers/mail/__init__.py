"""Mails (EML) and web pages saved with all that belongs to them (MHTML), which are mails in form.

Bytes -> `parsing` (parts of a mail) -> `message` (a mail: who, when, what) or `web_archive` (its page, by the reader of
HTML). What is attached to a mail becomes documents of its own (`ingest.readers.files`).
"""
