"""The counted figures of one question, without a judge. Each gives a value from 0 to 1; means are taken elsewhere.

`retrieved` lists document ids best first (repeats count once, at their best rank); `relevant` are the ids of the
documents that hold the answer. A question without relevant documents has no retrieval figure: asking raises ValueError.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator, Sequence

from kb.evaluation.scoring.matching import fresh_facts, holds
from kb.text.blocks import parse_blocks, unit_spans
from kb.text.figures import MARKS, Figure, missing_figures
from kb.text.sentences import sentence_spans
from kb.text.stems import stems
from kb.text.wording.pointing import points_back

_MARKS = re.compile(rf"[ \u00a0\u202f]*(?:{MARKS.pattern})")
_COVERED = 0.6  # of the stems of an expected sentence


def hit_at_k(retrieved: Sequence[str], relevant: Collection[str], k: int) -> float:
    """1 when one of the first `k` documents is relevant, else 0.

    Formula: max over i <= k of rel_i. Source: "success@k", TREC 2003 web track (Craswell et al.).
    Edge case: fewer than `k` documents are scored as they are.
    """
    return float(any(_gains(retrieved, relevant, k)))


def reciprocal_rank(retrieved: Sequence[str], relevant: Collection[str], k: int = 10) -> float:
    """1 / rank of the first relevant document.

    Formula: 1 / min{i <= k : rel_i = 1}. Source: Voorhees, The TREC-8 Question Answering Track Report (1999).
    Edge case: 0 when no relevant document is among the first `k`.
    """
    return next((1 / rank for rank, gain in enumerate(_gains(retrieved, relevant, k), start=1) if gain), 0.0)


def ndcg_at_k(retrieved: Sequence[str], relevant: Collection[str], k: int) -> float:
    """Normalised discounted cumulative gain with binary relevance.

    Formula: sum of rel_i / log2(i + 1) for i <= k, divided by the same sum of an ideal list. Source: Järvelin and
    Kekäläinen, Cumulated Gain-Based Evaluation of IR Techniques (2002). Edge case: with more than `k` relevant
    documents the ideal list is full of them, so that 1 can be reached.
    """
    found = sum(gain / math.log2(rank + 1) for rank, gain in enumerate(_gains(retrieved, relevant, k), start=1))
    ideal = sum(1 / math.log2(rank + 1) for rank in range(1, min(k, len(set(relevant))) + 1))
    return found / ideal


def recall_at_k(retrieved: Sequence[str], relevant: Collection[str], k: int) -> float:
    """The share of the relevant documents that are among the first `k`.

    Formula: sum of rel_i for i <= k / |relevant|. Source: Manning et al., Introduction to Information Retrieval
    (2008), chapter 8. Edge case: with more than `k` relevant documents 1 cannot be reached.
    """
    return sum(_gains(retrieved, relevant, k)) / len(set(relevant))


def fact_recall(answer: str, facts: Sequence[Sequence[str]], question: str) -> float:
    """The share of the expected facts that the answer holds, those that the question already holds left out.

    Formula: |facts held| / |facts|. Source: nugget recall, Voorhees, Overview of the TREC 2003 Question Answering
    Track. Edge cases: when the question holds every fact, all count; without any fact ValueError is raised.
    """
    if not facts:
        raise ValueError("no expected facts")
    fresh = fresh_facts(question, facts)
    return sum(holds(answer, fact) for fact in fresh) / len(fresh)


def quote_recall(shown: Sequence[str], sets: Sequence[Sequence[str]]) -> float:
    """The share of the sentences of a sufficient set that the quotes `shown` hold, for the best of the `sets`.

    Formula: max over sets of |sentences of the set of which one quote holds at least 0.6 of the stems| / |set|.
    Source: the project's design. Edge cases: 0 for a refusal, which quotes nothing; a long quote may hold several.
    Raises ValueError without sets.
    """
    if not sets:
        raise ValueError("no expected quotes")
    quotes = [frozenset(stems(quote)) for quote in shown]
    return max(sum(any(_covers(quote, sentence) for quote in quotes) for sentence in one) / len(one) for one in sets)


def first_sentence(answer: str, facts: Sequence[Sequence[str]], sets: Sequence[Sequence[str]]) -> float:
    """1 when the first sentence of the answer holds an expected fact or a sentence of `sets`, 0 otherwise.

    Edge cases: 0 for a refusal or an empty answer; « Oui. » says nothing and counts with the sentence after it.
    """
    said = list(_sentences(answer))
    first = next((sentence for sentence in said if len(stems(sentence)) > 1), said[0] if said else "")
    held = frozenset(stems(first))
    quoted = any(_covers(held, sentence) for one in sets for sentence in one)
    return float(bool(first) and (quoted or any(holds(first, fact) for fact in facts)))


def sentences_shown(answer: str) -> int:
    """How many sentences, items and rows of a table an answer has; titles of columns are none."""
    return len(list(_sentences(answer)))


def _sentences(answer: str) -> Iterator[str]:
    text = _MARKS.sub("", answer)
    for block in parse_blocks(text):
        for start, end in unit_spans(text, block):
            inner = [(0, end - start)] if block.kind == "table" else sentence_spans(text[start:end])
            found = (text[start + first : start + last] for first, last in inner)
            yield from (sentence for sentence in found if stems(sentence))


def _covers(held: Collection[str], sentence: str) -> bool:
    wanted = frozenset(stems(sentence))
    return bool(wanted) and len(wanted & set(held)) >= _COVERED * len(wanted)


def forbidden_facts(answer: str, facts: Sequence[Sequence[str]], question: str) -> float:
    """1 when the answer holds one of the facts that must not appear, else 0.

    Formula: max over facts of held(fact). Source: the contradicted nuggets of the TREC 2024 RAG track (Pradeep et al.).
    Edge cases: facts that the question itself holds do not count; without any fact ValueError is raised.
    """
    if not facts:
        raise ValueError("no forbidden facts")
    return float(any(holds(answer, fact) for fact in facts if not holds(question, fact)))


def true_quotes(quotes: Sequence[tuple[str, str | None, int, int]]) -> float:
    """The share of the citations whose quote stands in the document at the offsets that it gives.

    `quotes` holds (quote, text of the document or None when the base does not have it, start, end) for each citation.
    Formula: |quotes found| / |quotes|. Source: quote-in-source check. Edge case: 0 for an answer that cites nothing.
    """
    found = [text is not None and text[start:end] == quote for quote, text, start, end in quotes]
    return sum(found) / len(found) if found else 0.0


def citation_precision(cited: Sequence[str], relevant: Collection[str]) -> float:
    """The share of the citations whose document holds the answer.

    Formula: |citations to relevant documents| / |citations|, every citation counted, repeats too. Source: after Gao
    et al., Enabling Large Language Models to Generate Text with Citations (ALCE, 2023), with documents known to hold
    the answer in the place of a judge. Edge case: 0 for an answer that cites nothing.
    """
    return sum(document in _known(relevant) for document in cited) / len(cited) if cited else 0.0


def citation_recall(cited: Sequence[str], relevant: Collection[str]) -> float:
    """The share of the documents holding the answer that are cited.

    Formula: |relevant documents cited| / |relevant|. Source: as `citation_precision`. Edge cases: 0 for an answer
    that cites nothing; where each of several documents holds the whole answer, citing one is enough for the reader,
    and the figure is below 1 all the same.
    """
    return recall_at_k(cited, relevant, max(1, len(cited)))


def unsupported_figures(answer: str, sources: Sequence[str]) -> list[Figure]:
    """The figures of the answer that stand in none of the sources (cited passages, their titles, headings and dates,
    the question).

    Formula: figures(answer) minus figures(sources), compared as `kb.text.figures.same_figure` does. Edge case: `[n]`
    marks are no figures, nor is « deux » in « les deux montants ». A figure that stands in a source may still be about
    something else: this counts only figures that are certainly wrong or unproven.
    """
    return [figure for figure in missing_figures(answer, sources) if not points_back(figure, answer)]


def _known(relevant: Collection[str]) -> Collection[str]:
    if not relevant:
        raise ValueError("no relevant documents")
    return relevant


def _gains(retrieved: Sequence[str], relevant: Collection[str], k: int) -> list[bool]:
    known = _known(relevant)
    return [document in known for document in list(dict.fromkeys(retrieved))[:k]]
