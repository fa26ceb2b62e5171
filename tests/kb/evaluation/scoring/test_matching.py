import pytest

from kb.evaluation.scoring.matching import canonical, fresh_facts, holds


def test_canonical_form() -> None:
    assert canonical("L’État : 12 Md€, le 1er octobre 2021 [3].") == "l etat 12000000000 € le 1 octobre 2021"
    assert canonical("Une  équipe\nde Corbeil–Essonnes") == "1 equipe de corbeil essonnes"


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("L’AGENCE\u00a0VERSE", "l'Agence verse"),
        ("soit 25 % [1].", "25 %"),
        ("soit 25 pour cent", "25 %"),
        ("11,2 Md€ en tout", "11,2\u00a0milliards"),
        ("12 milliards en tout", "12 Md€"),
        ("12 milliards d’euros", "12 Md€"),
        ("19,3 millions d’heures", "19 300 000"),
        ("vingt projets retenus", "20 projets"),
        ("le 11/07/2018", "11 juillet 2018"),
        ("le 11/07/2018", "11 juillet"),
        ("le 1er octobre 2021", "01/10/2021"),
        ("les 6 points de pourcentage", "points de pourcentage"),
        ("l’action 04", "action 4"),
        ("1 logement pour 1 logement", "un logement pour un logement"),
        ("Agirc – Arrco", "Agirc-Arrco"),
        ("la Banquedes Territoires", "Banque des Territoires"),
        ("de 5 à 10 milliards", "5 milliards"),
        ("durant 3 ans", "trois ans"),
        ("ANRU : 150 millions d’euros", "ANRU 150"),
        ("ANRU : 150", "ANRU 150"),
        ("« Sedan », Pessac", "Sedan"),
    ],
)
def test_a_fact_is_found_however_it_is_written(text: str, fact: str) -> None:
    assert holds(text, [fact])


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("12,5 %", "25 %"),
        ("12,5 %", "5 %"),
        ("125 %", "25 %"),
        ("un amendement", "Mende"),
        ("l’avenue de Vaugirard", "rue de Vaugirard"),
        ("2,5 milliards", "5 milliards"),
        ("15 milliards", "5 milliards"),
        ("12 millions d’habitants", "12 M€"),
        ("le 12 octobre", "2 octobre"),
        ("1 130 agents", "130"),
        ("130 millions", "130"),
        ("ANRU : 1 500 projets", "ANRU 150"),
        ("130,5", "130"),
        ("150 400", "50 400"),
        ("voir [12]", "12"),
        ("25", "2 5"),
        ("9 %", "9 points"),
        ("le 11 août 2018", "11 juillet 2018"),
        ("n'importe quoi", "!"),
        ("", "Sedan"),
    ],
)
def test_a_fact_is_not_found_inside_something_else(text: str, fact: str) -> None:
    assert not holds(text, [fact])


def test_any_form_will_do() -> None:
    assert holds("69 dossiers reçus", ["69 candidatures", "69 dossiers"])
    assert not holds("69 dossiers reçus", ["69 candidatures", "69 candidats"])


def test_facts_of_the_question_do_not_count_while_others_remain() -> None:
    facts = [["93 %"], ["2015", "5 milliards"]]
    assert fresh_facts("Action Logement paie 93 % ou 72 % ?", facts) == [["2015", "5 milliards"]]
    assert fresh_facts("93 % en 2015 ?", facts) == facts


@pytest.mark.parametrize(
    ("text", "fact", "held"),
    [
        ("Le budget n'est pas de 12 milliards.", "12 milliards", False),
        ("Le budget n'est plus de 10 milliards mais de 12 milliards.", "12 milliards", True),
        ("Le budget n'est plus de 10 milliards mais de 12 milliards.", "10 milliards", False),
        ("L'avis n’est pas obligatoire.", "obligatoire", False),
        ("L'avis n'est pas obligatoire.", "pas obligatoire", True),
        ("L'avis est obligatoire, il n'est pas public.", "obligatoire", True),
        ("Le programme n'aide que 448 quartiers.", "448 quartiers", True),
        ("Le délai ne peut pas dépasser 30 jours.", "30 jours", True),
        ("Le dispositif ne coûte pas plus de 12 millions.", "12 millions", True),
        ("Il ne peut plus assurer la conservation de l'immeuble.", "conservation de l'immeuble", True),
        ("Il ne finance pas 25 % [1]. Il finance 25 % des travaux [2].", "25 %", True),
    ],
)
def test_a_fact_that_its_clause_denies_is_not_held(text: str, fact: str, held: bool) -> None:
    assert holds(text, [fact]) is held
