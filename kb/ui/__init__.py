"""The page: a chat in French, on Gradio. Nothing else in `kb` knows of it."""

import os

# Gradio reads these when it is imported, which only the modules below do: set here, no import order can miss them.
# Analytics would send usage figures to gradio.app; it is off only when the value differs from "True". The run history
# would keep questions and answers in the browser, beyond what the page shows.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["GRADIO_RUN_HISTORY"] = "False"
