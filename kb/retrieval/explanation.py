"""How a result came about, in words: what `reperes search --explain` prints."""

from __future__ import annotations

import re
from typing import Any

from kb.types import Group, Hit, Question

_NAMES = {
    "vector": "sens du passage",
    "window_vector": "sens des meilleures phrases",
    "title_vector": "sens du titre",
    "words": "mots du passage",
    "words_with_title": "mots du passage et du titre",
    "title_words": "mots du titre",
}
_LONGEST = 300  # characters of a passage that a list shows


def question_lines(question: Question) -> str:
    """What the rankings were asked, one line each."""
    lines = [f"Question comprise : {question.embedded}"]
    if question.groups:
        lines.append("Mots cherchés : " + ", ".join(_group(group) for group in question.groups))
    lines += [f"Expression exacte : « {phrase} »" for phrase in question.phrases]
    return "\n".join(lines)


def question_to_json(question: Question) -> dict[str, Any]:
    """What the rankings were asked, as plain values: what `reperes search --explain --json` prints."""
    groups = [[{"stems": list(way.stems), "weight": way.weight} for way in group] for group in question.groups]
    return {"vector_text": question.embedded, "groups": groups, "phrases": list(question.phrases)}


def hit_lines(hit: Hit) -> str:
    """What each ranking gave to the score of a hit, most first, and the documents that say the same."""
    parts = sorted(hit.contributions.items(), key=lambda part: -part[1])
    given = " + ".join(f"{ranking_name(name)} {value:.2f}" for name, value in parts if name != "reranker")
    lines = [f"   score {hit.score:.2f} = {given}"]
    if "reranker" in hit.contributions:
        lines.append(f"   relecture {hit.contributions['reranker']:.2f}")
    if hit.also_in:
        lines.append("   presque le même texte dans : " + ", ".join(hit.also_in))
    return "\n".join(lines)


def ranking_name(name: str) -> str:
    """A ranking's name in French."""
    if phrase := re.fullmatch(r"phrase_(\d+)", name):
        return f"expression exacte {phrase[1]}"
    return _NAMES.get(name, name)


def best_words(hit: Hit) -> str:
    """The sentences of a hit that are nearest to the question, or the beginning of the passage."""
    start, end = hit.window or (hit.passage.start, hit.passage.end)
    text = hit.document.text[start:end]
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1].rstrip() + "…"


def _group(group: Group) -> str:
    return " ou ".join(" ".join(way.stems) for way in group)
