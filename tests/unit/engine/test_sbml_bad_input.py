"""Malformed and hostile SBML: one named error with file and cure, never a crash, a hang or a run of foreign code."""

import math

import pytest

from samenspel import SamenspelError, read_sbml, simulate
from samenspel.engine.sbml import simulate_sbml

MATH = "http://www.w3.org/1998/Math/MathML"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
L3 = '<sbml xmlns="http://www.sbml.org/sbml/level3/version2/core" level="3" version="2"{extra}>'


def parameter(name, value="1", constant="false"):
    return f'<parameter id="{name}" value="{value}" constant="{constant}"/>'


def formula(body):
    return f'<math xmlns="{MATH}">{body}</math>'


def rule(kind, name, body):
    return f'<{kind}Rule variable="{name}">{formula(body)}</{kind}Rule>'


def model(parameters="", rules="", rest="", before="", extra=""):
    return (
        f'{HEAD}{L3.format(extra=extra)}<model id="m">{before}'
        f"<listOfParameters>{parameters or parameter('x')}</listOfParameters>"
        + (f"<listOfRules>{rules}</listOfRules>" if rules else "")
        + f"{rest}</model></sbml>"
    )


def refused(read, text, *words):
    with pytest.raises(SamenspelError) as caught:
        read(text)
    error = caught.value
    assert error.file is not None
    assert error.file.endswith("model.xml")
    assert error.cure
    for word in words:
        assert word in str(error), str(error)
    return error


def test_the_plain_model_of_these_tests_is_read(read):
    table = simulate(read(model(parameter("x", "2"), rule("rate", "x", "<cn>3</cn>"))), [0.0, 1.0])
    assert table.column("x") == pytest.approx([2.0, 5.0])


@pytest.mark.parametrize("head", ["", '<?xml version="1.0"?>\n'])
def test_a_file_that_names_no_encoding_is_read_as_utf_8(read, head):
    text = model(parameter("x", "2"), rule("rate", "x", "<cn>3</cn>")).replace(HEAD, head)
    assert simulate(read(text), [0.0, 1.0]).column("x") == pytest.approx([2.0, 5.0])


def test_an_absent_file_a_folder_and_an_empty_file(tmp_path):
    (tmp_path / "empty.xml").write_text("")
    for path in (tmp_path / "none.xml", tmp_path, tmp_path / "empty.xml"):
        with pytest.raises(SamenspelError) as caught:
            read_sbml(path)
        assert str(path) in str(caught.value)
        assert caught.value.cure


@pytest.mark.parametrize("text", ["hello", "<sbml", "<a><b></a></b>", b"\xff\xfe\x00", b"\x00" * 50, "<html/>", "[1, 2]"])
def test_what_is_no_sbml(read, text):
    refused(read, text)


def test_a_file_that_stops_in_the_middle(read):
    whole = model(parameter("x"), rule("rate", "x", "<cn>1</cn>"))
    for share in (0.3, 0.6, 0.9):
        refused(read, whole[: int(len(whole) * share)], "well-formed")


def test_entity_expansion_is_refused(read):
    lol = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 12))
    bomb = (
        f'{HEAD}<!DOCTYPE sbml [<!ENTITY l0 "ha">{lol}]>{L3.format(extra="")}<model id="m"><notes>&l11;</notes></model></sbml>'
    )
    refused(read, bomb, "entities")


