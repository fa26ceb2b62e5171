"""French as it is written: folding, stems, sentences, figures, months, acronyms, and `domain`, what an agency adds.

Pure functions, no model.
"""
