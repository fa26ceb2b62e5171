"""The models: encoders of texts (packaged or given), the reranker, the language model that words answers.

Settings -> `backend` (library, number format) -> `sentence_encoder` (loads) -> an `encoder`; `chat` for the writer.
"""
