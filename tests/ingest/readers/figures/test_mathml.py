from __future__ import annotations

import lxml.etree
import pytest

from ingest.readers.figures.mathml import linear

MATHML = "http://www.w3.org/1998/Math/MathML"


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<mi>D</mi><mo>=</mo><mfrac><mrow><mi>P</mi><mo>+</mo><mn>120</mn></mrow><mn>4</mn></mfrac>", "D=(P+120)/4"),
        ("<msup><mi>x</mi><mn>2</mn></msup><mo>+</mo><msub><mi>R</mi><mi>i</mi></msub>", "x^2+R_i"),
        ("<msqrt><mi>x</mi><mo>+</mo><mn>1</mn></msqrt>", "√(x+1)"),
        ("<mroot><mi>x</mi><mn>3</mn></mroot>", "√[3](x)"),
        ("<munderover><mo>∑</mo><mrow><mi>i</mi><mo>=</mo><mn>1</mn></mrow><mi>n</mi></munderover>", "∑_(i=1)^n"),
        ("<mtable><mtr><mtd><mn>1</mn></mtd><mtd><mn>0</mn></mtd></mtr></mtable>", "[1 ; 0]"),
        ("<semantics><mi>S</mi><annotation>S_{tex}</annotation></semantics>", "S"),
        ("<msup><mi>x</mi></msup>", "x"),
    ],
)
@pytest.mark.parametrize("namespace", [f' xmlns="{MATHML}"', ""])
def test_a_formula_is_written_on_one_line(markup: str, expected: str, namespace: str) -> None:
    assert linear(lxml.etree.fromstring(f"<math{namespace}>{markup}</math>")) == expected
