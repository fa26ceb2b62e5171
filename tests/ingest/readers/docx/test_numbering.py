from __future__ import annotations

import pytest

from ingest.readers.figures.number_forms import written
from reading import reader_of
from word_files import cell, level, numbered, numbers, p, pattern, row, table, word_file

read = reader_of("note.docx")
ARTICLES = pattern(50, level("decimal", "Article %1", more='<w:pStyle w:val="Heading1"/>'), level("decimal", "%1.%2"))


def style(identifier: str, settings: str, based_on: str = "Normal", kind: str = "paragraph") -> str:
    return (
        f'<w:style w:type="{kind}" w:styleId="{identifier}"><w:name w:val="{identifier}"/>'
        f'<w:basedOn w:val="{based_on}"/><w:pPr>{settings}</w:pPr></w:style>'
    )


def texts(content: bytes) -> list[str]:
    """The lines of a document, without those that are empty."""
    return [line for line in read(content).text.split("\n") if line]


def test_headings_are_numbered_through_their_styles() -> None:
    settings = '<w:numPr><w:ilvl w:val="1"/><w:numId w:val="60"/></w:numPr><w:outlineLvl w:val="1"/>'
    content = word_file(
        p("Objet", style="Article")
        + p("Une clause", style="Clause")
        + p("Une autre", style="Clause")
        + p("Durée", style="Article")
        + p("12 mois", style="Clause")
        + p("Sans numéro", style="Article", settings='<w:numPr><w:numId w:val="0"/></w:numPr>')
        + p("Texte."),
        title="Convention",
        styles=style("Article", '<w:numPr><w:numId w:val="60"/></w:numPr><w:outlineLvl w:val="0"/>')
        + style("Clause", settings),
        numbering=pattern(50, level("decimal", "Article %1 –"), level("decimal", "%1.%2")) + numbers(60, 50),
    )
    assert texts(content) == [
        "## Article 1 – Objet",
        "### 1.1 Une clause",
        "### 1.2 Une autre",
        "## Article 2 – Durée",
        "### 2.1 – 12 mois",
        "## Sans numéro",
        "Texte.",
    ]


def test_the_level_of_a_style_is_that_which_names_it() -> None:
    levels = pattern(
        50,
        level("upperRoman", "Titre %1"),
        level("decimal", "Article %2", more='<w:pStyle w:val="Clause"/>'),
    )
    content = word_file(
        p("Un article", style="Clause") + p("Suite", style="SousClause") + p("Texte."),
        title="Convention",
        styles=style("Clause", '<w:numPr><w:numId w:val="60"/></w:numPr><w:outlineLvl w:val="0"/>')
        + style("SousClause", "<w:keepNext/>", based_on="Clause"),
        numbering=levels + numbers(60, 50),
    )
    # The style based on it is not named by a level: it is in the list at its first one.
    assert texts(content) == ["## Article 1 Un article", "## Titre II Suite", "Texte."]


def test_figures_of_a_number_and_of_the_text_do_not_touch() -> None:
    content = word_file(
        p("200 logements", settings=numbered(60)) + p("", settings=numbered(60)) + p("Texte.", settings=numbered(60)),
        numbering=ARTICLES + numbers(60, 50),
        title="Convention",
    )
    assert texts(content) == ["## Article 1 – 200 logements", "## Article 2", "Article 3 Texte."]


@pytest.mark.parametrize(
    ("form", "shown", "expected"),
    [
        ("decimal", "%1.", ["3. x", "4. x"]),
        ("decimal", "%1)", ["3. x", "4. x"]),
        ("decimal", "%1°", ["- 3° x", "- 4° x"]),
        ("lowerLetter", "%1)", ["- c) x", "- d) x"]),
        ("upperLetter", "%1.", ["- C. x", "- D. x"]),
        ("lowerRoman", "(%1)", ["- (iii) x", "- (iv) x"]),
        ("upperRoman", "%1 -", ["- III - x", "- IV - x"]),
        ("decimalZero", "%1", ["03. x", "04. x"]),
        ("ordinal", "%1", ["- 3e x", "- 4e x"]),
        ("bullet", "\uf0b7", ["- x", "- x"]),
        ("none", "", ["- x", "- x"]),
        ("unknown", "n° %1", ["- n° 3 x", "- n° 4 x"]),
    ],
)
def test_items_have_their_number_as_shown(form: str, shown: str, expected: list[str]) -> None:
    content = word_file(
        p("x", settings=numbered(60)) * 2, numbering=pattern(50, level(form, shown, start=3)) + numbers(60, 50)
    )
    if form == "decimalZero":
        expected = ["3. x", "4. x"]
    assert texts(content) == expected


def test_levels_begin_again_below_a_higher_one_unless_they_say_otherwise() -> None:
    levels = pattern(
        50,
        level("upperLetter", "%1."),
        level("decimal", "%1.%2."),
        level("lowerLetter", "%3)", more='<w:lvlRestart w:val="1"/>'),
        level("decimal", "§%4", more='<w:lvlRestart w:val="0"/>'),
        level("lowerRoman", "%1.%5", more="<w:isLgl/>"),
    )
    depths = [0, 1, 2, 3, 1, 2, 3, 0, 1, 2, 3, 4]
    content = word_file(
        "".join(p("x", settings=numbered(60, depth)) for depth in depths), numbering=levels + numbers(60, 50)
    )
    assert [line.strip(" -").removesuffix(" x") for line in texts(content)] == [
        "A.", "A.1.", "a)", "§1", "A.2.", "b)", "§2", "B.", "B.1.", "a)", "§3", "2.i",
    ]  # fmt: skip


