"""Is a sentence that a language model wrote proven by the passages that it cites?"""
