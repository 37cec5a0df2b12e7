"""Files as other programs write them: amounts of any size, doses at one moment, what is left out, and drawings that are wrong."""

import logging

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samenspel import SamenspelError, read_sbml, simulate
from samenspel.engine.sbml import simulate_sbml

MATH = "http://www.w3.org/1998/Math/MathML"
TIME = '<csymbol encoding="text" definitionURL="http://www.sbml.org/sbml/symbols/time">time</csymbol>'
TWO = "http://www.sbml.org/sbml/level2/version4"


def apply(name, *parts):
    return f"<apply><{name}/>{''.join(p if str(p).startswith('<') else f'<cn>{p}</cn>' for p in parts)}</apply>"


def maths(body):
    return f'<math xmlns="{MATH}">{body}</math>'


def file(parts, core="http://www.sbml.org/sbml/level3/version1/core", level=3, version=1, extra=""):
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    return f'{head}<sbml xmlns="{core}" level="{level}" version="{version}"{extra}><model id="m">{parts}</model></sbml>'


def meeting(amount, size, rate):
    """2 A -> B by mass action, from `amount` of A in a compartment of `size`."""
    species = "".join(
        f'<species id="{n}" compartment="c" initialAmount="{a}" hasOnlySubstanceUnits="false" boundaryCondition="false" '
        'constant="false"/>'
        for n, a in (("A", amount), ("B", 0))
    )
    law = maths(apply("times", "<ci>c</ci>", rate, "<ci>A</ci>", "<ci>A</ci>"))
    reference = '<speciesReference species="{}" stoichiometry="{}" constant="true"/>'
    return file(
        f'<listOfCompartments><compartment id="c" size="{size}" constant="true"/></listOfCompartments>'
        f"<listOfSpecies>{species}</listOfSpecies><listOfReactions><reaction id=\"r\" reversible=\"false\" fast=\"false\">"
        f"<listOfReactants>{reference.format('A', 2)}</listOfReactants><listOfProducts>{reference.format('B', 1)}</listOfProducts>"
        f"<kineticLaw>{law}</kineticLaw></reaction></listOfReactions>"
    )


@given(st.floats(-24, 24), st.floats(-18, 6))
@settings(deadline=None, max_examples=25)
def test_what_is_small_goes_by_the_numbers_of_the_file(tmp_path_factory, power, volume):
    """dA/dt = -2 k A² / V has A = A0 / (1 + 2 k A0 t / V): right to six digits in moles, molecules and any volume."""
    amount, size = 10.0**power, 10.0**volume
    concentration = amount / size
    path = tmp_path_factory.mktemp("m") / "m.xml"
    path.write_text(meeting(repr(amount), repr(size), repr(1.0 / concentration)))
    times = np.linspace(0, 50, 11)
    table = simulate_sbml(read_sbml(path), times, columns=["A", "B"], amounts=True)
    left = amount / (1 + 2 * times)
    np.testing.assert_allclose(table.values[0], left, rtol=1e-6)
    np.testing.assert_allclose(table.values[1], (amount - left) / 2, rtol=1e-6)


def dosed(trigger, start=0):
    """A count that a trigger raises by 1, while something decays."""
    return file(
        f'<listOfParameters><parameter id="n" value="{start}" constant="false"/><parameter id="x" value="1" constant="false"/>'
        f'</listOfParameters><listOfRules><rateRule variable="x">{maths(apply("minus", "<ci>x</ci>"))}</rateRule></listOfRules>'
        f'<listOfEvents><event id="dose" useValuesFromTriggerTime="true"><trigger initialValue="false" persistent="true">'
        f'{maths(trigger)}</trigger><listOfEventAssignments><eventAssignment variable="n">{maths(apply("plus", "<ci>n</ci>", 1))}'
        f"</eventAssignment></listOfEventAssignments></event></listOfEvents>"
    )


@given(st.floats(0.01, 9.9), st.floats(0.1, 1000.0))
@settings(deadline=None, max_examples=25)
def test_an_event_at_one_moment_fires_once(tmp_path_factory, moment, factor):
    """time == c, and time · f == c · f, are true for one moment only: seen though no result is asked for there."""
    path = tmp_path_factory.mktemp("m") / "m.xml"
    for trigger in (
        apply("eq", TIME, repr(moment)),
        apply("eq", apply("times", TIME, repr(factor)), repr(moment * factor)),
    ):
        path.write_text(dosed(trigger))
        n = simulate(read_sbml(path), [0.0, moment * (1 - 1e-12), 10.0]).column("n")
        if trigger.count("<times/>") and moment * factor / factor != moment:
            continue  # no double makes both sides equal
        assert list(n) == [0, 0, 1]


def remainder(period):
    """Time modulo a period, as COPASI writes it."""
    return apply("minus", TIME, apply("times", period, apply("floor", apply("divide", TIME, period))))


@pytest.mark.parametrize(("at", "expected"), [(0, 5), (3, 4), (6.5, 4)])
def test_a_dose_in_every_period(read, at, expected):
    """Time modulo 7 == at, over 30 days."""
    trigger = apply("eq", remainder(7), at)
    assert simulate(read(dosed(trigger)), [0.0, 30.0]).column("n")[1] == expected


