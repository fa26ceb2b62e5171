import pytest

from kb.question.intent import (
    as_read,
    asks_several_things,
    compared,
    defined,
    figure_fit,
    is_open,
    missing_names,
    names,
    wanted_figure,
)
from questions import parsed


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("Quelle part vient d'Action Logement ?", "share"),
        ("C'est 93 % ou 72 % ?", "share"),
        ("Les 93 % de l'accord, c'est toujours vrai ?", "share"),
        ("Qui verse le 1 % logement ?", None),
        ("à quoi sert l'argent du 1% patronal", None),
        ("Combien de quartiers ?", "number"),
        ("quel est le COÛT ?", "number"),
        ("Quand a-t-elle été signée ?", "date"),
        ("Qui préside l'agence ?", None),
        ("Sous quel délai faut-il le déclarer ?", "duration"),
        ("ramonage a faire tous les combien", "duration"),
        ("À quel âge peut-on créer une association ?", "duration"),
        ("En combien de jours répond-elle ?", "duration"),
        ("Que verse-t-on quand on déménage dans le mois ?", None),
        ("Que veut dire « net » quand on parle des loyers ?", None),
        ("c'est prévu pour quand", "date"),
        ("À quelle distance planter une haie ?", "number"),
        ("Quelle est la hauteur du mur ?", "number"),
        ("Qui mesure la distance ?", None),
        ("La convention, quand a-t-elle été signée ?", "date"),
    ],
)
def test_what_a_question_asks_for(question: str, wanted: str | None) -> None:
    assert wanted_figure(question) == wanted


def test_figures_suit_the_question() -> None:
    assert figure_fit("Action Logement finance 72 % des aides.", parsed("Quelle part ?")) == 1.0
    assert figure_fit("Il apporte 8,4 milliards d'euros.", parsed("Quelle part ?")) == 0.4
    assert figure_fit("Signée le 11 juillet 2018.", parsed("Combien ?")) == 0.0
    assert figure_fit("Signée le 11 juillet 2018.", parsed("Quand, en 2018 ?")) == 1.0
    assert figure_fit("Elle remplace celle de 2015.", parsed("Et celle de 2015, quand ?")) == 0.0
    assert figure_fit("Les 12 milliards du programme.", parsed("Combien sur les 12 milliards ?")) == 0.0
    assert figure_fit("Il y a 450 quartiers.", parsed("Qui ?")) == 0.0
    assert figure_fit("La déclaration est faite dans les trois mois.", parsed("Sous quel délai ?")) == 1.0
    assert figure_fit("Il est ramoné une fois par an.", parsed("À quelle fréquence ?")) == 1.0
    assert figure_fit("L'amende est de 450 euros.", parsed("Sous quel délai ?")) == 0.0
    assert figure_fit("À 16 ans, il le peut.", parsed("À 16 ans, quel délai ?")) == 0.0
    assert figure_fit("Il le peut à 16 ans.", parsed("À quel âge le peut-il ?")) == 1.0
    assert figure_fit("La formation dure un an.", parsed("À quel âge le peut-il ?")) == 0.0
    assert figure_fit("Elle dure un an dès l'âge de 15 ans.", parsed("À quel âge le peut-il ?")) == 1.0
    assert figure_fit("La formation dure un an.", parsed("Combien de temps dure-t-elle ?")) == 1.0
    voting = parsed("À quel âge peut-on voter ?")
    assert figure_fit("Il faut avoir 18 ans ; le délai d'inscription est de 6 semaines.", voting) == 1.0
    assert figure_fit("À 18 ans, pendant les élections.", voting) == 1.0
    minor = parsed("Combien de temps un mineur peut-il travailler ?")
    assert figure_fit("La durée du travail est de 35 heures.", minor) == 1.0
    protected = parsed("Quel est le délai pour contester pour un majeur protégé ?")
    assert figure_fit("Le délai est de deux mois.", protected) == 1.0


@pytest.mark.parametrize(
    ("question", "is_so"),
    [
        ("Auprès de qui déclarer mon site ?", True),
        ("C'est quoi une donnée sensible ?", True),
        ("Qu'est-ce qu'une donnée sensible ?", True),
        ("Sur un site, que faut-il déclarer ?", True),
        ("mot de passe du wifi", True),
        ("Dois-je déclarer mon site ?", False),
        ("peut on filmer la rue", False),
        ("Est-ce que les caméras sont permises", False),
        ("Avec la loi de 2018, reste-t-il des formalités ?", False),
        ("Une mairie a le droit de demander ce qui figure sur la liste ?", False),
    ],
)
def test_a_question_that_no_yes_answers(question: str, is_so: bool) -> None:
    assert is_open(question) is is_so


