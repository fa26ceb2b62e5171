"""ODT, ODS, ODP, as odfdo writes them and as LibreOffice does."""

from __future__ import annotations

import io
import zipfile

import odfdo
import pytest

from kb.errors import DocumentError
from reading import reader_of

read = reader_of("note.odt")

_NAMES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in {
        "office": "office", "text": "text", "table": "table", "draw": "drawing", "style": "style",
        "svg": "svg-compatible",
        "presentation": "presentation",
    }.items()
)  # fmt: skip
_NAMES += ' xmlns:field="urn:openoffice:names:experimental:ooo-ms-interop:xmlns:field:1.0"'


def package(body: str, styles: str = "", shared: str = "", title: str = "", manifest: str = "") -> bytes:
    """An OpenDocument file with this body."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as written:
        written.writestr(
            "content.xml",
            f"<office:document-content {_NAMES}><office:automatic-styles>{styles}</office:automatic-styles>"
            f"<office:body>{body}</office:body></office:document-content>",
        )
        written.writestr("styles.xml", f"<office:document-styles {_NAMES}>{shared}</office:document-styles>")
        written.writestr("meta.xml", f'<m xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{title}</dc:title></m>')
        written.writestr("META-INF/manifest.xml", manifest or "<manifest/>")
    return made.getvalue()


def text(body: str, **parts: str) -> bytes:
    return package(f"<office:text>{body}</office:text>", **parts)


def saved(opened: odfdo.Document) -> bytes:
    made = io.BytesIO()
    opened.save(made)
    return made.getvalue()


def test_a_text_of_odfdo() -> None:
    opened = odfdo.Document("text")
    body = opened.body
    body.clear()
    body.append(odfdo.Header(1, "Les halles"))
    paragraph = odfdo.Paragraph("Il y a 1 254 étals.")
    paragraph.insert_note(after="254", note_id="n1", citation="1", body="Hors réserve.")
    body.append(paragraph)
    body.append(odfdo.List(["le samedi", "le jeudi"]))
    document = read(saved(opened))
    assert document.title == "Les halles"
    assert document.text == "Il y a 1 254 étals.\n\nNote 1 : Hors réserve.\n\n- le samedi\n- le jeudi"


def test_headings_lists_and_tables_keep_their_structure() -> None:
    styles = (
        '<text:list-style style:name="L1"><text:list-level-style-number text:level="1"/>'
        '<text:list-level-style-bullet text:level="2"/></text:list-style>'
    )
    document = read(
        text(
            '<text:h text:outline-level="1"><text:number>1.</text:number>Objet</text:h>'
            '<text:list text:style-name="L1"><text:list-item><text:p>un</text:p><text:list><text:list-item><text:p>'
            "détail</text:p></text:list-item></text:list></text:list-item><text:list-item><text:p>deux</text:p>"
            "</text:list-item></text:list>"
            '<table:table><table:table-header-rows><table:table-row><table:table-cell table:number-rows-spanned="2">'
            '<text:p>Halle</text:p></table:table-cell><table:table-cell table:number-columns-spanned="2"><text:p>Étals'
            "</text:p></table:table-cell><table:covered-table-cell/></table:table-row></table:table-header-rows>"
            "<table:table-row><table:covered-table-cell/><table:table-cell><text:p>Fixes</text:p></table:table-cell>"
            "<table:table-cell><text:p>Mobiles</text:p></table:table-cell></table:table-row><table:table-row>"
            "<table:table-cell><text:p>Nord</text:p></table:table-cell><table:table-cell><text:p>36</text:p>"
            "</table:table-cell><table:table-cell><text:p>48</text:p></table:table-cell></table:table-row></table:table>",
            styles=styles,
            title="Convention",
        )
    )
    assert document.title == "Convention"
    assert document.text == (
        "## 1. Objet\n\n1. un\n  - détail\n2. deux\n\n"
        "| Halle | Étals, Fixes | Étals, Mobiles |\n| --- | --- | --- |\n| Nord | 36 | 48 |"
    )


def test_what_was_deleted_or_is_no_text_stays_out_and_comments_are_counted() -> None:
    document = read(
        text(
            "<text:tracked-changes><text:changed-region><text:deletion><text:p>effacé</text:p></text:deletion>"
            "</text:changed-region></text:tracked-changes><text:table-of-content><text:index-body><text:p>Sommaire"
            "</text:p></text:index-body></text:table-of-content><text:p>Il y a 36<office:annotation><text:p>à vérifier"
            '</text:p></office:annotation><text:s text:c="2"/>étals.</text:p><text:p>Voici :<draw:frame><draw:text-box>'
            "<text:p>Un cadre.</text:p></draw:text-box></draw:frame></text:p>"
        )
    )
    assert document.text == "Il y a 36 étals.\n\nVoici :\n\nUn cadre."
    assert document.remarks == ("1 commentaire laissé de côté",)


def test_references_in_headers_are_said_once_and_page_numbers_are_not() -> None:
    shared = (
        "<style:header><text:p>Réf. : DH-2025-0417</text:p></style:header>"
        "<style:footer><text:p>Page <text:page-number>12</text:page-number></text:p></style:footer>"
    )
    assert read(text("<text:p>Un courrier.</text:p>", shared=shared)).text == "Réf. : DH-2025-0417\n\nUn courrier."


def test_a_manifest_of_openoffice_may_have_a_doctype() -> None:
    manifest = '<!DOCTYPE manifest:manifest PUBLIC "-//OpenOffice.org//DTD Manifest 1.0//EN" "Manifest.dtd"><a/>'
    assert read(text("<text:p>Un texte.</text:p>", manifest=manifest)).text == "Un texte."


def cells(*texts: str) -> str:
    return "".join(f"<table:table-cell><text:p>{text}</text:p></table:table-cell>" for text in texts)


def row(*texts: str, attributes: str = "") -> str:
    return f"<table:table-row {attributes}>{cells(*texts)}</table:table-row>"


def test_sheets_hold_their_numbers_as_shown() -> None:
    empty = (
        '<table:table-row table:number-rows-repeated="1048570">'
        '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    )
    styles = '<style:style style:name="ta2"><style:table-properties table:display="false"/></style:style>'
    filtered = row("Fermée", "3", attributes='table:visibility="filter"')
    shown = f"{row('Halle', 'Loyer')}{row('Nord', '1 254,50 €')}{filtered}{row('Sud', '12,5 %')}{empty}"
    hidden = f'<table:table table:name="Calculs" table:style-name="ta2">{row("x", "1")}</table:table>'
    document = read(
        package(
            f'<office:spreadsheet><table:table table:name="Halles">{shown}</table:table>{hidden}</office:spreadsheet>',
            styles=styles,
        ),
        "halles.ods",
    )
    assert document.text == ("## Halles\n\n| Halle | Loyer |\n| --- | --- |\n| Nord | 1 254,50 € |\n| Sud | 12,5 % |")
    assert document.remarks == (
        "feuille masquée laissée de côté : « Calculs »",
        "1 ligne masquée laissée de côté dans la feuille « Halles »",
    )


def test_numbers_that_a_program_wrote_raw_are_in_french() -> None:
    opened = odfdo.Document("spreadsheet")
    opened.body.clear()
    table = odfdo.Table("Feuille1")
    held: dict[tuple[int, int], str | float] = {(0, 0): "Halle", (1, 0): "Loyer", (0, 1): "Nord", (1, 1): 48.5}
    for at, value in held.items():
        table.set_value(at, value)
    opened.body.append(table)
    assert read(saved(opened), "halles.ods").text == "| Halle | Loyer |\n| --- | --- |\n| Nord | 48,5 |"


def test_slides_are_pages() -> None:
    def frame(kind: str, top: int, words: str) -> str:
        return (
            f'<draw:frame presentation:class="{kind}" svg:x="1cm" svg:y="{top}cm"><draw:text-box><text:p>{words}'
            "</text:p></draw:text-box></draw:frame>"
        )

    styles = (
        '<style:style style:name="dp2"><style:drawing-page-properties presentation:visibility="hidden"/></style:style>'
    )
    notes = f"<presentation:notes>{frame('notes', 1, 'Le dire.')}</presentation:notes>"
    document = read(
        package(
            "<office:presentation>"
            f"<draw:page>{frame('outline', 9, 'En bas.')}{frame('outline', 5, 'En haut.')}"
            f"{frame('title', 1, 'Les halles')}{frame('page-number', 20, '1')}{notes}</draw:page>"
            f'<draw:page draw:style-name="dp2">{frame("title", 1, "Cachée")}</draw:page>'
            f"<draw:page>{frame('title', 1, 'La suite')}{frame('outline', 5, 'Et fin.')}</draw:page>"
            "</office:presentation>",
            styles=styles,
        ),
        "copil.odp",
    )
    assert document.title == "Les halles"
    assert document.text == "En haut.\n\nEn bas.\n\nNotes : Le dire.\n\n## La suite\n\nEt fin."
    assert document.page_at(document.text.index("Et fin")) == 3
    assert document.remarks == ("diapositive masquée laissée de côté : 2",)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"texte", "ce n'est pas un document OpenDocument"),
        (package("<office:chart/>"), "ni un texte"),
        (package("<office:text/>"), "aucun texte"),
        (package("<office:text>").replace(b"x", b"x"), "endommagé"),
        (text("<text:p>x</text:p>", manifest="<m><encryption-data/></m>"), "mot de passe"),
    ],
)
def test_what_cannot_be_read_says_why(content: bytes, reason: str) -> None:
    with pytest.raises(DocumentError, match=reason):
        read(content)


def test_raised_figures_are_powers_or_calls() -> None:
    styles = (
        '<style:style style:name="T1"><style:text-properties style:text-position="super 58%"/></style:style>'
        '<style:style style:name="T2"><style:text-properties style:text-position="sub 58%"/></style:style>'
    )

    def span(style: str, words: str) -> str:
        return f'<text:span text:style-name="{style}">{words}</text:span>'

    body = (
        f"<text:p>Il y a 1 254{span('T1', '3')} étals sur 850 m{span('T1', '2')} pour 10{span('T1', '6')} euros, "
        f"et du CO{span('T2', '2')}.</text:p>"
    )
    assert read(text(body, styles=styles)).text == "Il y a 1 254 (3) étals sur 850 m² pour 10⁶ euros, et du CO2."


def test_the_answers_of_a_form_of_word_and_its_signs_are_kept() -> None:
    def field(kind: str, **told: str) -> str:
        held = "".join(f'<field:param field:name="{name}" field:value="{value}"/>' for name, value in told.items())
        return f'<field:fieldmark field:type="vnd.oasis.opendocument.field.{kind}">{held}</field:fieldmark>'

    box, empty = field("FORMCHECKBOX", Checkbox_Checked="true"), field("FORMCHECKBOX")
    chosen = field("FORMDROPDOWN", Dropdown_ListEntry="Nord", Dropdown_Selected="0")
    body = f"<text:p>{box}Conforme{empty}Refusé, \uf0fe Urgent \uf06f Étude ☒ Halle : secteur {chosen}</text:p>"
    assert read(text(body)).text == "[x] Conforme [ ] Refusé, [x] Urgent [ ] Étude [x] Halle : secteur Nord"


def test_what_is_struck_out_is_left_out_and_told_of() -> None:
    styles = (
        '<style:style style:name="T1"><style:text-properties style:text-line-through-style="solid"/></style:style>'
        '<style:style style:name="T2"><style:text-properties style:text-line-through-style="none"/></style:style>'
    )
    body = (
        '<text:p>Le tarif est de <text:span text:style-name="T1">48</text:span>'
        '<text:span text:style-name="T2">52 euros</text:span>.</text:p>'
    )
    document = read(text(body, styles=styles))
    assert document.text == "Le tarif est de 52 euros."
    assert document.remarks == ("texte barré laissé de côté",)
