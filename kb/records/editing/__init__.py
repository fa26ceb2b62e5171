"""What editors write beside the documents, kept in app.db: so far the entries of the glossary.

What they correct of a document itself stands in `kb.records.corrections`.
"""
