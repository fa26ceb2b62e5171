from __future__ import annotations

import textwrap
from itertools import pairwise

import pytest

from ingest.readers.lines import is_wrapped, join_lines, words_of, wrap_width

TEXT = (
    "L’Agence nationale pour la rénovation urbaine accompagne depuis vingt ans les quartiers où vivent plus de trois "
    "millions d’habitants, avec les communes, les bailleurs et les services de l’État, sur tout le territoire."
)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["le renouvel-", "lement urbain"], "le renouvellement urbain"),
        (["peut-", "être demain"], "peut-être demain"),
        (["faudra-", "t-il attendre"], "faudra-t-il attendre"),
        (["le sous-", "préfet"], "le sous-préfet"),
        (["la Seine-", "Saint-Denis"], "la Seine-Saint-Denis"),
        (["de 2014-", "2020"], "de 2014-2020"),
        (["l’éco-", "quartier"], "l’écoquartier"),
        (["coupé\u00ad", "ment"], "coupément"),
        (["un tiret -", "suite"], "un tiret - suite"),
        (["", "  seul  ", ""], "seul"),
    ],
)
def test_words_cut_at_the_end_of_a_line(lines: list[str], expected: str) -> None:
    assert join_lines(lines) == expected


def test_a_word_that_the_document_holds_elsewhere_decides() -> None:
    assert join_lines(["l’éco-", "quartier"], words_of("Un éco-quartier et l’éco-quartier.")) == "l’éco-quartier"
    assert join_lines(["le contre-", "temps"], words_of("un contretemps")) == "le contretemps"


@pytest.mark.parametrize("width", [50, 72, 100])
def test_the_width_of_wrapped_text_is_found_and_its_lines_go_on(width: int) -> None:
    lines = textwrap.wrap(TEXT * 2, width)
    found = wrap_width(lines)
    assert found is not None
    assert width - 12 < found <= width
    assert all(is_wrapped(line, following, found) for line, following in pairwise(lines))
    assert not is_wrapped("Une ligne courte.", "Un mot", found)


@pytest.mark.parametrize(
    "lines", [[TEXT, TEXT], ["Un", "deux", "trois"], ["Une phrase.", "Une autre phrase.", TEXT], []]
)
def test_lines_that_their_author_ended_have_no_width(lines: list[str]) -> None:
    assert wrap_width(lines) is None
