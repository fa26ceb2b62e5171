"""The commands that only read or evaluate, French messages and exit codes included. One module a subject.

Words of the command line -> `options` -> a command -> `console` (messages, JSON, exit code).
"""
