"""Check boxes of every make, lists to choose from, content controls, fields."""

from __future__ import annotations

import pytest

from reading import reader_of
from word_files import cell, field, level, numbered, numbers, p, pattern, r, row, section, table, word_file

read = reader_of("avis.docx")


def text(body: str, **parts: str) -> str:
    return read(word_file(body, **parts)).text


def control(settings: str, content: str) -> str:
    return f"<w:sdt><w:sdtPr>{settings}</w:sdtPr><w:sdtContent>{content}</w:sdtContent></w:sdt>"


def box(state: str, content: str) -> str:
    return control(f"<w14:checkbox>{state}<w14:checkedState w14:val='2612'/></w14:checkbox>", content)


def form_field(form: str, kind: str) -> str:
    return (
        f"<w:r><w:fldChar w:fldCharType='begin'><w:ffData><w:name w:val='c'/>{form}</w:ffData></w:fldChar></w:r>"
        f"<w:r><w:instrText> {kind} </w:instrText></w:r><w:r><w:fldChar w:fldCharType='end'/></w:r>"
    )


@pytest.mark.parametrize(
    ("state", "sign", "expected"),
    [
        ("<w14:checked w14:val='1'/>", "☒", "[x]"),
        ("<w14:checked w14:val='0'/>", "☐", "[ ]"),
        ("<w14:checked/>", "þ", "[x]"),
        ("", "☐", "[ ]"),
        ("<w14:checked w14:val='true'/>", "<w:sym w:font='Wingdings' w:char='F0FC'/>", "[x]"),
        ("<w14:checked w14:val='false'/>", "", "[ ]"),
    ],
)
def test_the_box_of_a_content_control_keeps_its_state(state: str, sign: str, expected: str) -> None:
    run = r(sign, "<w:rFonts w:ascii='MS Gothic'/>") if sign else ""
    assert text(p(box(state, run), "Favorable") + p("Fin.")) == f"{expected} Favorable\n\nFin."
    if sign:
        whole = box(state, p(run))
        cells = f"<w:tr>{box(state, cell(p(run)))}{cell('Favorable')}</w:tr>"
        assert text(whole + table(row("Avis", "Sens"), cells)).split("\n") == [
            expected, "", "| Avis | Sens |", "| --- | --- |", f"| {expected} | Favorable |"
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("<w:default w:val='0'/><w:checked/>", "[x]"),
        ("<w:default w:val='0'/><w:checked w:val='1'/>", "[x]"),
        ("<w:default w:val='1'/><w:checked w:val='0'/>", "[ ]"),
        ("<w:default w:val='1'/>", "[x]"),
        ("<w:default w:val='0'/>", "[ ]"),
        ("", "[ ]"),
    ],
)
def test_the_box_of_a_form_field_keeps_its_state(form: str, expected: str) -> None:
    run = form_field(f"<w:checkBox><w:sizeAuto/>{form}</w:checkBox>", "FORMCHECKBOX")
    assert text(p("Avis :", run, "favorable")) == f"Avis : {expected} favorable"


@pytest.mark.parametrize(
    ("sign", "expected"),
    [
        ("☒", "[x]"), ("☑", "[x]"), ("✓", "[x]"), ("✔", "[x]"), ("☐", "[ ]"), ("□", "[ ]"), ("❑", "[ ]"),
        ("<w:sym w:font='Wingdings' w:char='F0FE'/>", "[x]"),
        ("<w:sym w:font='Wingdings' w:char='F0FD'/>", "[x]"),
        ("<w:sym w:font='Wingdings' w:char='F0FC'/>", "[x]"),
        ("<w:sym w:font='Wingdings' w:char='F0A8'/>", "[ ]"),
        ("<w:sym w:font='Wingdings' w:char='F06F'/>", "[ ]"),
        ("<w:sym w:font='Wingdings 2' w:char='F052'/>", "[x]"),
        ("<w:sym w:font='Wingdings 2' w:char='F0A3'/>", "[ ]"),
        ("<w:sym w:font='Symbol' w:char='F0B3'/>", "≥"),
    ],
)  # fmt: skip
def test_signs_are_boxes_or_what_they_draw(sign: str, expected: str) -> None:
    assert text(p(r(sign), " Favorable sous réserve")) == f"{expected} Favorable sous réserve"


def test_signs_typed_in_a_font_of_signs_are_read_and_words_in_it_kept() -> None:
    signs = "<w:rFonts w:ascii='Wingdings' w:hAnsi='Wingdings'/>"
    assert text(p(r("\uf0fe", signs), "Oui", r("\uf0a8", signs), "Non")) == "[x] Oui [ ] Non"
    assert text(p(r("þ", signs), " Oui")) == "[x] Oui"
    assert text(p(r("Des mots", signs))) == "Des mots"


def test_filled_squares_are_ticks_where_there_are_empty_ones() -> None:
    assert text(p("■ Oui □ Non")) == "[x] Oui [ ] Non"
    assert text(p("■ Un point")) == "■ Un point"


