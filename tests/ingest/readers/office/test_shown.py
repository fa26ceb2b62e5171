"""Numbers and dates as a spreadsheet shows them in French."""

from __future__ import annotations

import datetime as dt

import pytest

from ingest.readers.office.shown import shown

_ACCOUNTS = '_-* #,##0.00 €_-;-* #,##0.00 €_-;_-* "-"?? €_-;_-@_-'


@pytest.mark.parametrize(
    ("value", "number_format", "expected"),
    [
        (None, "General", ""),
        ("Lyon", "@", "Lyon"),
        (True, "General", "VRAI"),
        (48, "General", "48"),
        (1254.5, "General", "1254,5"),
        (0.1 + 0.2, "General", "0,3"),
        (12345678901234, "General", "12345678901234"),
        (1e-7, "General", "0,0000001"),
        (1254, "#,##0", "1 254"),
        (1254.5, "#,##0.00", "1 254,50"),
        (2.345, "0.00", "2,35"),
        (-1254.5, '#,##0.00 "€"', "-1 254,50 €"),
        (1254567, "#,##0 [$€-40C]", "1 254 567 €"),
        (1234.5, _ACCOUNTS, "1 234,50 €"),
        (0, _ACCOUNTS, "- €"),
        (0.125, "0.0%", "12,5 %"),
        (0.55, "0 %", "55 %"),
        (1234567, "#,##0,", "1 235"),
        (2500000, '0.0,," M€"', "2,5 M€"),
        (12, 'General" k€"', "12 k€"),
        (6000, "00000", "06000"),
        (612345678, '0#" "##" "##" "##" "##', "06 12 34 56 78"),
        (3, '"Lot "0', "Lot 3"),
        (-5, "#,##0;[Red]#,##0", "-5"),
        (-5, "#,##0;(#,##0)", "(5)"),
        (0, ';;;"caché"', ""),
        (5, "[>=1000]#,##0;0.0", "5,0"),
        (1.5, "0.##", "1,5"),
        (2, "0.##", "2"),
        (-0.2, "0", "0"),
        (0.5, "# ?/?", "0,5"),
        (1200000.0, "0.00E+00", "1200000"),
        (dt.datetime.fromisoformat("2025-03-01"), "mm-dd-yy", "01/03/2025"),
        (dt.datetime.fromisoformat("2025-03-01"), "d mmmm yyyy", "1er mars 2025"),
        (dt.datetime.fromisoformat("2025-03-01"), "mmm-yy", "mars 2025"),
        (dt.datetime.fromisoformat("2025-03-03"), "[$-40C]dddd d mmmm yyyy;@", "lundi 3 mars 2025"),
        (dt.datetime.fromisoformat("2025-03-01T14:30"), "dd/mm/yyyy hh:mm", "01/03/2025 14:30"),
        (dt.datetime.fromisoformat("2025-03-01"), "yyyy", "2025"),
        (dt.date(2025, 3, 1), "General", "01/03/2025"),
        (dt.time(9, 5), "h:mm", "09:05"),
        (dt.timedelta(hours=30, minutes=5), "[h]:mm", "30:05"),
    ],
)
def test_a_value_is_shown_as_its_format_says(value: object, number_format: str, expected: str) -> None:
    assert shown(value, number_format).replace("\u202f", " ") == expected


def test_thousands_stand_apart_by_a_thin_space() -> None:
    assert shown(1254567, "#,##0") == "1\u202f254\u202f567"


@pytest.mark.parametrize(
    "number_format", ['"', "[", "[[[", "\\", "_", "*", "0" * 5_000, "0." + "0" * 5_000, ",,,", "%%"]
)
def test_a_format_without_sense_does_no_harm(number_format: str) -> None:
    assert isinstance(shown(1254.5, number_format), str)
