"""The knowledge base: it finds passages, proves answers with them, and cites them.

`knowledge` chains a question: `question` (parsed) -> `index` and `retrieval` (found) -> `answering` (proven, refused),
over `models` and `text`. Around it `evaluation`, `records` (what people do), `cli`, `web`, `ui`. `types` flows through
all; `settings` holds what can be set (a new setting is a field there); `errors`, `ports`: what rooms tell each other.
"""

import os

# ONNX Runtime sends what it runs to its makers unless this is set before it is loaded, by whatever library.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
