"""Files as such, before they are read: `kinds` tells which hold others, `members` opens those (in a child process),
`unread` says why some are left aside and what to do.
"""
