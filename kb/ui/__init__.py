"""The pages made with Gradio: questions and evaluation. Nothing else in `kb` imports Gradio, or this.

`mounting` puts them into the server; an event of `chat` -> `asking` -> `kb.web.chat` (answer as HTML) -> the page.
"""

import os

# Gradio reads these when it is imported, which only the modules below do: set here, no import order can miss them.
# Analytics would send usage figures to gradio.app; it is off only when the value differs from "True". The run history
# would keep questions and answers in the browser, beyond what the page shows.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["GRADIO_RUN_HISTORY"] = "False"
