"""Numbers of lists and headings, as LibreOffice writes what it counts."""

from __future__ import annotations

import lxml.etree
import pytest

from ingest.readers.opendocument.numbering import Numbering

NAMES = (
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
    'xmlns:loext="urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0"'
)
LEVELS = """
<text:list-style style:name="L1">
<text:list-level-style-number text:level="1" style:num-format="I" loext:num-list-format="TITRE %1% –"/>
<text:list-level-style-number text:level="2" style:num-format="1" style:num-prefix="Article "/>
<text:list-level-style-number text:level="3" style:num-format="1" style:num-suffix="." text:display-levels="2"
    text:start-value="4"/>
<text:list-level-style-number text:level="4" style:num-format="a" style:num-suffix=")"/>
<text:list-level-style-number text:level="5" style:num-format=""/>
<text:list-level-style-bullet text:level="6"/>
</text:list-style>
<text:outline-style>
<text:outline-level-style text:level="1" style:num-format="1" style:num-suffix="."/>
<text:outline-level-style text:level="2" style:num-format="1" text:display-levels="2"/>
<text:outline-level-style text:level="3"/>
</text:outline-style>"""


def element(markup: str) -> object:
    return lxml.etree.fromstring(f"<x {NAMES}>{markup}</x>")[0]


@pytest.fixture
def numbering() -> Numbering:
    return Numbering(lxml.etree.fromstring(f"<x {NAMES}>{LEVELS}</x>"))


def test_each_level_counts_in_its_own_form(numbering: Numbering) -> None:
    counts = numbering.begin(element("<text:list/>"), "L1")
    depths = (0, 1, 2, 2, 3, 3, 4, 5, 1, 2, 0, 1)
    assert [numbering.label("L1", depth, counts) for depth in depths] == [
        "TITRE I –", "Article 1", "1.4.", "1.5.", "a)", "b)", "", "", "Article 2", "2.4.", "TITRE II –", "Article 1",
    ]  # fmt: skip


def test_a_list_goes_on_where_it_says_so(numbering: Numbering) -> None:
    first = numbering.begin(element('<text:list xml:id="a"/>'), "L1")
    assert numbering.label("L1", 0, first) == "TITRE I –"
    assert numbering.label("L1", 0, numbering.begin(element("<text:list/>"), "L1")) == "TITRE I –"
    going_on = numbering.begin(element('<text:list text:continue-list="a"/>'), "L1")
    assert numbering.label("L1", 0, going_on) == "TITRE II –"
    last = numbering.begin(element('<text:list text:continue-numbering="true"/>'), "L1")
    assert numbering.label("L1", 0, last) == "TITRE III –"
    assert numbering.label("L1", 0, last, start=9) == "TITRE IX –"


def test_headings_count_by_the_outline(numbering: Numbering) -> None:
    assert [numbering.heading(level) for level in (1, 2, 2, 1, 2, 3)] == ["1.", "1.1", "1.2", "2.", "2.1", ""]
