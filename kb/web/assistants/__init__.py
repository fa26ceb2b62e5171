"""The base for assistants of other makers, through the Model Context Protocol: search, ask, read a document.

`forms` (what a tool takes and gives) -> `tools` (what it does) -> `protocol` (the official SDK's server of them)
-> `stdio` (`reperes mcp`, for an assistant on this machine) and `endpoint` (`/api/mcp` of the application).
"""
