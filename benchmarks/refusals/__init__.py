"""Whether the documents answer: the probability's weights, fitted over several bases and measured by folds.

`python -m benchmarks.refusals`; `nothing.jsonl` holds questions that no base of a public agency answers.
"""
