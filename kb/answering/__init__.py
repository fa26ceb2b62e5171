"""From passages found to an answer that they prove, or an honest refusal.

Hit[] -> `evidence` (units) -> `reading` (how well each answers) -> `refusal` (does any? calibrated by `calibrating`) ->
`extractive` (the one that answers, what supports it; `lists` whole, things compared by `comparing`; dates by
`chronology`) -> with a model: `writing`, held to `proof` -> `serialize`. `answers` puts these together. Under it stand
`asked` (is that what is asked for?) and `warnings`, after it `follow_ups`; text that gives orders (`hostile`) is no
evidence.
"""
