"""What one paragraph shows: equations, signs, hidden text, changes; and what the whole file says of itself."""

from __future__ import annotations

import pytest

from reading import reader_of
from word_files import call, note, p, packed, r, section, unpacked, word_file

read = reader_of("note.docx")


def text(body: str, **parts: str) -> str:
    return read(word_file(body, **parts)).text


def mr(words: str) -> str:
    return f"<m:r><m:t>{words}</m:t></m:r>"


def part(name: str, *inner: str) -> str:
    return f"<m:{name}>{''.join(inner)}</m:{name}>"


def sign(settings: str, **named: str) -> str:
    return part(settings, *(f'<m:{name} m:val="{value}"/>' for name, value in named.items()))


@pytest.mark.parametrize(
    ("equation", "expected"),
    [
        (part("f", part("num", mr("a+b")), part("den", mr("2"))), "(a+b)/2"),
        (part("f", part("num", mr("a")), part("den", mr("b+c"))), "a/(b+c)"),
        (part("sSup", part("e", mr("x")), part("sup", mr("2"))), "x^2"),
        (part("sSup", part("e", mr("1+t")), part("sup", mr("n-1"))), "(1+t)^(n-1)"),
        (part("sSub", part("e", mr("R")), part("sub", mr("i"))), "R_i"),
        (part("sSubSup", part("e", mr("x")), part("sub", mr("i")), part("sup", mr("2"))), "x_i^2"),
        (part("rad", part("deg"), part("e", mr("x+1"))), "√(x+1)"),
        (part("rad", part("deg", mr("3")), part("e", mr("x"))), "∛(x)"),
        (
            part(
                "nary",
                sign("naryPr", chr="∑"),
                part("sub", mr("i=1")),
                part("sup", mr("n")),
                part("e", part("sSub", part("e", mr("x")), part("sub", mr("i")))),
            ),
            "Σ_(i=1)^n x_i",
        ),
        (part("nary", part("sub"), part("sup"), part("e", mr("f"))), "∫f"),
        (part("d", part("e", mr("a")), part("e", mr("b"))), "(a|b)"),
        (part("d", sign("dPr", begChr="[", endChr="]"), part("e", mr("a"))), "[a]"),
        (part("func", part("fName", mr("max")), part("e", part("d", part("e", mr("0 ; x"))))), "max(0 ; x)"),
        (part("func", part("fName", mr("ln")), part("e", mr("x"))), "ln(x)"),
        (part("limLow", part("e", mr("lim")), part("lim", mr("n→∞"))), "lim_(n→∞)"),
        (part("m", part("mr", part("e", mr("1")), part("e", mr("2"))), part("mr", part("e", mr("3")))), "[1 ; 2 / 3]"),
        (part("eqArr", part("e", mr("x=1")), part("e", mr("y=2"))), "x=1 ; y=2"),
        (part("bar", sign("barPr", pos="top"), part("e", mr("x"))), "x"),
        (part("sPre", part("sub", mr("1")), part("sup", mr("2")), part("e", mr("x"))), "_1^2x"),
    ],
)
def test_equations_are_text_on_one_line(equation: str, expected: str) -> None:
    assert text(p("Soit ", part("oMath", equation), " ici.")) == f"Soit {expected} ici."
    assert text(p(part("oMathPara", part("oMath", mr("y="), equation)))) == f"y={expected}"


def test_an_equation_does_not_touch_the_words_around_it_and_its_deletions_are_gone() -> None:
    gone = f"<w:del w:id='1' w:author='a'>{mr('9')}</w:del><w:ins w:id='2' w:author='a'>{mr('8')}</w:ins>"
    assert text(p("taux", part("oMath", mr("x="), gone), "fin")) == "taux x=8 fin"


@pytest.mark.parametrize(
    ("runs", "expected"),
    [
        ([r("<w:t>Seine</w:t><w:noBreakHyphen/><w:t>Aval</w:t>")], "Seine\u2011Aval"),
        ([r("<w:t>coor</w:t><w:softHyphen/><w:t>donner</w:t>")], "coordonner"),
        (["Total", r("<w:tab/>"), "1 200", r("<w:tab/>"), "300"], "Total 1 200 ; 300"),
        (["Fin", r("<w:br w:type='page'/>"), "Suite"], "Fin Suite"),
        (["Un ", "<w:hyperlink>" + r("lien") + "</w:hyperlink>"], "Un lien"),
        (["<w:smartTag>" + r("Lille") + "</w:smartTag>"], "Lille"),
        (["<w:bdo w:val='ltr'>" + r("sens") + "</w:bdo>"], "sens"),
        ([r(f"<w:ruby><w:rt>{r('lecture')}</w:rt><w:rubyBase>{r('mot')}</w:rubyBase></w:ruby>")], "mot"),
        (["Vu", r(" caché", "<w:vanish/>"), r(" montré", "<w:vanish w:val='0'/>")], "Vu montré"),
        (["Vu", r(" caché", "<w:rStyle w:val='Cache'/>")], "Vu"),
        (
            [
                r("<mc:AlternateContent><mc:Choice Requires='w16se'><w16se:symEx/></mc:Choice><mc:Fallback><w:t>✔"
                  "</w:t></mc:Fallback></mc:AlternateContent>"),
                "Fait",
            ],
            "[x] Fait",
        ),
    ],
)  # fmt: skip
def test_runs_show_what_word_shows(runs: list[str], expected: str) -> None:
    styles = "<w:style w:type='character' w:styleId='Cache'><w:name w:val='Caché'/><w:rPr><w:vanish/></w:rPr></w:style>"
    assert text(p("Début.") + p(*runs), styles=styles) == f"Début.\n\n{expected}"