def test_a_level_that_is_skipped_counts_as_used() -> None:
    content = word_file(
        p("x", settings=numbered(60, 1)) + p("x", settings=numbered(60, 0)) + p("x", settings=numbered(60, 1)),
        numbering=pattern(50, level("decimal", "%1."), level("decimal", "%1.%2")) + numbers(60, 50),
    )
    assert texts(content) == ["  - 1.1 x", "2. x", "  - 2.1 x"]


def test_lists_of_one_pattern_count_together_and_a_start_of_its_own_counts_once() -> None:
    override = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride>'
    other = f'<w:lvlOverride w:ilvl="0"><w:lvl w:ilvl="0">{level("upperRoman", "%1.", start=1)}</w:lvl></w:lvlOverride>'
    lists = pattern(50, level("decimal", "%1.")) + numbers(60, 50) + numbers(61, 50) + numbers(62, 50, override)
    order = [60, 60, 61, 62, 62, 60, 63]
    content = word_file(
        "".join(p("x", settings=numbered(number)) for number in order), numbering=lists + numbers(63, 50, other)
    )
    assert texts(content) == ["1. x", "2. x", "3. x", "5. x", "6. x", "7. x", "- VIII. x"]


def test_empty_paragraphs_count_and_deleted_ones_do_not() -> None:
    gone = (
        '<w:p><w:pPr>{n}<w:rPr><w:del w:id="1" w:author="a"/></w:rPr></w:pPr>'
        '<w:del w:id="2" w:author="a"><w:r><w:delText>x</w:delText></w:r></w:del></w:p>'
    ).replace("{n}", numbered(60))
    content = word_file(
        p("a", settings=numbered(60)) + p("", settings=numbered(60)) + gone + p("b", settings=numbered(60)),
        numbering=pattern(50, level("decimal", "%1.")) + numbers(60, 50),
    )
    assert texts(content) == ["1. a", "3. b"]


def test_a_style_of_lists_leads_to_its_list_and_a_circle_of_them_nowhere() -> None:
    link = '<w:abstractNum w:abstractNumId="{}"><w:numStyleLink w:val="{}"/></w:abstractNum>'
    content = word_file(
        p("x", settings=numbered(60)) + p("y", settings=numbered(62)),
        styles=style("Listes", '<w:numPr><w:numId w:val="61"/></w:numPr>', kind="numbering")
        + style("Ronde", '<w:numPr><w:numId w:val="62"/></w:numPr>', kind="numbering"),
        numbering=link.format(50, "Listes")
        + link.format(52, "Ronde")
        + pattern(51, level("lowerLetter", "%1)"))
        + numbers(60, 50)
        + numbers(61, 51)
        + numbers(62, 52),
    )
    assert texts(content) == ["- a) x", "- y"]


def test_the_numbers_of_cells_are_shown_and_bullets_keep_apart() -> None:
    lists = pattern(50, level("decimal", "%1")) + pattern(51, level("bullet", "•")) + numbers(60, 50) + numbers(61, 51)
    steps = [cell(p(text, settings=numbered(61)), p("Travaux", settings=numbered(61))) for text in ("Étude", "Plan")]
    content = word_file(
        table(row("N°", "Action"), *(row(cell(p("", settings=numbered(60))), step) for step in steps)), numbering=lists
    )
    assert texts(content)[2:] == ["| 1 | Étude ; Travaux |", "| 2 | Plan ; Travaux |"]


def test_text_boxes_count_apart() -> None:
    item = p("x", settings=numbered(60))
    box = f"<w:r><w:pict><v:shape><v:textbox><w:txbxContent>{item}</w:txbxContent></v:textbox></v:shape></w:pict></w:r>"
    content = word_file(item + p("Texte", box) + item, numbering=pattern(50, level("decimal", "%1.")) + numbers(60, 50))
    assert texts(content) == ["1. x", "Texte", "1. x", "2. x"]


@pytest.mark.parametrize(
    ("number", "form", "expected"),
    [
        (28, "lowerLetter", "bb"),
        (781, "upperLetter", "A"),
        (1994, "upperRoman", "MCMXCIV"),
        (4000, "lowerRoman", "4000"),
        (0, "upperRoman", "0"),
        (1, "ordinal", "1er"),
        (1, "ordinalText", "Premier"),
        (2, "ordinalText", "Deuxième"),
        (5, "ordinalText", "Cinquième"),
        (9, "ordinalText", "Neuvième"),
        (21, "ordinalText", "Vingt et unième"),
        (80, "ordinalText", "Quatre-vingtième"),
        (100, "ordinalText", "100e"),
        (71, "cardinalText", "Soixante et onze"),
        (81, "cardinalText", "Quatre-vingt-un"),
        (99, "cardinalText", "Quatre-vingt-dix-neuf"),
        (4, "chicago", "§"),
        (5, "chicago", "**"),
        (12, "hex", "C"),
        (7, "numberInDash", "- 7 -"),
        (7, "cjk", "7"),
    ],
)
def test_numbers_are_written_as_word_writes_them(number: int, form: str, expected: str) -> None:
    assert written(number, form) == expected


def test_a_form_of_its_own_goes_by_its_sample() -> None:
    assert written(7, "custom", "001, 002, 003, ...") == "007"
    assert written(7, "custom", "?") == "7"
