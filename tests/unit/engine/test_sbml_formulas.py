"""Formulas at their edges: rates of what has corners and jumps, NaN in conditions, powers of ten, numbers that are none."""

import numpy as np
import pytest

from samenspel import SamenspelError, read_sbml, simulate

CORE = "http://www.sbml.org/sbml/level3/version2/core"
MATH = 'xmlns="http://www.w3.org/1998/Math/MathML"'
RATE = '<csymbol encoding="text" definitionURL="http://www.sbml.org/sbml/symbols/rateOf">rateOf</csymbol>'
NAN = "<notanumber/>"


def a(name, *parts):
    head = name if name.startswith("<") else f"<{name}/>"
    return f"<apply>{head}{''.join(p if str(p).startswith('<') else f'<cn>{p}</cn>' for p in parts)}</apply>"


def chosen(condition):
    return f"<piecewise><piece><cn>1</cn>{condition}</piece><otherwise><cn>0</cn></otherwise></piecewise>"


@pytest.fixture
def of(tmp_path):
    """Columns z (a formula of y = t) and its rate r at given times."""

    def run(formula, times=(0.0,), rate=False):
        names = ("y", "z", "r") if rate else ("y", "z")
        rules = f'<rateRule variable="y"><math {MATH}><cn>1</cn></math></rateRule>'
        rules += f'<assignmentRule variable="z"><math {MATH}>{formula}</math></assignmentRule>'
        rules += f'<assignmentRule variable="r"><math {MATH}>{a(RATE, "<ci>z</ci>")}</math></assignmentRule>' if rate else ""
        path = tmp_path / "m.xml"
        path.write_text(
            f'<sbml xmlns="{CORE}" level="3" version="2"><model id="m"><listOfParameters>'
            + "".join(f'<parameter id="{n}" value="0" constant="false"/>' for n in names)
            + f"</listOfParameters><listOfRules>{rules}</listOfRules></model></sbml>"
        )
        return simulate(read_sbml(path), times).column("r" if rate else "z")

    return run


@pytest.mark.parametrize(
    ("formula", "before", "after"),
    [
        (a("abs", a("minus", "<ci>y</ci>", 1.3)), -1, 1),
        (a("abs", a("plus", "<ci>y</ci>", 1)), 1, 1),
        (a("max", "<ci>y</ci>", 1.3), 0, 1),
        (a("min", "<ci>y</ci>", 1.3), 1, 0),
        (a("floor", "<ci>y</ci>"), 0, 0),
        (a("quotient", "<ci>y</ci>", 0.7), 0, 0),
        (a("rem", a("plus", "<ci>y</ci>", 0.05), 0.7), 1, 1),
    ],
)
def test_the_rate_of_what_has_corners_and_jumps(of, formula, before, after):
    np.testing.assert_array_equal(of(formula, (0.5, 1.1, 1.5, 2.9), rate=True), [before, before, after, after])


def test_a_rate_that_no_formula_says_is_refused_by_name(of):
    with pytest.raises(SamenspelError, match="rate of change of 'z'"):
        of(a("factorial", "<ci>y</ci>"), rate=True)


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        (chosen(a("or", a("gt", NAN, 1), a("lt", 1, 5))), 1),
        (chosen(a("and", a("gt", a("plus", NAN, 1), 1), a("lt", 1, 5))), 0),
        (chosen(a("xor", a("neq", NAN, NAN), a("lt", 5, 1))), 1),
        (chosen(a("implies", a("eq", NAN, NAN), a("lt", 5, 1))), 1),
        (a("max", 1, NAN), np.nan),
        (a("min", NAN, 1), np.nan),
    ],
)
def test_what_is_not_a_number_is_neither_more_nor_less_than_anything(of, formula, value):
    np.testing.assert_array_equal(of(formula), [value])


@pytest.mark.parametrize("k", [1, 2, 3, 6, 9, 12, 13, 15, 18, 22])
def test_the_logarithm_of_a_power_of_ten_is_whole(of, k):
    assert of(a("floor", a("log", f"1e{k}")))[0] == k
    assert of(chosen(a("geq", a("log", f"1e{k}"), k)))[0] == 1


@pytest.mark.parametrize("text", ["0x10", "1_0", "1,5", "", "one", "1 2", "--1"])
def test_a_number_that_is_none_is_refused_where_it_stands(of, text):
    with pytest.raises(SamenspelError, match="where a number has to stand"):
        of(f"<cn>{text}</cn>")


@pytest.mark.parametrize(
    ("text", "value"),
    [("<cn> -.5 </cn>", -0.5), ("<cn>5.</cn>", 5), ('<cn type="integer">7</cn>', 7), ('<cn type="rational">1<sep/>4</cn>', 0.25),
     ('<cn type="e-notation"> 1.5 <sep/> -3 </cn>', 0.0015)],
)  # fmt: skip
def test_numbers_as_mathml_writes_them(of, text, value):
    assert of(text)[0] == value
