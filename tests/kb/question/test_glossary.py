"""The glossary's file, and looking acronyms up both ways."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.errors import SettingsError
from kb.question.glossary import EVERYDAY, Glossary, merged, read_glossary
from kb.text.stems import stems


def test_the_file_says_meanings_and_takes_some_out(tmp_path: Path) -> None:
    path = tmp_path / "glossaire.txt"
    path.write_text(
        "\ufeff# commentaire\nDPO = délégué à la protection des données ; data protection officer\n\n"
        "sécu = sécurité sociale  # langage courant\nPIC =\n",
        encoding="utf-8",
    )
    written = read_glossary(path)
    assert written == {
        "DPO": ("délégué à la protection des données", "data protection officer"),
        "sécu": ("sécurité sociale",),
        "PIC": (),
    }
    both = merged({"pic": ("plan Initiative Copropriétés",), "ush": ("Union sociale pour l'habitat",)}, written)
    assert both.expansions("pic") == ()
    assert both.expansions("ush") == ("Union sociale pour l'habitat",)
    assert both.expansions("secu") == ("sécurité sociale",)
    assert len(both) == 3


@pytest.mark.parametrize("line", ["DPO délégué", "= rien", "deux mots = x"])
def test_a_line_that_is_no_entry_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "glossaire.txt"
    path.write_text(f"USH = Union sociale pour l'habitat\n{line}\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"glossaire\.txt, ligne 2"):
        read_glossary(path)


def test_a_file_that_is_not_there_or_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "latin.txt").write_bytes("sécu = é".encode("latin-1"))
    for name in ("absent.txt", "latin.txt"):
        with pytest.raises(SettingsError, match=rf"REPERES_GLOSSARY=.*{name}"):
            read_glossary(tmp_path / name)


def test_everyday_words_are_read_and_give_way() -> None:
    everyday = read_glossary(EVERYDAY)
    assert everyday["mail"] == ("courriel", "courrier électronique")
    assert all(meanings for meanings in everyday.values())
    assert merged(everyday, {}, {"mail": ("message",)}).expansions("mail") == ("message",)
    assert merged(everyday, {"pub": ("plan d'urbanisme",)}, {}).expansions("pub") == ("plan d'urbanisme",)


def test_expansions_are_found_word_for_word() -> None:
    glossary = Glossary({"qpv": ("quartier prioritaire de la politique de la ville",), "zus": ("zone",)})
    asked = stems("Où sont les quartiers prioritaires de la politique de la ville ?")
    assert [acronym for _, acronym in glossary.acronyms_in(asked)] == ["qpv"]
    assert list(glossary.acronyms_in(stems("un quartier de la ville, zone prioritaire"))) == []


def test_the_entries_are_those_that_mean_something_folded() -> None:
    glossary = merged({"DPO": ("délégué",), "PIC": ("plan",)}, {"pic": (), "Sécu": ("sécurité sociale", "caisse")})
    assert glossary.entries == {"dpo": ("délégué",), "secu": ("sécurité sociale", "caisse")}
    assert Glossary({}).entries == {}