def test_a_hidden_style_of_paragraphs_hides_them_but_for_what_is_shown_again() -> None:
    styles = "<w:style w:type='paragraph' w:styleId='C'><w:name w:val='C'/><w:rPr><w:vanish/></w:rPr></w:style>"
    content = p("Une consigne ", r("visible", "<w:vanish w:val='false'/>"), style="C") + p("Texte.")
    assert text(content, styles=styles) == "visible\n\nTexte."


def test_a_paragraph_whose_end_was_deleted_goes_on_in_the_next() -> None:
    settings = "<w:rPr><w:del w:id='1' w:author='a'/></w:rPr>"
    assert text(p("Le taux", settings=settings) + p("est de 5 %.")) == "Le taux est de 5 %."
    assert text(p("La fin", settings=settings)) == "La fin"
    table = f"<w:tbl><w:tr><w:tc>{p('Dedans', settings=settings)}</w:tc></w:tr></w:tbl>"
    assert text(p("Avant", settings=settings) + table + p("Après")) == "Avant\n\nDedans\n\nAprès"


def test_moved_text_is_read_once_where_it_is_now() -> None:
    moved = "<w:move{} w:id='1' w:author='a'>" + r("Déplacé.") + "</w:move{}>"
    assert text(p(moved.format("From", "From")) + p("Un.") + p(moved.format("To", "To"))) == "Un.\n\nDéplacé."


def test_a_box_in_a_box_is_read_once_and_embedded_files_are_told() -> None:
    def box(inner: str) -> str:
        return r(f"<w:pict><v:shape><v:textbox><w:txbxContent>{inner}</w:txbxContent></v:textbox></v:shape></w:pict>")

    document = read(word_file(p("Un", box(p("Deux", box(p("Trois"))))) + "<w:altChunk r:id='x'/>"))
    assert document.text == "Un\n\nDeux\n\nTrois"
    assert document.remarks == ("1 fichier incorporé laissé de côté",)


def test_a_part_that_cannot_be_read_is_told() -> None:
    parts = unpacked(word_file(p("Texte."), footnotes=p("x")))
    document = read(packed(parts | {"word/footnotes.xml": b"<w:footnotes"}))
    assert document.text == "Texte."
    assert document.remarks == ("parties illisibles, laissées de côté : word/footnotes.xml",)


@pytest.mark.parametrize(
    "title",
    [
        "(anonymous)", "Microsoft Word - note.doc", "PROJET", "Document1", "Document 2", "Sans titre",
        "[Titre du document]",
        "Modèle", "note_v2.docx", "v1.2", "Normal", " - ", "Untitled document", "Normal.dotm", "Brouillon",
    ],
)  # fmt: skip
def test_what_programs_and_templates_leave_is_no_title(title: str) -> None:
    assert read(word_file(p("Le bilan", style="Heading1") + p("Texte."), title=title)).title == "Le bilan"
    assert read(word_file(p("Texte."), title=title)).title == "note"


@pytest.mark.parametrize("title", ["Projet de convention", "Documents reçus", "Modèle de courrier", "Titre III"])
def test_what_somebody_wrote_is_a_title(title: str) -> None:
    assert read(word_file(p("Le bilan", style="Heading1") + p("Texte."), title=title)).title == title


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("note.docm", "application/vnd.ms-word.document.macroEnabled.main+xml"),
        ("note.docx", "application/vnd.ms-word.document.macroEnabled.main+xml"),
        ("note.dotx", "application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml"),
        ("note.dotm", "application/vnd.ms-word.template.macroEnabledTemplate.main+xml"),
    ],
)
def test_documents_with_macros_and_templates_are_read(name: str, kind: str) -> None:
    parts = unpacked(word_file(p("Texte.")))
    usual = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(usual, kind.encode())
    assert kind.encode() in parts["[Content_Types].xml"]
    assert read(packed(parts), name).text == "Texte."


