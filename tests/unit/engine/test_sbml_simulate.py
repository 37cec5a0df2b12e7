"""What an imported model means: exact solutions for events, volumes, rates and short pulses."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from samenspel import SamenspelError, read_sbml, simulate
from samenspel.engine.sbml import simulate_sbml

MATH = "http://www.w3.org/1998/Math/MathML"
TIME = '<csymbol encoding="text" definitionURL="http://www.sbml.org/sbml/symbols/time">time</csymbol>'


def maths(body):
    return f'<math xmlns="{MATH}">{body}</math>'


def call(name, *parts):
    return f"<apply><{name}/>{''.join(str(p) if str(p).startswith('<') else f'<cn>{p}</cn>' for p in parts)}</apply>"


def ci(name):
    return f"<ci>{name}</ci>"


def event(name, trigger, assignments, *, delay=None, priority=None, initial=True, persistent=True, at_trigger=True):
    flag = lambda b: "true" if b else "false"  # noqa: E731
    parts = "".join(f'<eventAssignment variable="{n}">{maths(b)}</eventAssignment>' for n, b in assignments.items())
    return (
        f'<event id="{name}" useValuesFromTriggerTime="{flag(at_trigger)}">'
        f'<trigger initialValue="{flag(initial)}" persistent="{flag(persistent)}">{maths(trigger)}</trigger>'
        + (f"<priority>{maths(priority)}</priority>" if priority else "")
        + (f"<delay>{maths(delay)}</delay>" if delay else "")
        + f"<listOfEventAssignments>{parts}</listOfEventAssignments></event>"
    )


def written(parameters, rules=(), events=(), before="", after=""):
    """A model of parameters: {id: value}, rules [(kind, id, body)] and events."""
    listed = "".join(f'<parameter id="{n}" value="{v}" constant="false"/>' for n, v in parameters.items())
    ruled = "".join(f'<{k}Rule variable="{n}">{maths(b)}</{k}Rule>' for k, n, b in rules)
    return (
        '<?xml version="1.0" encoding="UTF-8"?><sbml xmlns="http://www.sbml.org/sbml/level3/version2/core" level="3" version="2">'
        f'<model id="m">{before}<listOfParameters>{listed}</listOfParameters>'
        + (f"<listOfRules>{ruled}</listOfRules>" if rules else "")
        + after
        + (f"<listOfEvents>{''.join(events)}</listOfEvents>" if events else "")
        + "</model></sbml>"
    )


def test_a_short_pulse_is_never_stepped_over(read):
    """dx/dt = 1 between 500 and 500.01, else 0, seen only at 0 and 1000."""
    inside = call("and", call("gt", TIME, 500), call("lt", TIME, 500.01))
    body = f"<piecewise><piece><cn>1</cn>{inside}</piece><otherwise><cn>0</cn></otherwise></piecewise>"
    x = simulate(read(written({"x": 0}, [("rate", "x", body)])), [0.0, 1000.0]).column("x")
    assert x[1] == pytest.approx(0.01, rel=1e-6)


@given(st.floats(0.05, 3.0), st.floats(0.1, 2.0))
def test_a_bouncing_value_keeps_its_exact_period(tmp_path_factory, top, speed):
    """dx/dt = speed, reset to 0 when x passes top: x(t) = (speed t) mod top."""
    path = tmp_path_factory.mktemp("saw") / "model.xml"
    path.write_text(
        written({"x": 0}, [("rate", "x", call("times", speed, 1))], [event("e", call("gt", ci("x"), top), {"x": "<cn>0</cn>"})])
    )
    times = np.linspace(0, 5, 41)
    phase = speed * times / top
    away = np.abs(phase - np.round(phase)) > 1e-3
    assert simulate(read_sbml(path), times).column("x")[away] == pytest.approx((speed * times % top)[away], abs=1e-6)


def test_an_event_at_a_time_asked_for_shows_the_state_after_it(read):
    m = read(written({"x": 0}, events=[event("e", call("geq", TIME, 2), {"x": "<cn>7</cn>"})]))
    assert simulate(m, [1.0, 2.0, 3.0]).column("x").tolist() == [0.0, 7.0, 7.0]
    later = read(written({"x": 0}, events=[event("e", call("gt", TIME, 2), {"x": "<cn>7</cn>"})]))
    assert simulate(later, [1.0, 2.0, 3.0]).column("x").tolist() == [0.0, 0.0, 7.0]


@pytest.mark.parametrize(("initial", "expected"), [(True, 0.0), (False, 7.0)])
def test_firing_at_time_0_needs_a_false_initial_value(read, initial, expected):
    m = read(written({"x": 0}, events=[event("e", call("geq", TIME, 0), {"x": "<cn>7</cn>"}, initial=initial)]))
    assert simulate(m, [0.0, 1.0]).column("x").tolist() == [expected, expected]


def test_events_of_one_moment_go_in_the_order_of_the_file(read):
    """Each appends its digit: x -> 10 x + k."""
    digits = [
        event(f"e{k}", call("geq", TIME, 1), {"x": call("plus", call("times", 10, ci("x")), k)}, at_trigger=False)
        for k in (1, 2, 3)
    ]
    assert simulate(read(written({"x": 0}, events=digits)), [2.0]).column("x")[0] == 123
    assert simulate(read(written({"x": 0}, events=digits[::-1])), [2.0]).column("x")[0] == 321


def test_priority_comes_before_the_order_of_the_file(read):
    digits = [
        event(
            f"e{k}",
            call("geq", TIME, 1),
            {"x": call("plus", call("times", 10, ci("x")), k)},
            at_trigger=False,
            priority=f"<cn>{rank}</cn>" if rank else None,
        )
        for k, rank in ((1, None), (2, 5), (3, 9))
    ]
    assert simulate(read(written({"x": 0}, events=digits)), [2.0]).column("x")[0] == 321


def test_values_from_trigger_time_do_not_see_earlier_events_of_that_moment(read):
    events = [
        event("first", call("geq", TIME, 1), {"x": "<cn>5</cn>"}),
        event("then", call("geq", TIME, 1), {"y": ci("x")}, at_trigger=True),
        event("now", call("geq", TIME, 1), {"z": ci("x")}, at_trigger=False),
    ]
    table = simulate(read(written({"x": 0, "y": -1, "z": -1}, events=events)), [2.0], columns=["x", "y", "z"])
    assert table.values[:, 0].tolist() == [5.0, 0.0, 5.0]


def test_an_event_that_is_not_persistent_is_dropped_when_its_trigger_turns_false(read):
    for persistent, expected in ((True, 1.0), (False, 0.0)):
        events = [
            event("off", call("geq", TIME, 1), {"gate": "<cn>0</cn>"}),
            event(
                "one",
                call("and", call("geq", TIME, 1), call("gt", ci("gate"), 0.5)),
                {"x": "<cn>1</cn>"},
                persistent=persistent,
            ),
        ]
        assert simulate(read(written({"x": 0, "gate": 1}, events=events)), [2.0]).column("x")[0] == expected


def test_a_delay_postpones_and_keeps_the_values_of_the_trigger(read):
    """x rises by 1 a day; the trigger comes at 1, the assignment at 2.5, with x of then or of now."""
    for at_trigger, value in ((True, 1.0), (False, 2.5)):
        m = read(
            written(
                {"x": 0, "y": 0},
                [("rate", "x", "<cn>1</cn>")],
                [event("e", call("geq", TIME, 1), {"y": ci("x")}, delay="<cn>1.5</cn>", at_trigger=at_trigger)],
            )
        )
        assert simulate(m, [2.4, 2.6]).column("y") == pytest.approx([0.0, value])


VESSEL = (
    '<listOfCompartments><compartment id="c" spatialDimensions="3" size="2" constant="false"/></listOfCompartments><listOfSpecies>'
    '<species id="S" compartment="c" initialAmount="6" hasOnlySubstanceUnits="false" boundaryCondition="false" constant="false"/>'
    '<species id="N" compartment="c" initialConcentration="5" hasOnlySubstanceUnits="true" boundaryCondition="false" constant="false"/></listOfSpecies>'
)


def test_amounts_stay_when_a_volume_changes(read):
    """Volume 2 grows by 1 a day and halves at time 2: amount 6 stays, concentration is 6 / volume."""
    m = read(
        written(
            {"k": 1},
            [("rate", "c", ci("k"))],
            [event("e", call("geq", TIME, 2), {"c": call("divide", ci("c"), 2)})],
            before=VESSEL,
        )
    )
    times = [0.0, 1.0, 2.0, 3.0]
    volume = np.array([2.0, 3.0, 2.0, 3.0])
    assert simulate(m, times, columns=["c", "S"]).values == pytest.approx(np.array([volume, 6 / volume]))
    assert simulate(m, times, columns=["S"], amounts=["S"]).values[0] == pytest.approx(6)
    assert simulate(m, times, columns=["N"]).values[0] == pytest.approx(10)
    assert simulate(m, times, columns=["N"], concentrations=True).values[0] == pytest.approx(10 / volume)


def test_rate_of_a_concentration_holds_the_dilution(read):
    """[S] = 6/(2 + t): its rate is -6/(2 + t)^2."""
    rate = '<apply><csymbol encoding="text" definitionURL="http://www.sbml.org/sbml/symbols/rateOf">rateOf</csymbol><ci>S</ci></apply>'
    m = read(written({"k": 1, "r": 0}, [("rate", "c", ci("k")), ("assignment", "r", rate)], before=VESSEL))
    t = np.linspace(0, 4, 9)
    assert simulate(m, t).column("r") == pytest.approx(-6 / (2 + t) ** 2, rel=1e-6)


def test_parameters_and_starts_given_to_a_run(read):
    """dx/dt = -k x with x(0) = 2 k by an initial assignment."""
    start = f'<listOfInitialAssignments><initialAssignment symbol="x">{maths(call("times", 2, ci("k")))}</initialAssignment></listOfInitialAssignments>'
    text = written({"x": 0, "k": 0.5}).replace("</listOfParameters>", f"</listOfParameters>{start}")
    text = text.replace(
        "</model>",
        f'<listOfRules><rateRule variable="x">{maths(call("minus", call("times", ci("k"), ci("x"))))}</rateRule></listOfRules></model>',
    )
    m = read(text)
    t = np.linspace(0, 3, 7)
    assert simulate(m, t).column("x") == pytest.approx(np.exp(-0.5 * t), rel=1e-6)
    assert simulate(m, t, parameters={"k": 2.0}).column("x") == pytest.approx(4 * np.exp(-2 * t), rel=1e-6)
    assert simulate(m, t, start={"x": 1.5}).column("x") == pytest.approx(1.5 * np.exp(-0.5 * t), rel=1e-6)


def test_algebraic_rules_are_solved_where_they_are_linear(read):
    """0 = 2 y - x - 3, with dx/dt = 1."""
    zero = call("minus", call("minus", call("times", 2, ci("y")), ci("x")), 3)
    text = written({"x": 0, "y": 0}, [("rate", "x", "<cn>1</cn>")]).replace(
        "</listOfRules>", f"<algebraicRule>{maths(zero)}</algebraicRule></listOfRules>"
    )
    t = np.linspace(0, 2, 5)
    assert simulate(read(text), t).column("y") == pytest.approx((t + 3) / 2)
    crooked = text.replace(zero, call("minus", call("times", ci("y"), ci("y")), ci("x")))
    with pytest.raises(SamenspelError, match="not linear"):
        read(crooked)


def test_nothing_lasts_if_the_same_run_is_repeated(read):
    m = read(written({"x": 0}, [("rate", "x", "<cn>1</cn>")], [event("e", call("gt", ci("x"), 0.7), {"x": "<cn>0</cn>"})]))
    first, second = simulate_sbml(m, [0.0, 0.5, 3.3]), simulate_sbml(m, [0.0, 0.5, 3.3])
    assert (first.values == second.values).all()


def test_chance_decides_between_events_of_one_priority(read):
    """Each of three equals is first about equally often, by the seed alone; one without priority always comes last."""
    due = call("geq", call("minus", TIME, ci("last")), 1)
    one = lambda n: {n: call("plus", ci(n), 1), "last": TIME}  # noqa: E731
    made = [event(f"e{n}", due, one(n), priority="<cn>1</cn>", initial=False, persistent=False) for n in ("a", "b", "c")]
    late = event("e0", due, one("d"), initial=False, persistent=False)
    model = read(written({"a": 0, "b": 0, "c": 0, "d": 0, "last": 0}, events=[late, *made]))
    ends = [simulate(model, [0.0, 300.5], columns=["a", "b", "c", "d"], seed=s).values[:, 1].tolist() for s in (1, 1, 2)]
    assert ends[0] == ends[1] != ends[2]
    for *shares, last in ends:
        assert sum(shares) == 300
        assert last == 0
        assert all(abs(x - 100) < 5 * np.sqrt(300 * 2 / 9) for x in shares)