def test_names_are_capitals_inside_a_sentence_and_long_acronyms() -> None:
    assert names("Combien la ville de Roubaix a-t-elle reçu du FEDER ? Quelle part à Saint-Denis ?") == [
        "Roubaix",
        "Saint-Denis",
        "FEDER",
    ]
    assert names("Quelle est la capitale de l'Australie ?") == ["Australie"]
    assert names("Que dit le CA ?") == []
    assert names("QUELLE PART VIENT D'ACTION LOGEMENT ?") == []


def test_missing_names_ignore_case_and_accents() -> None:
    assert missing_names(names("Que reçoit la ville d'Évry ?"), "EVRY reçoit 3 millions") == []
    assert missing_names(names("Que reçoit la ville de Roubaix ?"), "La ville reçoit 3 millions") == ["Roubaix"]


def test_a_comparison_asks_several_things() -> None:
    assert asks_several_things("Compare le PNRU et le NPNRU")
    assert asks_several_things("Qui signe ? Et quand ?")
    assert not asks_several_things("Combien de quartiers ?")


@pytest.mark.parametrize(
    ("question", "things"),
    [
        ("Différence entre PLUM et NPLUM ?", ("PLUM", "NPLUM")),
        ("Quelle est la différence entre le Citron et l'Orange ?", ("Citron", "Orange")),
        ("C'est quoi les differences entre l’aide directe et la bonification", ("aide directe", "bonification")),
        ("DIFFÉRENCE ENTRE LE CITRON ET L'ORANGE", ("CITRON", "ORANGE")),
        ("Comment distinguer entre des prêts et de l'aide ?", ("prêts", "aide")),
        ("Compare le fonds vert et le fonds bleu.", ("fonds vert", "fonds bleu")),
        ("Comparer Lyon avec Lille", ("Lyon", "Lille")),
        ("comparez le fonds à la caisse", ("fonds", "caisse")),
        ("Citron vs Orange", ("Citron", "Orange")),
        ("Le Citron vs. l'Orange ?", ("Citron", "Orange")),
        ("la bourse versus le prêt", ("bourse", "prêt")),
        ("Différence entre le plan 2014 et le plan 2020 ?", ("plan 2014", "plan 2020")),
    ],
)
def test_the_two_things_that_a_question_compares(question: str, things: tuple[str, str]) -> None:
    assert compared(question) == things


@pytest.mark.parametrize(
    "question",
    [
        "Qui finance le Citron et l'Orange ?",
        "Comment les frais se partagent-ils entre l'État et la région ?",
        "Quelle différence entre 2014 et 2020 ?",
        "Comparer 2014 et 2020",
        "Quelle est la différence de prix ?",
        "Différence entre ce que la région verse aux écoles du département et l'Orange ?",  # no name: seven words
    ],
)
def test_other_questions_compare_no_two_things(question: str) -> None:
    assert compared(question) is None


@pytest.mark.parametrize(
    ("question", "thing"),
    [
        ("C'est quoi l'Arevo ?", "Arevo"),
        ("c est quoi le plan Lumière", "plan Lumière"),
        ("Qu'est-ce qu'une zone humide ?", "zone humide"),
        ("Qu'est ce que c'est que le PLUM ?", "PLUM"),
        ("que signifie PLUM", "PLUM"),
        ("Que veut dire le sigle PLUM ?", "PLUM"),
        ("ça veut dire quoi PLUM", "PLUM"),
        ("Définition de la zone humide", "zone humide"),
        ("PLUM", "PLUM"),
        ("plan Lumière ?", "plan Lumière"),
        ("PLUM, ça veut dire quoi exactement ?", "PLUM"),
        ("Le prêt local c'est quoi", "prêt local"),
    ],
)
def test_the_thing_that_a_question_asks_what_it_is(question: str, thing: str) -> None:
    assert defined(question) == (thing,)


@pytest.mark.parametrize(
    "question",
    [
        "C'est quoi la carence, il se passe quoi ?",
        "Qu'est-ce que l'agence a fait à Lyon en 2020 ?",
        "Qui dirige l'Arevo ?",
        "C'est qui le directeur ?",
        "Sur Internet, un cookie, c'est quoi ?",
        "",
    ],
)
def test_other_questions_ask_of_nothing_what_it_is(question: str) -> None:
    assert defined(question) is None


@pytest.mark.parametrize(
    ("question", "read"),
    [
        ("PLUM ?", "Qu'est-ce que PLUM ?"),
        ("Qui touche l'aide au logis ?", "Qui a droit à l'aide au logis ?"),
        ("qui touchent cette prime", "qui a droit à cette prime"),
        ("Qui touche le fond ?", "Qui touche le fond ?"),
        ("Que touche la réforme ?", "Que touche la réforme ?"),
    ],
)
def test_a_reader_is_asked_in_words_that_it_knows(question: str, read: str) -> None:
    assert as_read(question) == read
