"""The Gradio pages, Questions and Évaluation: what stands on them and what their events do. Nothing else knows Gradio.

`mounting` puts them into kb.web's server: `chat` (parts and events) -> `asking` (what events do), `tools`, `feedback`;
`evaluation` and `evaluation_html`; `theme`, `api`. Pages without Gradio are in kb/web/pages.
"""

import os
import tempfile
from pathlib import Path

# Gradio reads these when it is imported, which only the modules below do: set here, no import order can miss them.
# Analytics would send usage figures to gradio.app; it is off only when the value differs from "True". The run history
# would keep questions and answers in the browser, beyond what the page shows.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["GRADIO_RUN_HISTORY"] = "False"
# Every state of an event makes its components anew, and each resolves the path of this folder where it is not given: a
# sixth of the processor that making one takes (30 November 2026).
os.environ.setdefault("GRADIO_TEMP_DIR", str((Path(tempfile.gettempdir()) / "gradio").resolve()))
