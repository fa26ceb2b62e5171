"""Many documents at once, for editors: files and folders sent, what waits accepted or refused together, sources tried.

`sending` takes files and addresses in; `choosing` asks once about all that were chosen and has them added; `updating`
shows what an update would change before it is made.
"""
