"""From the words of a person to a `Question`: what is asked, parsed once, before anything is searched.

Text and history -> `follow_up` (says it alone; `substitution`, `known_names`, `rephrasing`) -> `parsing`, which asks
`terms` (`glossary`, `typing_mistakes`) what to look for and `intent` what is wanted (figure, date, names, list).
`askable` refuses what is no question; `explained` shows people the acronyms that the glossary knows.
"""
