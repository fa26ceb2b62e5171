import pytest

from kb.web.originals.finding import find_words


def words(page: str, quote: str, place: float = 0.0) -> str | None:
    """What is found of a quote on a page of this text."""
    found = find_words([ord(character) for character in page], quote, place)
    assert len(found) < 2
    return page[found[0][0] : found[0][1]] if found else None


@pytest.mark.parametrize(
    ("page", "quote"),
    [
        ("Avant. Le montant est\r\nde 12 000\u00a0€. Après.", "Le montant est de 12 000 €."),
        ("la réhabi\ufffelitation des logements", "réhabilitation des logements"),
        ("la réhabi-\r\nlitation des logements", "réhabilitation des logements"),
        ("des actions e\ufb03caces et \ufb01nancées", "des actions efficaces et financées"),
        ("L’État  finance « tout »", "L'Etat finance « tout »"),
        ("SAINT-DENIS 4 210 12,5 %", "| Saint-Denis | 4 210 | 12,5 % |"),
    ],
)
def test_words_are_found_however_they_are_set(page: str, quote: str) -> None:
    found = words(page, quote)
    assert found is not None
    letters = "".join(letter for letter in quote if letter.isalnum())
    assert len(letters) - 3 <= sum(letter.isalnum() for letter in found) <= len(letters)


def test_a_sentence_with_a_note_call_in_it_is_found() -> None:
    page = "Un début. Le programme compte 1 2543 logements réhabilités en 2024, soit le double. Une fin."
    found = words(page, "Le programme compte 1 254 logements réhabilités en 2024, soit le double.")
    assert found is not None
    assert found.startswith("Le programme")
    assert "double" in found


def test_a_sentence_with_another_figure_is_another_sentence() -> None:
    page = "Le programme compte 1 874 logements réhabilités en 2024, soit le double."
    assert words(page, "Le programme compte 1 254 logements réhabilités en 2024, soit le double.") is None


def test_signs_at_its_ends_belong_to_a_quote_and_others_do_not() -> None:
    assert words("Il dit : « oui ». Puis non.", "« oui ».") == "« oui »." or words("(oui), puis", "(oui)") == "(oui)"
    assert words("Un. Deux mots. Trois.", "Deux mots.") == "Deux mots."
    assert words("(Deux mots) ensuite", "Deux mots") == "Deux mots"


def test_of_several_places_the_nearest_is_taken() -> None:
    page = "total 12\n" + "des lignes\n" * 50 + "total 12\n"
    first, last = (find_words([ord(sign) for sign in page], "total 12", place) for place in (0.0, 1.0))
    assert first == [(0, 8)]
    assert last == [(page.rindex("total"), page.rindex("total") + 8)]


@pytest.mark.parametrize("quote", ["", " — ", "Une phrase qui n'y est pas du tout, ni en partie."])
def test_what_is_not_there_is_not_found(quote: str) -> None:
    assert words("Le texte de la page parle de jardins partagés et de rien d'autre.", quote) is None


def test_characters_that_are_none_are_passed_over() -> None:
    assert find_words([0, 0xFFFE, 0xD800, 0x110000, *map(ord, "oui"), -1], "oui") == [(4, 7)]


def test_long_texts_are_searched_for_exact_words_only() -> None:
    page = "a" * 200_000 + "une phrase exacte"
    assert words(page, "une phrase exacte") == "une phrase exacte"
    assert words(page, "une phrase presque exacte et longue") is None


def test_a_sentence_of_a_column_is_found_where_the_file_goes_row_by_row() -> None:
    left = ["Le comité de suivi des jardins", "a retenu quatorze projets pour", "l'année 2024, dont trois à Lyon."]
    right = ["Les parcelles sont attribuées", "par tirage au sort, en public et", "aux habitants de la commune."]
    page = "\n".join(f"{first} {second}" for first, second in zip(left, right, strict=True))
    for column in (left, right):
        found = find_words([ord(sign) for sign in page], " ".join(column))
        assert [page[start:end] for start, end in found] == column
    assert find_words([ord(sign) for sign in page], " ".join(left).replace("2024", "2023")) == []
