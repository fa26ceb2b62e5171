"""French as it is written: folding, stems, sentences, figures, acronyms. Pure functions, no model."""
