"""Do results hang on the processor? The packaged model on this machine and on an emulated one, and between formats.

`python -m benchmarks.processors`.
"""
