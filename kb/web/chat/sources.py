"""The sources of an answer, beside it; for a refusal, the sentences and the documents that come closest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from urllib.parse import urlencode

from kb.answering.refusal import NEAREST_NOTE, NEAREST_TITLE
from kb.answering.serialize import pages_told
from kb.answering.warnings import RECOGNISED
from kb.records.kept_answers import closest
from kb.text.blocks import unescaped
from kb.text.moments import french_date
from kb.types import Answer, Citation, Document, Hit
from kb.web import strings
from kb.web.chat.citing import cite_button
from kb.web.render import escape, page_url, passage_html, quote_html, set_text

PHRASE = 160
"""Characters of a quote that a link to the reader carries, to be sure that the document still says it there."""
READ = 8
"""Documents shown as those that an answer is written from."""
_QUOTE_SHOWN = 110  # characters of a place's words while it is closed: two lines of the panel
_OLD = 4  # years after which a source says its year aloud


def sources_html(answer: Answer, turn: int, *, final: bool = True) -> str:
    """The panel of an answer: its numbered sources; when it is a refusal, the nearest sentences if there are any, which
    have no number, and the closest documents.

    While nothing of it is proven yet (it is not `final`), the documents that it is written from. `turn` numbers the
    answer in the conversation: the ids of the sources are `source-{turn}-{number}`.
    """
    if answer.refused and answer.nearest:
        return _group(turn, NEAREST_TITLE, answer.question, _nearest_html(answer))
    if answer.refused:
        return _group(turn, strings.CLOSEST, answer.question, _closest_html(answer.hits))
    if not answer.citations and not final:
        note = f'<p class="note coming">{escape(strings.READ_NOTE)}</p>'
        return _group(turn, strings.DOCUMENTS_READ, answer.question, _documents_html(closest(answer.hits, READ), note))
    of_documents: dict[str, list[Citation]] = {}
    for citation in answer.citations:
        of_documents.setdefault(citation.document.id, []).append(citation)
    cards = "".join(
        source_html(citations[0], turn, opened=position == 0)
        if len(citations) == 1
        else _places_html(citations, turn, opened=position == 0)
        for position, citations in enumerate(of_documents.values())
    )
    return _group(turn, strings.SOURCES, answer.question, f'<ol class="cards">{cards}</ol>' if cards else "")


def source_html(citation: Citation, turn: int, *, opened: bool = False) -> str:
    """One numbered source: what it is, the passage with the quoted words marked, and the link to its page."""
    document, number = citation.document, citation.number
    spoken = escape(strings.SOURCE_N.format(number=number))
    return (
        f'<li><article class="source" id="source-{turn}-{number}" tabindex="-1" aria-label="{spoken}">'
        f"<details{' open' if opened else ''}><summary>"
        f'<span class="number">{number}</span>'
        f'<span class="what"><bdi class="title">{escape(document.title)}</bdi>{_facts_html(document, citation)}</span>'
        f"</summary>{_passage_html(citation)}</details>"
        f'<p class="actions">{_read_html(document, citation)}{_link_html(document)}{_cite_html(citation)}'
        f"{_back_html(citation, turn)}</p>"
        f"</article></li>"
    )


def _places_html(citations: Sequence[Citation], turn: int, *, opened: bool) -> str:
    """A document that several numbers name: one card, a place for each."""
    document = citations[0].document
    link = _link_html(document)
    spoken = strings.SOURCES_N.format(numbers=strings.listed(str(citation.number) for citation in citations))
    places = "".join(
        _place_html(citation, turn, opened=opened and position == 0) for position, citation in enumerate(citations)
    )
    return (
        f'<li><article class="source many" aria-label="{escape(spoken)}">'
        f'<div class="whole"><bdi class="title">{escape(document.title)}</bdi>{_facts_html(document)}'
        f'{f"""<p class="actions">{link}</p>""" if link else ""}</div>'
        f'<ol class="places">{places}</ol></article></li>'
    )


def _place_html(citation: Citation, turn: int, *, opened: bool) -> str:
    number, quote = citation.number, " ".join(unescaped(citation.quote).replace("|", " · ").split())
    said = quote if len(quote) <= _QUOTE_SHOWN else quote[: _QUOTE_SHOWN - 1].rsplit(" ", 1)[0].rstrip(" ,;:.") + "…"
    facts = "".join(f"<span>{escape(fact)}</span>" for fact in _place_facts(citation))
    return (
        f'<li class="place" id="source-{turn}-{number}" tabindex="-1" '
        f'aria-label="{escape(strings.SOURCE_N.format(number=number))}">'
        f"<details{' open' if opened else ''}><summary>"
        f'<span class="number">{number}</span><span class="what"><bdi class="said">{escape(said)}</bdi>'
        f'<span class="facts">{facts}</span></span></summary>{_passage_html(citation)}</details>'
        f'<p class="actions">{_read_html(citation.document, citation)}{_cite_html(citation)}'
        f"{_back_html(citation, turn)}</p></li>"
    )


def _passage_html(citation: Citation) -> str:
    passage = citation.passage
    path = "".join(f"<li>{escape(heading)}</li>" for heading in passage.heading_path)
    path = f'<ul class="path">{path}</ul>' if path else ""
    marked = passage_html(
        passage.text, citation.start - passage.start, citation.end - passage.start, passage.table_header
    )
    return f'{path}<blockquote class="passage">{marked}</blockquote>'


def _cite_html(citation: Citation) -> str:
    return cite_button(citation.document, citation.start, citation.end, citation.quote)


def _back_html(citation: Citation, turn: int) -> str:
    return (
        f'<button type="button" class="back" data-turn="{turn}" data-number="{citation.number}">'
        f"{escape(strings.BACK)}</button>"
    )


def empty_sources_html() -> str:
    """The panel before the first answer."""
    return (
        f'<section class="sources empty"><h2>{escape(strings.SOURCES)}</h2>'
        f"<p>{escape(strings.SOURCES_EMPTY)}</p></section>"
    )


def _group(turn: int, title: str, question: str, body: str) -> str:
    if not body:
        return ""
    return (
        f'<section class="sources" id="sources-{turn}" data-turn="{turn}" aria-labelledby="sources-title-{turn}">'
        f'<h2 id="sources-title-{turn}" tabindex="-1">{escape(title)}</h2>'
        f'<p class="about"><bdi>{set_text(question)}</bdi></p>{body}</section>'
    )


def _nearest_html(answer: Answer) -> str:
    """The nearest sentences, then the closest documents under a title of their own."""
    items = "".join(map(_sentence_html, answer.nearest))
    documents = _closest_html(answer.hits)
    below = f"<h3>{escape(strings.CLOSEST)}</h3>{documents}" if documents else ""
    return f'<p class="note">{escape(NEAREST_NOTE)}</p><ul class="cards">{items}</ul>{below}'


def _sentence_html(citation: Citation) -> str:
    """A sentence that does not answer, with its document and the link that opens it there."""
    document, passage = citation.document, citation.passage
    quote = quote_html(passage.text, citation.start - passage.start, citation.end - passage.start, passage.table_header)
    return (
        f'<li><div class="source near nearest"><blockquote class="passage">{quote}</blockquote>'
        f'<bdi class="title">{escape(document.title)}</bdi>{_facts_html(document, citation)}'
        f'<p class="actions">{_read_html(document, citation)}{_link_html(document)}</p></div></li>'
    )


def _closest_html(hits: Iterable[Hit]) -> str:
    return _documents_html(closest(hits), f'<p class="note">{escape(strings.CLOSEST_NOTE)}</p>')


def _documents_html(documents: Iterable[Document], note: str) -> str:
    items = "".join(_near_html(document) for document in documents)
    return f'{note}<ul class="cards">{items}</ul>' if items else ""


def _near_html(document: Document) -> str:
    actions = f'<p class="actions">{_read_html(document)}{_link_html(document)}</p>'
    title = f'<bdi class="title">{escape(document.title)}</bdi>'
    return f'<li><div class="source near">{title}{_facts_html(document)}{actions}</div></li>'


def badges(document: Document, today: date | None = None) -> str:
    """What a reader must not miss about a document: its kind, and that it is old."""
    told = [document.kind] if document.kind else []
    if document.date is not None and (today or datetime.now(UTC).date()).year - int(document.date[:4]) >= _OLD:
        told.append(strings.FROM_YEAR.format(year=document.date[:4]))
    return "".join(f' <span class="badge">{escape(text)}</span>' for text in told)


def reader_address(document_id: str, start: int = 0, end: int = 0, quote: str = "") -> str:
    """The address of the reader, opened at a citation."""
    given: dict[str, str | int] = {"document": document_id}
    if end > start:
        given |= {"debut": start, "fin": end, "phrase": quote[:PHRASE]}
    return f"/lire?{urlencode(given)}"


def _facts_html(document: Document, citation: Citation | None = None) -> str:
    """What is known of a document, and of the place that a citation of it stands at."""
    facts = [french_date(document.date), document.rubric or ""]
    if citation is not None:
        facts += _place_facts(citation)
    shown = "".join(f"<span>{escape(fact)}</span>" for fact in facts if fact)
    return f'<span class="facts">{shown}</span>{badges(document)}'


def _place_facts(citation: Citation) -> list[str]:
    told = pages_told(citation.document, citation.start, citation.end), RECOGNISED * citation.recognised
    return [fact for fact in told if fact]


def _read_html(document: Document, citation: Citation | None = None) -> str:
    """The link to the reader. In the page of questions it opens beside the answer (assets/page.js)."""
    place = (citation.start, citation.end, citation.quote) if citation else ()
    address = escape(reader_address(document.id, *place))
    return (
        f'<a class="read" href="{address}">{escape(strings.READ_WHOLE)}'
        f'<span class="unseen"> : {escape(document.title)}</span></a>'
    )


def _link_html(document: Document) -> str:
    url = page_url(document.url)
    if url is None:
        return ""
    return (
        f'<a href="{escape(url)}" target="_blank" rel="noopener noreferrer nofollow">{escape(strings.OPEN_PAGE)}'
        f'<span class="unseen"> : {escape(document.title)} ({escape(strings.NEW_TAB)})</span></a>'
    )
