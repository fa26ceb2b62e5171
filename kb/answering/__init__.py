"""Answering: from hits to evidence, from evidence to an answer that it proves, or to a refusal."""
