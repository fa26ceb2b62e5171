"""The models: the encoder that turns text into vectors, the `reader` that tells which sentences answer, the reranker,
and the language model that writes (`chat`).

`encoder` is the protocol; `sentence_encoder` chooses, with the `backend` that suits the processor: `packaged` (ONNX
Runtime) or `torch_encoder` -> `remembering`, `lazy_encoder` around it. Weights are unpacked by `prepared_folder`.
"""
