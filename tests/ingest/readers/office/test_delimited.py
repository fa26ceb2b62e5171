"""CSV and TSV: delimiter and encoding found, values as they are written."""

from __future__ import annotations

import pytest

from ingest.readers.office.delimited import delimiter_of
from kb.errors import DocumentError
from reading import reader_of

read = reader_of("étals.csv")
TABLE = "| Halle | Étals | Loyer |\n| --- | --- | --- |\n| Nord | 36 | 1 254,50 |"


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_the_usual_forms_give_one_table(delimiter: str, encoding: str) -> None:
    lines = (["Halle", "Étals", "Loyer"], ["Nord", "36", "1 254,50"])
    content = "\r\n".join(delimiter.join(line) for line in lines)
    document = read(content.encode(encoding))
    assert document.text == TABLE
    assert document.title == "étals"


def test_commas_between_values_and_within_quotes() -> None:
    content = 'Halle,Étals,Loyer\nNord,36,"1 254,50"\n'
    assert read(content).text == TABLE


def test_decimal_commas_do_not_cut_values() -> None:
    assert delimiter_of("Halle;Loyer\nNord;12,5\nSud;13,5\n") == ";"
    assert delimiter_of("Une phrase, puis une autre.\nEt la suite.") in ";,"


def test_a_value_may_go_over_lines() -> None:
    assert (
        read('Halle;Note\nNord;"ouverte\nle samedi"\nSud;fermée\n').text.split("\n")[2]
        == "| Nord | ouverte le samedi |"
    )


def test_a_line_that_names_the_delimiter_is_no_row() -> None:
    assert read("sep=,\nHalle,Étals\nNord,36\n").text.startswith("| Halle | Étals |")


def test_lines_above_the_table_are_its_title() -> None:
    made = read("Relevé des halles;;\n;;\nHalle;Étals;Loyer\nNord;36;12\n").text
    assert "| Halle | Étals | Loyer |" in made
    assert "Relevé des halles" in made


def test_empty_and_binary_files_are_refused() -> None:
    with pytest.raises(DocumentError, match="aucun texte"):
        read(";;;\n;;;\n")
    with pytest.raises(DocumentError, match="binaire"):
        read(b"a;b\x00\x00\x01\x02")
