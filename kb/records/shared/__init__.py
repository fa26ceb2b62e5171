"""What the processes that serve one base go by together, kept in the database for all of them (`Saved…`).

`accounts` say who may sign in, `tries` who may try a password again, `asked` who may ask another question, `line` who
comes next at the language model, `signing` lets one end a sign-in that another began; `folder` makes sure that added
files stand in the same one. One process by itself
keeps the same in its memory (`Passing…`), accounts in a file.
"""