def test_external_entities_are_refused(read, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    text = f'{HEAD}<!DOCTYPE sbml [<!ENTITY x SYSTEM "file://{secret}">]>{L3.format(extra="")}<model id="m"><notes>&x;</notes></model></sbml>'
    assert "secret" not in str(refused(read, text)).replace(str(tmp_path), "")


def test_a_document_type_alone_is_refused(read):
    refused(read, f'{HEAD}<!DOCTYPE sbml SYSTEM "http://example.org/sbml.dtd">{L3.format(extra="")}<model id="m"/></sbml>')


def test_more_than_twenty_megabytes(read):
    refused(read, model(before=f"<notes>{'x' * 20_000_000}</notes>"), "20 MB")


@pytest.mark.parametrize("depth", [1_000, 100_000])
def test_deep_nesting(read, depth):
    body = "<apply><minus/>" * depth + "<cn>1</cn>" + "</apply>" * depth
    refused(read, model(parameter("x"), rule("assignment", "x", body)), "nested")


def test_a_million_brackets(read):
    body = "<apply><plus/>" * 1_000_000 + "<ci>x</ci>"
    refused(read, model(parameter("x"), rule("assignment", "x", body))[:19_900_000], "nested")


def test_a_million_brackets_in_a_formula_of_level_1(read):
    text = (
        f'{HEAD}<sbml xmlns="http://www.sbml.org/sbml/level1" level="1" version="2"><model name="m"><listOfParameters>'
        f'<parameter name="x" value="1"/></listOfParameters><listOfRules><parameterRule name="x" formula="{"(" * 1_000_000}1{")" * 1_000_000}"/>'
        "</listOfRules></model></sbml>"
    )
    refused(read, text, "Level 1")


def test_functions_that_grow_without_end_are_refused(read):
    """Sixty definitions, each calling the one before twice: 2^60 steps when written out."""
    functions = f'<functionDefinition id="f0"><math xmlns="{MATH}"><lambda><bvar><ci>a</ci></bvar><ci>a</ci></lambda></math></functionDefinition>'
    for i in range(1, 60):
        call = f"<apply><ci>f{i - 1}</ci><ci>a</ci></apply>"
        functions += (
            f'<functionDefinition id="f{i}"><math xmlns="{MATH}"><lambda><bvar><ci>a</ci></bvar><apply><plus/>{call}{call}</apply>'
            "</lambda></math></functionDefinition>"
        )
    text = model(
        parameter("x"),
        rule("assignment", "x", "<apply><ci>f59</ci><cn>1</cn></apply>"),
        before=f"<listOfFunctionDefinitions>{functions}</listOfFunctionDefinitions>",
    )
    refused(read, text, "steps")


def test_a_function_that_calls_itself(read):
    f = (
        f'<functionDefinition id="f"><math xmlns="{MATH}"><lambda><bvar><ci>a</ci></bvar><apply><ci>f</ci><ci>a</ci></apply>'
        "</lambda></math></functionDefinition>"
    )
    text = model(
        parameter("x"),
        rule("assignment", "x", "<apply><ci>f</ci><cn>1</cn></apply>"),
        before=f"<listOfFunctionDefinitions>{f}</listOfFunctionDefinitions>",
    )
    refused(read, text, "'f'", "itself")


def test_huge_powers_do_not_hang(read):
    tower = "<cn type='integer'>9</cn>"
    for _ in range(6):
        tower = f"<apply><power/><cn type='integer'>9</cn>{tower}</apply>"
    m = read(model(parameter("x"), rule("assignment", "x", tower)))
    assert math.isinf(simulate(m, [0.0]).column("x")[0])


def test_an_unknown_name_with_the_nearest(read):
    error = refused(read, model(parameter("decay"), rule("rate", "decay", "<ci>dekay</ci>")), "'dekay'", "decay")
    assert error.line == 2


def test_an_element_without_id(read):
    refused(read, model('<parameter value="1" constant="true"/>'))


def test_an_id_given_twice(read):
    refused(read, model(parameter("x") + parameter("x")), "'x'")


def test_a_rule_for_what_does_not_exist(read):
    refused(read, model(parameter("x"), rule("rate", "y", "<cn>1</cn>")), "'y'")


def test_two_rules_for_one_variable(read):
    refused(read, model(parameter("x"), rule("rate", "x", "<cn>1</cn>") + rule("assignment", "x", "<cn>1</cn>")), "'x'")


def test_assignment_rules_in_a_circle(read):
    rules = (
        rule("assignment", "a", "<ci>b</ci>") + rule("assignment", "b", "<ci>c</ci>") + rule("assignment", "c", "<ci>a</ci>")
    )
    refused(read, model(parameter("a") + parameter("b") + parameter("c"), rules), "circle", "a -> b", "c")


def test_starting_values_in_a_circle(read):
    start = "".join(
        f'<initialAssignment symbol="{a}">{formula(f"<ci>{b}</ci>")}</initialAssignment>' for a, b in (("a", "b"), ("b", "a"))
    )
    text = model(parameter("a") + parameter("b"), before="").replace(
        "</listOfParameters>", f"</listOfParameters><listOfInitialAssignments>{start}</listOfInitialAssignments>"
    )
    refused(read, text, "circle")


def test_a_species_without_its_compartment(read):
    species = '<listOfSpecies><species id="S" compartment="c" initialAmount="1" hasOnlySubstanceUnits="false" boundaryCondition="false" constant="false"/></listOfSpecies>'
    refused(read, model(parameter("x"), before=species), "'S'", "'c'")


def test_a_reaction_with_an_unknown_species(read):
    reaction = (
        '<listOfReactions><reaction id="r" reversible="false"><listOfReactants><speciesReference species="S" stoichiometry="1" constant="true"/>'
        f"</listOfReactants><kineticLaw>{formula('<cn>1</cn>')}</kineticLaw></reaction></listOfReactions>"
    )
    refused(read, model(parameter("x"), rest=reaction), "'r'", "'S'")


@pytest.mark.parametrize(
    ("package", "uri"),
    [
        ("fbc", "http://www.sbml.org/sbml/level3/version1/fbc/version2"),
        ("spatial", "http://www.sbml.org/sbml/level3/version1/spatial/version1"),
        ("madeup", "http://www.sbml.org/sbml/level3/version1/madeup/version1"),
    ],
)
def test_packages_that_change_the_mathematics_are_named(read, package, uri):
    refused(read, model(extra=f' xmlns:{package}="{uri}" {package}:required="true"'), package)


def test_a_package_that_only_draws_is_ignored(read):
    extra = ' xmlns:layout="http://www.sbml.org/sbml/level3/version1/layout/version1" layout:required="false"'
    assert read(model(extra=extra)).parameter_names == ("x",)


def test_a_fast_reaction_is_named(read):
    text = (
        f'{HEAD}<sbml xmlns="http://www.sbml.org/sbml/level2/version4" level="2" version="4"><model id="m"><listOfCompartments><compartment id="c" size="1"/>'
        '</listOfCompartments><listOfSpecies><species id="S" compartment="c" initialAmount="1"/></listOfSpecies><listOfReactions><reaction id="quick" fast="true">'
        f'<listOfReactants><speciesReference species="S"/></listOfReactants><kineticLaw>{formula("<ci>S</ci>")}</kineticLaw></reaction></listOfReactions></model></sbml>'
    )
    refused(read, text, "'quick'", "fast")


def test_a_wrong_number_of_arguments(read):
    refused(read, model(parameter("x"), rule("assignment", "x", "<apply><divide/><cn>1</cn></apply>")))


def test_mathematics_outside_sbml(read):
    refused(read, model(parameter("x"), rule("assignment", "x", "<apply><int/><ci>x</ci></apply>")))


def test_text_of_the_file_is_never_run(read, tmp_path):
    """An id that is no SBML id does not reach an interpreter."""
    trap = tmp_path / "trap"
    evil = f"__import__('pathlib').Path('{trap}').touch()"
    with pytest.raises(SamenspelError):
        simulate(read(model(parameter(evil.replace("'", "&apos;")), rule("rate", "x", f"<ci>{evil}</ci>"))), [0.0, 1.0])
    for name in ("lambda", "import", "eval", "y", "p", "t", "F", "exp", "time", "nan", "v_0"):
        m = read(model(parameter(name, "2") + parameter("z"), rule("rate", "z", f"<ci>{name}</ci>")))
        assert simulate(m, [0.0, 1.0], columns=["z", name]).values[:, -1] == pytest.approx([3.0, 2.0])
    assert not trap.exists()


def starts_badly(m, *words):
    with pytest.raises(SamenspelError) as caught:
        simulate(m, [0.0, 1.0])
    for word in (*words, "model.xml"):
        assert word in str(caught.value), str(caught.value)
    assert caught.value.cure


def test_division_by_zero_at_the_start(read):
    body = "<apply><divide/><cn>1</cn><ci>k</ci></apply>"
    starts_badly(read(model(parameter("x") + parameter("k", "0", "true"), rule("rate", "x", body))), "'x'", "time 0", "inf")


def test_a_parameter_that_is_nan_is_named(read):
    m = read(model(parameter("x") + parameter("k", "NaN", "true"), rule("rate", "x", "<ci>k</ci>")))
    starts_badly(m, "'x'", "k = nan")


def test_a_parameter_without_value_is_named(read):
    m = read(model(parameter("x") + '<parameter id="k" constant="true"/>', rule("rate", "x", "<ci>k</ci>")))
    starts_badly(m, "k = nan")


def test_numbers_given_to_a_run_are_checked(read):
    m = read(model(parameter("x") + parameter("k", "1", "true"), rule("rate", "x", "<ci>k</ci>")))
    for wrong in (math.nan, math.inf):
        with pytest.raises(SamenspelError, match="'k'"):
            simulate_sbml(m, [0.0], parameters={"k": wrong})
        with pytest.raises(SamenspelError, match="'x'"):
            simulate_sbml(m, [0.0], start={"x": wrong})
    for call in (
        lambda: simulate_sbml(m, [0.0], parameters={"kk": 1.0}),
        lambda: simulate_sbml(m, [0.0], columns=["xx"]),
        lambda: simulate_sbml(m, [0.0], amounts=["S"]),
        lambda: simulate_sbml(m, []),
        lambda: simulate_sbml(m, [1.0, 0.0]),
        lambda: simulate_sbml(m, [-1.0]),
        lambda: simulate_sbml(m, [math.nan]),
        lambda: simulate_sbml(m, [0.0], rtol=0.0),
        lambda: simulate_sbml(m, [0.0], atol=math.nan),
    ):
        with pytest.raises(SamenspelError):
            call()


def test_a_solution_that_leaves_the_finite_numbers_is_nan_from_there(read):
    """dx/dt = x^2 from 1 ends at time 1: a failure of nature, no mistake."""
    m = read(model(parameter("x"), rule("rate", "x", "<apply><times/><ci>x</ci><ci>x</ci></apply>")))
    x = simulate(m, [0.0, 0.5, 2.0]).column("x")
    assert x[:2] == pytest.approx([1.0, 2.0], rel=1e-6)
    assert math.isnan(x[2])


def test_events_that_keep_firing_are_an_error(read):
    event = (
        '<listOfEvents><event id="{n}" useValuesFromTriggerTime="true"><trigger initialValue="false" persistent="true">{t}</trigger>'
        '<listOfEventAssignments><eventAssignment variable="x">{v}</eventAssignment></listOfEventAssignments></event></listOfEvents>'
    )
    one = event.format(n="up", t=formula("<apply><lt/><ci>x</ci><cn>1</cn></apply>"), v=formula("<cn>2</cn>"))
    two = event.format(n="down", t=formula("<apply><gt/><ci>x</ci><cn>1</cn></apply>"), v=formula("<cn>0</cn>"))
    text = model(parameter("x", "0"), rest=(one + two).replace("</listOfEvents><listOfEvents>", ""))
    with pytest.raises(SamenspelError, match="keep firing"):
        simulate(read(text), [0.0, 1.0])


def again(value):
    """x rises by 1 a day and is set back when it passes 2."""
    trigger = formula("<apply><gt/><ci>x</ci><cn>2</cn></apply>")
    event = (
        '<listOfEvents><event id="again" useValuesFromTriggerTime="true"><trigger initialValue="true" persistent="true">'
        f'{trigger}</trigger><listOfEventAssignments><eventAssignment variable="x">{formula(f"<cn>{value}</cn>")}'
        "</eventAssignment></listOfEventAssignments></event></listOfEvents>"
    )
    return model(parameter("x", "0"), rule("rate", "x", "<cn>1</cn>"), rest=event)


def test_events_whose_clock_does_not_get_on_are_named_and_others_go_on(read):
    with pytest.raises(SamenspelError, match="'again'"):
        simulate(read(again("1.9999999999999")), [0.0, 1.0, 5.0])
    assert simulate(read(again("1.5")), [0.0, 1.0, 5.0]).column("x") == pytest.approx([0.0, 1.0, 2.0], abs=0.51)


@pytest.mark.parametrize("wrong", [
    {"parameters": {"x": "a"}}, {"parameters": {"x": None}}, {"parameters": {"x": math.nan}}, {"parameters": {"zz": 1.0}},
    {"start": {"zz": 1.0}}, {"columns": ["zz"]}, {"amounts": ["zz"]}, {"engine": "nope"}, {"rtol": "x"}, {"atol": -1.0},
    {"seed": 1.5}, {"seed": "1"}, {"seed": True}, {"times": ["a"]}, {"times": []}, {"times": None}, {"times": [1.0, 0.0]},
])  # fmt: skip
def test_arguments_that_cannot_be_are_named(read, wrong):
    with pytest.raises(SamenspelError) as caught:
        simulate(read(model(parameter("x", "2"), rule("rate", "x", "<cn>3</cn>"))), **{"times": [0.0, 1.0], **wrong})
    assert "[]" not in str(caught.value)
    assert "Nearest: ." not in str(caught.value)


def test_a_parameter_without_a_value_is_named_and_a_given_one_is_not(read, caplog):
    text = model(parameter("x", "2", "false") + '<parameter id="k" constant="true"/>', rule("rate", "x", "<cn>3</cn>"))
    simulate(read(text), [0.0, 1.0])
    assert "no value for k" in caplog.text
    caplog.clear()
    simulate(read(text), [0.0, 1.0], parameters={"k": 1.0})
    assert caplog.text == ""
