"""Files that nobody vouches for, worked on in child processes with limits: a bomb or a crash costs one file, no more.

`children` hands a task to a child and waits no longer than its `limits` say, over `wire` (JSON, never pickles); `child`
is that process. `archives` looks at zip archives before anything is made of them.
"""
