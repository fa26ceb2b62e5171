"""Spaces that a conversion lost come back; what only looks like such a loss stays as it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.readers import read_document
from ingest.readers.mending.lost_spaces import with_lost_spaces

# Shows the loss twice, so that what stands behind it is looked at.
SHOWN = "Les fichiers sont déclarés.Les règles desdonnées changent. "


@pytest.mark.parametrize(
    ("glued", "apart"),
    [
        ("Il est publié.Cette liste est courte.", "Il est publié. Cette liste est courte."),
        ("Depuis le 25 mai 2018.Vous devez le faire.", "Depuis le 25 mai 2018. Vous devez le faire."),
        ("La date d'application duRGPD.Pour cela, écrivez.", "La date d'application du RGPD. Pour cela, écrivez."),
        ("Le conseil (DPO).Vérifiez la date.", "Le conseil (DPO). Vérifiez la date."),
        ("Vous devez :Demander conseil ;informer le client.", "Vous devez : Demander conseil ; informer le client."),
        ("A noter !La commission répond.", "A noter ! La commission répond."),
        ("Inscrire dans leRegistredes activités.", "Inscrire dans le Registre des activités."),
        ("S'il existe dedonnées, leRGPDs'applique.", "S'il existe de données, le RGPD s'applique."),
        ("La loi :Des guides.Unmodèlede registre.", "La loi : Des guides. Un modèle de registre."),
        ("Une plainteauprès du juge.", "Une plainte auprès du juge."),
        ("La loi : Des guides. UnGuide pour tous.", "La loi : Des guides. Un Guide pour tous."),
        ("Un fichier de police(ministère) suffit.", "Un fichier de police (ministère) suffit."),
        ("Des métiers, etc.Ces règles valent.", "Des métiers, etc. Ces règles valent."),
    ],
)
def test_what_was_glued_comes_apart(glued: str, apart: str) -> None:
    assert with_lost_spaces(SHOWN + glued).endswith(apart)


@pytest.mark.parametrize(
    "whole",
    [
        "Dumoulin et Lamartine habitent à Leroux.",
        "M. Dupont et Mme Desmarais ont signé.",
        "MaPrimeRénov et FranceConnect sont en ligne.",
        "Le surcoût et le surdosage sont exclus.",
        "Voir https://exemple.fr/LesRegles.Html ou www.lesregles.fr/desdonnees et a.Des@exemple.fr.",
        "La réunion est à 10:30, salle B.2 ; le ratio est de 1:2.",
        "L'établissement Sirene, les ZEPs et l'eIDAS.",
        "Les salarié(e)s et l'art.L. 123-4 du code.",
        "Le site demarches-simplifiees.fr, lemonde.fr, laposte.net ; le fichier carte_etranger, Rapport.Annuel.PDF.",
        "Vous pouvezdemander et il peutdevenir desdits ou auxdits, sans interet pour un etranger.",
        "5 Boulevard de l'Hautil, 95000 Pontoise. Auxerre, Cesson-Sévigné ; Descartes et Deschamps.\n\nDesjardins.",
        "Richardson, Colinet, Fontenelle et Chantelle.",
        "\n\n```\ndef lireFichier(nom):retour\n```\nPuis `code(valeur);autre(valeur)`.",
        "nom;prénom;adresse;ville\nDupont;Jean;rue;Paris",
        "12.A. Objet",
        "Le montant est de 3.5 millions.",
    ],
)
def test_what_only_looks_so_stays(whole: str) -> None:
    assert with_lost_spaces(SHOWN + whole).endswith(whole)


@pytest.mark.parametrize(
    "text",
    [
        "Les fichiers sont déclarés.Les règles changent peu.",  # one loss may be a mistake in typing
        "Les pères desdonnées et lesite sont là.",  # no capital in a word's middle, no end of a sentence
        "The person.This reference is yours.Then the other.",  # not French
        "",
    ],
)
def test_a_text_that_shows_little_is_left_alone(text: str) -> None:
    assert with_lost_spaces(text) == text


@pytest.mark.parametrize("repeated", ["iVBORw0KGgo", "laledesdu", "a.B", "Abc", "x;"])
def test_what_is_made_to_be_slow_ends(repeated: str) -> None:
    text = SHOWN + repeated * (200_000 // len(repeated))
    assert with_lost_spaces(text).replace(" ", "") == text.replace(" ", "")


@given(st.text(alphabet="abdelsuné AZÉR.:;!?()«»'\n12", max_size=200))
def test_only_spaces_are_added_and_once_is_enough(text: str) -> None:
    mended = with_lost_spaces(SHOWN + text)
    assert mended.replace(" ", "") == (SHOWN + text).replace(" ", "")
    assert with_lost_spaces(mended) == mended


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.md", f"# Règles\n\n{SHOWN}"),
        ("page.html", f"<html><body><h1>Règles</h1><p>{SHOWN}</p></body></html>"),
        ("page.txt", f"Règles\n\n{SHOWN}"),
    ],
)
def test_the_spaces_of_a_document_come_back(name: str, content: str) -> None:
    document = read_document(content.encode(), name=name, source="s", document_id=name)
    assert "Les fichiers sont déclarés. Les règles des données changent." in document.text