@pytest.mark.parametrize(("ticked", "empty"), [("☒", "☐"), ("\uf0fe", "\uf0a8")])
def test_bullets_that_are_boxes_keep_their_state_where_one_is_ticked(ticked: str, empty: str) -> None:
    lists = [
        pattern(50 + n, level("bullet", sign)) + numbers(60 + n, 50 + n) for n, sign in enumerate((empty, "ü", ticked))
    ]
    items = [p(name, settings=numbered(number)) for name, number in (("Oui", 62), ("Non", 60), ("Soit", 61))]
    assert text("".join(items), numbering="".join(lists)) == "- [x] Oui\n- [ ] Non\n- Soit"
    assert text("".join(items[1:]), numbering="".join(lists[:2])) == "- Non\n- Soit"


def test_controls_that_are_not_read_are_told() -> None:
    control = r("<w:object><w:control w:name='CheckBox1'/></w:object>")
    assert read(word_file(p("Oui", control, "Non"))).remarks == ("1 contrôle ActiveX laissé de côté",)


def test_the_chosen_entry_of_a_list_is_shown() -> None:
    entries = "<w:listEntry w:val='Avis favorable'/><w:listEntry w:val='Avis réservé'/>"
    chosen = form_field(f"<w:ddList><w:result w:val='1'/>{entries}</w:ddList>", "FORMDROPDOWN")
    first = form_field(f"<w:ddList>{entries}</w:ddList>", "FORMDROPDOWN")
    assert text(p("Sens :", chosen) + p("Sens :", first)) == "Sens :Avis réservé\n\nSens :Avis favorable"
    items = "<w:listItem w:displayText='Zone A' w:value='a'/><w:listItem w:displayText='Zone B' w:value='b'/>"
    shown = control(f"<w:dropDownList w:lastValue='b'>{items}</w:dropDownList>", r("Zone B"))
    lost = control(f"<w:dropDownList w:lastValue='b'>{items}</w:dropDownList>", "")
    assert text(p("En ", shown) + p("En ", lost)) == "En Zone B\n\nEn Zone B"


def test_the_words_that_ask_for_text_are_no_text_but_what_a_program_wrote_is() -> None:
    asking = control("<w:showingPlcHdr/>", r("Cliquez ou appuyez ici pour entrer du texte."))
    filled = control("<w:showingPlcHdr/>", r("Solène Marchadier"))
    block = control("<w:showingPlcHdr/>", p("Choisissez un élément."))
    assert text(p("Référent : ", asking) + block + p("Référent : ", filled)) == (
        "Référent :\n\nRéférent : Solène Marchadier"
    )


def test_content_controls_are_read_at_every_level() -> None:
    rows = control("", row("A", control("", cell(p(control("", r("12 €")))))))
    body = control("", p("Un bloc.") + control("", p("Un autre."))) + table(row("Zone", "Prix"), rows)
    assert text(body) == "Un bloc.\n\nUn autre.\n\n| Zone | Prix |\n| --- | --- |\n| A | 12 € |"


def test_fields_show_their_result_and_tables_of_contents_nothing() -> None:
    inner = field("PAGEREF _Toc1", "3")
    contents = (
        "<w:p><w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText> TOC \\o </w:instrText></w:r>"
        f"<w:r><w:fldChar w:fldCharType='separate'/></w:r>{r('Objet')}{inner}</w:p>"
        f"<w:p>{r('Durée')}{inner}<w:r><w:fldChar w:fldCharType='end'/></w:r></w:p>"
    )
    gallery = control(
        "<w:docPartObj><w:docPartGallery w:val='Table of Contents'/></w:docPartObj>", p("Sommaire") + p("Objet 2")
    )
    body = (
        contents
        + gallery
        + p("Voir ", field("REF _Ref2 \\h", "l'article 2"), ", page", inner, "et ", field("HYPERLINK x", "ici"), ".")
        + p(field("IF 1 = 1", field("MERGEFIELD Nom", "Dupont")), " ", field("FILENAME \\p", "C:\\dossier\\a.docx"))
        + p(f"<w:fldSimple w:instr=' DOCPROPERTY Ref '>{r('DT-7')}</w:fldSimple>")
    )
    assert text(body) == "Voir l'article 2, page 3 et ici.\n\nDupont\n\nDT-7"


def test_a_field_that_never_ends_takes_nothing_with_it() -> None:
    begun = "<w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText> TOC </w:instrText></w:r>"
    ended = "<w:r><w:fldChar w:fldCharType='end'/></w:r>"
    assert text(p(begun, "Un.") + p("Deux.") + p("Trois.", section())) == "Un.\n\nDeux.\n\nTrois."
    assert text(p(ended, "Un.") + p("Deux.")) == "Un.\n\nDeux."


def test_a_field_that_draws_a_sign_is_a_box() -> None:
    drawn = (
        "<w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText> SYMBOL 254 \\f Wingdings \\s 12 </w:instrText>"
        "</w:r><w:r><w:fldChar w:fldCharType='end'/></w:r>"
    )
    assert text(p(drawn, " Complet")) == "[x] Complet"
