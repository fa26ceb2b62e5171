"""The knowledge base: it finds passages, proves answers with them, and cites them."""

import os

# ONNX Runtime sends what it runs to its makers unless this is set before it is loaded, by whatever library.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