def test_the_media_type_of_a_document_with_macros_is_known() -> None:
    media_type = "application/vnd.ms-word.document.macroEnabled.12"
    assert read(word_file(p("Texte.")), "telechargement.php", media_type=media_type).text == "Texte."


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_the_strict_standard_is_read_like_the_other(encoding: str) -> None:
    square = part("sSup", part("e", mr("x")), part("sup", mr("2")))
    content = word_file(
        p("Objet", style="Heading1")
        + p(
            "Le prix est de 12",
            call(2),
            " €, soit ",
            part("oMath", square),
        )
        + section(default_header="header1"),
        title="Prime",
        footnotes=note(2, "Hors taxes."),
        header1=p("Réf. : DT-7"),
    )
    strict = {}
    for name, content_of in unpacked(content).items():
        told = content_of
        for kind in ("wordprocessingml", "officeDocument", "drawingml"):
            told = told.replace(
                f"http://schemas.openxmlformats.org/{kind}/2006/".encode(),
                f"http://purl.oclc.org/ooxml/{kind}/".encode(),
            )
        if name == "word/document.xml":
            told = told.decode().encode(encoding)
        strict[name] = told
    assert b"purl.oclc.org" in strict["word/styles.xml"]
    assert read(packed(strict)).text == read(content).text
    assert read(content).text == ("Réf. : DT-7\n\n## Objet\n\nLe prix est de 12 €, soit x^2\n\nNote : Hors taxes.")


def test_parts_are_found_by_their_relationships_whatever_their_names() -> None:
    parts = unpacked(word_file(p("Texte", call(2), "."), footnotes=note(2, "La note.")))
    names = {name: name.replace("word/", "Contenu/").replace("document.xml", "texte.xml") for name in parts}
    moved = {names[name]: content for name, content in parts.items()}
    moved["_rels/.rels"] = moved["_rels/.rels"].replace(b'"word/document.xml"', b'"/contenu/Texte.xml"')
    assert read(packed(moved)).text == "Texte.\n\nNote : La note."


def test_the_words_of_a_diagram_are_read_and_charts_told() -> None:
    space = "http://schemas.openxmlformats.org/drawingml/2006/diagram"
    point = '<dgm:pt type="{}"><dgm:t><a:p><a:r><a:t>{}</a:t></a:r></a:p></dgm:t></dgm:pt>'
    points = "".join(point.format(*told) for told in (("node", "Diagnostic"), ("parTrans", "x"), ("node", "Travaux")))
    data = f'<dgm:dataModel xmlns:dgm="{space}" xmlns:a="{space.replace("diagram", "main")}">{points}</dgm:dataModel>'
    drawn = r(f'<w:drawing><dgm:relIds xmlns:dgm="{space}" r:dm="d1"/></w:drawing>')
    parts = unpacked(word_file(p("Les étapes :", drawn) + p("Fin.")))
    related = "".join(
        f'<Relationship Id="{name}" Type="x/{kind}" Target="{target}"/>'
        for name, kind, target in (("d1", "diagramData", "d.xml"), ("c1", "chart", "c.xml"), ("c2", "chart", "c2.xml"))
    )
    name = "word/_rels/document.xml.rels"
    parts[name] = parts[name].replace(b"</Relationships>", f"{related}</Relationships>".encode())
    document = read(packed(parts | {"word/d.xml": data.encode()}))
    assert document.text == "Les étapes :\n\nDiagnostic\n\nTravaux\n\nFin."
    assert document.remarks == ("2 graphiques laissés de côté",)


def test_changes_that_were_followed_are_told() -> None:
    new = "<w:ins w:id='1' w:author='a'>" + r("55") + "</w:ins>"
    old = "<w:del w:id='2' w:author='a'><w:r><w:delText>40</w:delText></w:r></w:del>"
    document = read(word_file(p("Le taux est de ", old, new, " %.")))
    assert document.text == "Le taux est de 55 %."
    assert document.remarks == ("modifications suivies lues comme acceptées",)


def test_a_date_in_a_box_of_the_header_is_the_date() -> None:
    dated = p("Lille, le 14 avril 2024")
    box = f"<w:r><w:pict><v:textbox><w:txbxContent>{dated}</w:txbxContent></v:textbox></w:pict></w:r>"
    document = read(word_file(p("Texte.") + section(default_header="header1"), header1=p("Agence", box)))
    assert (document.date, document.text) == ("2024-04-14", "Agence\n\nLille, le 14 avril 2024\n\nTexte.")


def test_what_is_lifted_by_hand_is_raised() -> None:
    lifted = "<w:r><w:rPr><w:position w:val='6'/><w:sz w:val='14'/></w:rPr><w:t>2</w:t></w:r>"
    body = p(r("Il y a 41"), lifted, r(" puits et 30 m"), lifted, r("."))
    assert text(body) == "Il y a 41 (2) puits et 30 m²."


def test_a_letter_without_a_title_has_its_object() -> None:
    body = p(r("Madame la Maire,")) + p(r("Objet : fermeture du bac")) + p(r("Il sera fermé 19 jours."))
    assert read(word_file(body)).title == "Fermeture du bac"


def test_what_is_struck_out_is_left_out_and_told_of() -> None:
    struck = "<w:r><w:rPr><w:strike/></w:rPr><w:t>48</w:t></w:r>"
    kept = "<w:r><w:rPr><w:strike w:val='0'/></w:rPr><w:t> euros</w:t></w:r>"
    document = read(word_file(p(r("Le tarif est de "), struck, r("52"), kept, r("."))))
    assert document.text == "Le tarif est de 52 euros."
    assert document.remarks == ("texte barré laissé de côté",)
