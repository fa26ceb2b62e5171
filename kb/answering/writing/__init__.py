"""What a language model writes, from the prompt to what is proven of it.

A capable model reads whole passages: `extracts` (which, in which order) -> `whole_prompt` -> `whole` (proof, repair). A
small one reads sentences: `sentences_prompt` -> `sentences` -> `verification` (`exactness`).
"""
