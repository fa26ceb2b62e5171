"""The ingestion pipeline: from sources to the index, one document at a time."""
