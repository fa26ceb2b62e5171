"""The commands of ingestion, as `reperes` offers them.

`base` writes, checks and copies the whole base, `documents` changes single documents; `terminal` is what they share.
"""

from __future__ import annotations

from ingest.cli.base import check, ingest, move, rebuild, sync
from ingest.cli.documents import correct, forget, merge, preview

COMMANDS = (ingest, sync, check, rebuild, move, forget, correct, merge, preview)