def test_a_dose_that_sets_the_time_of_the_next(read):
    """Time == n fires at 1, 2, 3 … where n counts what has fired."""
    assert simulate(read(dosed(apply("eq", TIME, "<ci>n</ci>"), start=1)), [0.0, 9.5]).column("n")[1] == 10


def test_a_condition_met_by_chance_only_is_told(read, caplog):
    with caplog.at_level(logging.WARNING):
        simulate(read(dosed(apply("eq", "<ci>x</ci>", 0.5))), [0.0, 1.0])
    assert "by chance" in caplog.text


def test_what_a_file_does_not_give_counts_as_one_and_is_told(read, caplog):
    whole = meeting("2", "1", "0.3")
    bare = whole.replace(' size="1"', "").replace(' stoichiometry="1"', "")
    times = np.linspace(0, 3, 4)
    expected = simulate(read(whole), times).values
    with caplog.at_level(logging.WARNING):
        np.testing.assert_array_equal(simulate(read(bare, "bare.xml"), times).values, expected)
    assert "the size of c" in caplog.text
    assert "stoichiometry of B" in caplog.text


def test_a_drawing_that_is_wrong_is_no_fault_of_the_model(read):
    """The package layout in a Level 2 document, which has no packages."""
    drawing = ' xmlns:layout="http://www.sbml.org/sbml/level3/version1/layout/version1" layout:required="false"'
    text = file('<listOfParameters><parameter id="k" value="3"/></listOfParameters>', TWO, 2, 4, drawing)
    assert simulate(read(text), [0.0]).column("k")[0] == 3


def test_a_function_that_says_it_is_a_derivative_is_one(read):
    """dx/dt = 2, and y' = rateOf(x) by the function that files before Level 3 Version 2 use."""
    symbol = '<symbols xmlns="http://sbml.org/annotations/symbols" definition="http://en.wikipedia.org/wiki/Derivative"/>'
    function = (
        f'<functionDefinition id="rateOf"><annotation>{symbol}</annotation>{maths("<lambda><bvar><ci>a</ci></bvar><notanumber/></lambda>")}'
        "</functionDefinition>"
    )
    rules = [("x", "<cn>2</cn>"), ("y", "<apply><ci>rateOf</ci><ci>x</ci></apply>")]
    parts = f"<listOfFunctionDefinitions>{function}</listOfFunctionDefinitions><listOfParameters>" + "".join(
        f'<parameter id="{n}" value="0" constant="false"/>' for n, _ in rules
    )
    parts += "</listOfParameters><listOfRules>"
    parts += "".join(f'<rateRule variable="{n}">{maths(b)}</rateRule>' for n, b in rules) + "</listOfRules>"
    assert simulate(read(file(parts, TWO, 2, 4)), [0.0, 3.0]).column("y")[1] == pytest.approx(6)


def test_a_sum_bracketed_term_by_term_is_as_deep_as_one(read):
    """1 + (1 + (1 + …)) to 180 terms."""
    body = "<cn>1</cn>"
    for _ in range(179):
        body = apply("plus", 1, body)
    parts = '<listOfParameters><parameter id="s" constant="false"/></listOfParameters>'
    parts += f'<listOfRules><assignmentRule variable="s">{maths(body)}</assignmentRule></listOfRules>'
    assert simulate(read(file(parts)), [0.0]).column("s")[0] == 180


def test_a_run_that_went_below_zero_by_its_own_error_is_made_again(read):
    """dw/dt = -c w² has w = 1 / (1 + c t) from 1; a w below zero runs off to -infinity in finite time."""
    square = apply("minus", apply("times", 1e18, "<ci>w</ci>", "<ci>w</ci>"))
    parts = '<listOfParameters><parameter id="w" value="1" constant="false"/></listOfParameters>'
    parts += f'<listOfRules><rateRule variable="w">{maths(square)}</rateRule></listOfRules>'
    w = simulate(read(file(parts)), [0.0, 1.0]).column("w")
    assert w[1] == pytest.approx(1e-18, rel=1e-3)


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ('<rateRule variable="k">{one}</rateRule>', ("'k'", "constant")),
        ('<assignmentRule variable="k">{one}</assignmentRule>', ("'k'", "constant")),
    ],
)
def test_a_rule_for_a_constant_is_refused(read, parts, words):
    body = '<listOfParameters><parameter id="k" value="1" constant="true"/></listOfParameters>'
    body += f"<listOfRules>{parts.format(one=maths('<cn>1</cn>'))}</listOfRules>"
    with pytest.raises(SamenspelError) as caught:
        read(file(body))
    assert all(w in str(caught.value) for w in words)
    assert caught.value.line is not None


def test_an_event_on_a_constant_is_refused(read):
    text = dosed(apply("gt", TIME, 1)).replace('<parameter id="n" value="0" constant="false"/>', '<parameter id="n" value="0" constant="true"/>')
    with pytest.raises(SamenspelError, match="constant"):
        read(text)


def test_a_species_that_a_reaction_and_a_rule_would_change_is_refused(read):
    rule = f'<listOfRules><rateRule variable="A">{maths("<cn>1</cn>")}</rateRule></listOfRules>'
    text = meeting("1", "1", "1").replace("<listOfReactions>", rule + "<listOfReactions>")
    with pytest.raises(SamenspelError, match=r"reaction 'r' and by a rule"):
        read(text)
