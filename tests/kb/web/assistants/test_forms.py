"""What is said of arguments that cannot be taken."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel

from kb.errors import ReperesError
from kb.web.assistants.forms import Asked, Sought, Wanted, taken
from kb.web.assistants.tools import TOOLS


@pytest.mark.parametrize(
    ("form", "given", "said"),
    [
        (Asked, {}, "« question » manque."),
        (Asked, {"question": 12}, "« question » doit être un texte."),
        (Asked, {"question": None}, "« question » doit être un texte."),
        (Asked, {"question": ["Qui ?"]}, "« question » doit être un texte."),
        (Asked, {"question": "x" * 2001}, "« question » est trop long : 2\u202f000 caractères au plus."),
        (Asked, {"question": "Qui ?", "answerer": "autre"}, "« answerer » doit être 'auto', 'extractive' ou 'llm'."),
        (Sought, {"question": "Qui ?", "k": 0}, "« k » doit être d'au moins 1."),
        (Sought, {"question": "Qui ?", "k": 51}, "« k » doit être d'au plus 50."),
        (Sought, {"question": "Qui ?", "k": "beaucoup"}, "« k » doit être un nombre entier, de 0 ou plus."),
        (Sought, {"question": "Qui ?", "k": 2.5}, "« k » doit être un nombre entier, de 0 ou plus."),
        (Sought, {"question": "Qui ?", "k": float("nan")}, "« k » doit être un nombre entier, de 0 ou plus."),
        (Sought, {"question": "Qui ?", "kind": "article"}, "« kind » doit être une liste de textes."),
        (Sought, {"question": "Qui ?", "kind": [{}]}, "« kind.0 » doit être un texte."),
        (Sought, {"question": "Qui ?", "kind": ["x"] * 51}, "« kind » a trop de valeurs : 50 au plus."),
        (Wanted, {"document": ""}, "« document » est vide."),
        (Wanted, {"document": "a.md", "start": -1}, "« start » doit être un nombre entier, de 0 ou plus."),
        (Wanted, {"document": "a.md", "start": 10**400}, "« start » doit être d'au plus 1\u202f000\u202f000\u202f000."),
        (Wanted, {"document": "a.md", "fin": 3}, "« fin » n'existe pas. Ce qui existe : document, start."),
    ],
)
def test_each_wrong_argument_is_named_with_what_it_must_be(
    form: type[BaseModel], given: dict[str, Any], said: str
) -> None:
    with pytest.raises(ReperesError) as told:
        taken(form, given)
    assert str(told.value) == said


def test_many_wrong_arguments_are_not_all_told() -> None:
    with pytest.raises(ReperesError) as told:
        taken(Asked, {f"{'x' * 500}{number}": 1 for number in range(50)} | {"question": "Qui ?"})
    said = str(told.value)
    assert len(said) < 2000
    assert said.endswith("… et 45 de plus.")
    with pytest.raises(ReperesError, match="illisibles"):
        taken(Asked, {"\ud800": 1})


def test_every_tool_and_argument_is_told_in_french() -> None:
    for tool in TOOLS:
        schema = tool.form.model_json_schema()
        assert schema["additionalProperties"] is False
        assert all(about.get("description") for about in schema["properties"].values()), tool.name
        assert len(tool.description) > 60
