"""The slides of a presentation, of whatever format, as one document whose pages are the slides."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ingest.readers.block_builder import Block, heading, levelled, paragraph, render
from ingest.readers.dates import date_near_title
from ingest.readers.metadata import Metadata, authors_title, canonical_url
from ingest.readers.reading import Given, Reading, no_text
from kb.text.folding import fold


@dataclass(frozen=True, slots=True)
class Slide:
    """A slide: its number from 1, its title if it has one, its blocks, what its notes say, whether it is shown."""

    number: int
    title: str
    blocks: Sequence[Block]
    notes: Sequence[str] = ()
    is_shown: bool = True


def reading_of(given: Given, slides: Sequence[Slide], declared: object, left_out: Iterable[str] = ()) -> Reading:
    """The document that the slides make: each under its title, its notes behind it. Hidden ones are left out and told.

    Raises DocumentError when no slide has a text.
    """
    shown = [slide for slide in slides if slide.is_shown]
    if not any(slide.title or slide.blocks or slide.notes for slide in shown):
        raise no_text(given, "les diapositives ne contiennent que des images, ou rien")
    first = shown[0]
    title = authors_title(declared) or authors_title(first.title)
    parts: list[str] = []
    starts: list[int] = []
    length = 0
    by_number = {slide.number: slide for slide in shown}
    for number in range(1, max(by_number) + 1):
        starts.append(length)
        slide = by_number.get(number)
        for block in [] if slide is None else levelled(list(_blocks(slide, title))):
            text = render(block)
            parts.append(text)
            length += len(text) + 2
    text = "\n\n".join(parts)
    # A slide without text behind the last one that has some begins where the text ends.
    starts = [min(start, len(text)) for start in starts]
    hidden = [str(slide.number) for slide in slides if not slide.is_shown]
    date = date_near_title([first.title, *(block.text for block in first.blocks if block.kind != "table")][:6])
    found = Metadata(title=title, date=date, url=canonical_url(None, given.url))
    return Reading(found, text, tuple(starts), (*_hidden_slides(hidden), *left_out))


def _hidden_slides(numbers: Sequence[str]) -> Iterable[str]:
    if numbers:
        ending = "s" if len(numbers) > 1 else ""
        yield f"diapositive{ending} masquée{ending} laissée{ending} de côté : {', '.join(numbers)}"


def _blocks(slide: Slide, title: str | None) -> Iterable[Block]:
    """The blocks of a slide under its title, which is not said again on the slide that the document has it from."""
    if not slide.blocks and not slide.notes:
        if slide.title and fold(slide.title) != fold(title or ""):
            yield paragraph(slide.title)  # the title of a part: nothing stands under it
        return
    if fold(slide.title) != fold(title or "") or slide.number > 1:
        yield heading(slide.title or f"Diapositive {slide.number}", 2)
    for block in slide.blocks:
        yield Block(block.kind, block.text, block.level + 1) if block.kind == "heading" else block
    for note in slide.notes:
        yield paragraph(f"Notes : {note}")
