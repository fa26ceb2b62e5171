"""What a language model writes, from the prompt to what is proven of it.

A capable model reads whole passages: `whole_prompt` -> `whole` (proof, repair) -> `second_look`. A small one reads
sentences: `sentences_prompt` -> `sentences` -> `verification`.
"""
