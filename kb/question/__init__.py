"""From the words of a person to a `Question`: what is asked, parsed once, before anything is searched.

Text and history -> `follow_up` (says it alone; `substitution`, `known_names`, `rephrasing`) -> `terms` (`glossary`,
`typing_mistakes`) and `intent` (figure, date, names, list).
"""
