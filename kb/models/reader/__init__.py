"""The reader: reads a question and a passage together, and tells which sentences answer, and whether any does.

The lower half of the packaged encoder reads each text by itself; the upper half, trained further (`training/`, shipped
as `reader.safetensors`), reads both. `weights` -> `reader_folder` (two graphs for ONNX Runtime) -> `passage_reader`.
"""
