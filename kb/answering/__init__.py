"""From passages found to an answer that they prove, or an honest refusal.

Hit[] -> `evidence` (units, scored) -> `sufficiency` (answer or refuse) -> `extractive` (the documents' own words; dates
by `chronology`) -> with a model: `writing`, held to `proof` -> `serialize`. `answers` puts these together. Under it
stand `warnings`, after it `follow_ups`; text that gives orders (`hostile`) is no evidence.
"""
