"""An ingestion with the tiny encoder, in a process of its own that a test can kill: FOLDER STORE."""

from __future__ import annotations

import sys
from pathlib import Path

from ingest.pipeline import ingest
from kb.settings import Settings
from tiny_encoder import TinyEncoder

if __name__ == "__main__":
    report = ingest(
        [Path(sys.argv[1])], Settings.load(store=Path(sys.argv[2])), TinyEncoder(), source="docs", confirm=True
    )
    sys.exit(bool(report.failed))
