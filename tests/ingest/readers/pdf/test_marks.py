from __future__ import annotations

import re
from pathlib import Path

from pdf_files import PARAGRAPH, Sheet, annotation, widget, with_annotations
from reading import reader_of

read = reader_of("formulaire.pdf")
# Debian's fonts-dejavu-core, which `make test` installs.
SANS = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")
TITLE = (60, 780, "Avis du comité technique de la commune de Vaugrelle")
END = (60, 300, "Le présent avis est transmis au porteur de projet dans les huit jours.")


def test_what_fields_hold_stands_after_their_labels_without_a_drawing_of_it() -> None:
    lines = [
        TITLE,
        (60, 740, "Opération :"),
        (60, 715, "Montant"),
        (60, 690, "Procédure :"),
        (60, 660, "Observations"),
        END,
    ]
    fields = [
        widget((130, 736, 400, 752), "/FT/Tx/T(a)/V(Halle des sports)"),
        widget((180, 711, 400, 727), "/FT/Tx/T(b)/V(1 254 300 euros)"),
        widget((170, 686, 330, 702), "/FT/Ch/Ff 131072/T(c)/Opt[[(1)(March\351 public)][(2)(Concession)]]/V(2)"),
        widget((60, 560, 500, 655), "/FT/Tx/Ff 4096/T(d)/V(Le plan reste \340 compl\351ter.)"),
        widget((130, 500, 400, 512), "/FT/Tx/T(e)/V()"),
        widget((130, 480, 400, 492), "/FT/Tx/Ff 8192/T(f)/V(secret)"),
    ]
    text = read(with_annotations(lines, fields)).text
    for expected in (
        "Opération : Halle des sports",
        "Montant : 1 254 300 euros",
        "Procédure : Concession",
        "Observations\n\nLe plan reste à compléter.",
    ):
        assert expected in text
    assert "secret" not in text


def test_boxes_say_whether_they_are_checked() -> None:
    lines = [TITLE, (80, 690, "Favorable"), (180, 690, "Favorable sous réserve"), (340, 690, "Défavorable"), END]
    fields = [
        widget((62, 688, 74, 700), "/FT/Btn/T(a)/V/Off/AS/Off"),
        widget((162, 688, 174, 700), "/FT/Btn/T(b)/V/Oui/AS/Oui"),
        widget((322, 688, 334, 700), "/FT/Btn/T(c)"),
        widget((60, 640, 72, 652), "/FT/Btn/T(d)/TU(Dossier urgent)/V/Oui/AS/Oui"),
    ]
    text = read(with_annotations(lines, fields)).text
    assert "[ ] Favorable" in text
    assert "[x] Favorable sous réserve" in text
    assert "[ ] Défavorable" in text
    assert "[x] Dossier urgent" in text


def test_notes_of_readers_are_kept_and_stamps_are_not() -> None:
    notes = [
        annotation("FreeText", (60, 600, 300, 620), "/Contents(Re\347u le 4 mars 2025)/DA(/Helv 10 Tf)"),
        annotation("Text", (500, 700, 520, 720), "/Contents(V\351rifier le taux de 42 %)"),
        annotation("Watermark", (0, 0, 595, 842), "/Contents(PROJET)"),
        annotation("Stamp", (0, 0, 595, 842), "/Contents(PROJET)"),
    ]
    text = read(with_annotations([TITLE, END], notes)).text
    assert text.endswith("Commentaire : Vérifier le taux de 42 %")
    assert "Reçu le 4 mars 2025" in text
    assert "PROJET" not in text


def test_signs_of_boxes_are_states() -> None:
    sheet = Sheet()
    sheet.add_font("Sans", fname=SANS)
    sheet.set_font("Sans", size=11)
    for line in ("☒ Favorable sous réserve   ☐ Défavorable", "☑ Dossier complet"):
        sheet.cell(0, 7, line, new_x="LMARGIN", new_y="NEXT")
    sheet.paragraph()
    text = read(sheet.content()).text
    assert text.startswith("[x] Favorable sous réserve [ ] Défavorable\n\n[x] Dossier complet\n\nLe comité")


def test_signs_of_a_font_of_symbols_stand_before_their_words() -> None:
    sheet = Sheet("ZapfDingbats")
    sheet.text(20, 40, "o")
    sheet.text(20, 48, "4")
    sheet.set_font("Helvetica")
    sheet.text(26, 40, "Refusé")
    sheet.text(26, 48, "Accordé")
    sheet.set_y(60)
    sheet.paragraph()
    assert read(sheet.content()).text == f"[ ] Refusé\n\n[x] Accordé\n\n{PARAGRAPH}"


def test_ticks_of_a_list_are_its_bullets() -> None:
    sheet = Sheet("ZapfDingbats")
    for number, words in enumerate(("Le dossier est complet.", "La commune est prévenue.")):
        sheet.set_font("ZapfDingbats")
        sheet.text(20, 40 + 7 * number, "4")
        sheet.set_font("Helvetica")
        sheet.text(26, 40 + 7 * number, words)
    sheet.set_y(60)
    sheet.paragraph()
    assert read(sheet.content()).text.startswith("- Le dossier est complet.\n- La commune est prévenue.")


def test_a_box_far_behind_its_words_is_theirs_and_a_box_has_words_of_its_own() -> None:
    lines = [TITLE, (60, 690, "Association"), (60, 660, "Favorable"), (152, 660, "Réservé"), END]
    fields = [
        widget((262, 688, 274, 700), "/FT/Btn/T(a)/V/Oui/AS/Oui"),
        widget((42, 658, 54, 670), "/FT/Btn/T(b)/V/Oui/AS/Oui"),
        widget((124, 658, 136, 670), "/FT/Btn/T(c)/V/Off/AS/Off"),
    ]
    text = read(with_annotations(lines, fields)).text
    assert "[x] Association\n\n" in text
    assert re.search(r"\[x\] Favorable\W+\[ \] Réservé", text)


def test_a_cross_among_ticks_is_a_no() -> None:
    sheet = Sheet()
    sheet.add_font("Sans", fname=SANS)
    sheet.set_font("Sans", size=11)
    sheet.cell(0, 7, "☐ Urgent, ✔ transmis, ✗ classé", new_x="LMARGIN", new_y="NEXT")
    sheet.paragraph()
    assert read(sheet.content()).text.startswith("[ ] Urgent, [x] transmis, ✗ classé")
