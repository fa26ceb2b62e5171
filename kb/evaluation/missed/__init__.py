"""What readers miss: questions refused, without a source or answered badly, for the people who choose the documents.

`grouping` puts those that are alike together (`reference` says from which cosine on), `weeks` counts, `desk` reads,
changes and exports them.
"""
