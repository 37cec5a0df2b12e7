"""Loops: those of small systems are known by hand; order of listing changes nothing; caps are told."""

import itertools

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from samenspel.composition import compose, word
from samenspel.declare import Decision, Input, Parameter, Port, Readout, State, System
from samenspel.declare.maths import logistic
from samenspel.engine import People, settle
from samenspel.evidence.schema_model import Coupling, Hypothesis, Loop
from samenspel.insight.circles import any_longer, circles
from samenspel.insight.loops import Points, find, loops
from samenspel.insight.ways import Ways
from toys import Bell, Pump, Tank

NUMBERS = {
    "tank.tau": 2.0,
    "tank.push": 0.0,
    "pump.rate": 0.5,
    "bell.quick": 1.0,
    "bell.slow": 0.2,
}


def link(id, source, to, sign="raises", **fields):
    return Coupling.model_validate({"id": id, "from": source, "to": to, "sign": sign, **fields})


FILL = link("pump-fills-tank", "pump.speed", "tank.inflow", claims=("a.b.c",))
SPEED = link("tank-speeds-pump", "tank.level", "pump.boost", claims=("d.e.f", "a.b.c"))
SLOW = link("tank-slows-pump", "tank.level", "pump.boost", "lowers")
HUMP = link("tank-moves-pump", "tank.level", "pump.boost", form={"kind": "inverted-u", "m": 1.0, "w": 1.0})
RING = link("tank-rings-bell", "tank.double", "bell.pull")
LEAK = link("bell-fills-tank", "bell.y", "tank.inflow", "lowers")
TURN = link("pump-rings-bell", "pump.speed", "bell.pull")


def points(couplings, *, gains=None, worlds=2, levels=(0.5, 1.5), systems=(Tank, Pump, Bell)):
    """`worlds` worlds with one person for each level of the tank; gains as told unless given, one number per world."""
    model = compose(systems, couplings)
    n = len(levels)
    world = np.repeat(np.arange(worlds), n)
    ids = np.arange(worlds, dtype=np.int64)
    gamma = {
        c.id: np.array((gains or {}).get(c.id, [0.05 * c.told_sign] * worlds), dtype=float)
        for c in couplings
        if c.form.kind != "identity"
    }
    numbers = {k: v for k, v in NUMBERS.items() if k.split(".")[0] in {s.system for s in systems}}
    if Tank in systems:
        numbers["tank.set_level"] = np.tile(np.array(levels), worlds)
    numbers |= {f"gain.{word(i)}": g[world] for i, g in gamma.items()}
    numbers |= {p.name: 0.0 for p in model.parameters if p.name.startswith(("base.", "center."))}
    people = People(np.arange(len(world)), world, numbers)
    return Points(tuple(systems), model, ids, gamma, people, (settle(model, people),))


def listed(couplings, **more):
    return {tuple(sorted(r["links"])): r for r in loops([points(couplings, **more)], couplings)["loops"]}


def test_two_links_that_raise_each_other_reinforce():
    (row,) = loops([points([FILL, SPEED])], [FILL, SPEED])["loops"]
    assert row["links"] == ["pump-fills-tank", "tank-speeds-pump"]
    assert row["through"] == [["tank.level"], ["pump.speed"]]
    assert (row["sign"], row["length"], row["worlds"]) == ("reinforcing", 2, 1.0)
    assert row["claims"] == ["a.b.c", "d.e.f"]
    assert row["drawn"] == {"reinforcing": 1.0, "balancing": 0.0, "both": 0.0}


def test_one_lowering_link_balances():
    assert listed([FILL, SLOW])[FILL.id, SLOW.id]["sign"] == "balancing"


def test_an_influence_that_turns_over_is_ambiguous_only_where_people_stand_on_both_sides():
    both = listed([FILL, HUMP], levels=(0.5, 1.5))[FILL.id, HUMP.id]
    assert both["sign"] == "ambiguous"
    assert both["drawn"]["both"] == 1.0
    assert listed([FILL, HUMP], levels=(0.3, 0.5))[FILL.id, HUMP.id]["sign"] == "reinforcing"
    assert listed([FILL, HUMP], levels=(1.5, 1.9))[FILL.id, HUMP.id]["sign"] == "balancing"


def test_worlds_that_draw_the_other_sign_are_counted_and_do_not_make_a_loop_ambiguous():
    gains = {SPEED.id: [0.05, -0.05, 0.0, 0.05]}
    row = listed([FILL, SPEED], gains=gains, worlds=4)[FILL.id, SPEED.id]
    assert row["sign"] == "reinforcing"
    assert row["worlds"] == 0.75
    assert row["drawn"]["reinforcing"] == pytest.approx(2 / 3)
    assert row["drawn"]["balancing"] == pytest.approx(1 / 3)


def test_a_link_of_which_nobody_said_the_sign_makes_its_loops_ambiguous():
    """Told or not, half of the worlds draw it the other way; the loop names the link, others keep their sign."""
    words = {"en": "Drawn.", "nl": "Getekend."}
    unsigned = SPEED.model_copy(update={"claims": (), "premise": "link", "assumption": words})
    rows = listed([FILL, unsigned, RING, LEAK], gains={SPEED.id: [0.05, -0.05]})
    assert rows[FILL.id, SPEED.id]["sign"] == "ambiguous"
    assert rows[FILL.id, SPEED.id]["open"] == [SPEED.id]
    assert rows[FILL.id, SPEED.id]["drawn"]["reinforcing"] == 0.5
    assert (rows[LEAK.id, RING.id]["sign"], rows[LEAK.id, RING.id]["open"]) == ("balancing", [])
    signed = unsigned.model_copy(update={"premise": "link-and-sign"})
    assert listed([FILL, signed])[FILL.id, SPEED.id]["sign"] == "reinforcing"


def test_three_systems_have_their_three_loops():
    """Tank and pump, tank and bell, and round all three; signs by hand: +, -, +·+·-."""
    rows = listed([FILL, SPEED, RING, LEAK, TURN])
    signs = {k: r["sign"] for k, r in rows.items()}
    assert signs == {
        (FILL.id, SPEED.id): "reinforcing",
        (LEAK.id, RING.id): "balancing",
        tuple(sorted((SPEED.id, TURN.id, LEAK.id))): "balancing",
    }
    assert rows[LEAK.id, RING.id]["through"] == [["tank.level", "tank.double"], ["bell.y"]]


def test_a_loop_meets_no_quantity_twice():
    """A figure of eight through the tank is two loops, not one more."""
    rows = listed([FILL, SPEED, RING, LEAK])
    assert set(rows) == {(FILL.id, SPEED.id), (LEAK.id, RING.id)}


@given(st.permutations([FILL, SPEED, RING, LEAK, TURN]), st.permutations([Tank, Pump, Bell]))
def test_order_of_listing_does_not_matter(couplings, systems):
    expected = find([Tank, Pump, Bell], [FILL, SPEED, RING, LEAK, TURN])
    assert find(systems, couplings) == expected


def test_parallel_couplings_are_loops_of_their_own():
    twin = FILL.model_copy(update={"id": "pump-warms-tank"})
    assert set(listed([FILL, twin, SPEED])) == {(FILL.id, SPEED.id), (twin.id, SPEED.id)}


def test_a_named_loop_bears_its_name_and_starts_as_named():
    named = Loop.model_validate(
        {"id": "water", "en": "Round.", "nl": "Rond.", "links": ("tank-speeds-pump", "pump.speed", "pump-fills-tank"),
         "sign": "reinforcing", "claims": ("x.y.z",)}
    )  # fmt: skip
    other = named.model_copy(update={"id": "absent", "links": ("tank-speeds-pump", "bell-fills-tank")})
    result = loops([points([FILL, SPEED])], [FILL, SPEED], [named, other])
    (row,) = result["loops"]
    assert (row["id"], row["name"]) == ("water", {"en": "Round.", "nl": "Rond."})
    assert row["links"] == ["tank-speeds-pump", "pump-fills-tank"]
    assert row["claims"] == ["d.e.f", "a.b.c", "x.y.z"]
    assert result["not_found"] == ["absent"]


def test_links_that_no_option_has_together_form_no_loop():
    option = lambda id, *on: {"id": id, "en": "A.", "nl": "A.", "on": on}  # noqa: E731
    apart = Hypothesis.model_validate(
        {"id": "h", "question": {"en": "?", "nl": "?"}, "option": (option("a", FILL.id), option("b", SPEED.id))}
    )
    together = apart.model_copy(update={"option": (*apart.option, apart.option[0].model_copy(update={"id": "c", "on": (FILL.id, SPEED.id)}))})
    where, couplings = [points([FILL, SPEED])], [FILL, SPEED]
    assert not loops(where, couplings, (), [apart])["loops"]
    assert len(loops(where, couplings, (), [together])["loops"]) == 1


def test_caps_are_told():
    couplings = [FILL, SPEED, RING, LEAK, TURN]
    where = [points(couplings)]
    whole = loops(where, couplings)
    short = loops(where, couplings, longest=2)
    few = loops(where, couplings, most=1)
    assert (len(whole["loops"]), whole["truncated"]) == (3, False)
    assert (len(short["loops"]), short["truncated"]) == (2, True)
    assert (len(few["loops"]), few["truncated"]) == (1, True)


class Reader(System):
    """A person who may open a book (a decision), while light is on (an input)."""

    system = "reader"
    knows = State(start=0.0)
    appetite = Port(combine="product", shifts="wish")
    light = Input(habitual=0.0, reference=1.0)
    opens = Decision(start=1.0)
    tau = Parameter(unit="day")
    wish = Readout()

    @staticmethod
    def readouts(v):
        return {"wish": v.appetite}

    @staticmethod
    def drift(v):
        return {"knows": (v.light * v.opens - v.knows) / v.tau}

    @staticmethod
    def decisions(v):
        return {"opens": logistic(v.appetite - 1)}


def test_a_way_may_lead_through_a_decision_while_its_input_is_off():
    """More appetite, more opening, more knowledge: carried is P' · 1, at a probability of one half a quarter."""
    ways = Ways(Reader, ["reader.knows"])
    assert ways.between["reader.appetite", "reader.knows"] == (("reader.opens", "reader.knows"),)
    at = {"reader.knows": np.zeros(1), "reader.tau": 3.0, "reader.appetite": 1.0, "reader.opens": np.ones(1)}
    carried = ways.values(1, at)["reader.appetite", ("reader.opens", "reader.knows")]
    assert carried[0] == pytest.approx(0.25)


EDGES = st.sets(st.tuples(st.sampled_from("abcdef"), st.sampled_from("abcdef")), max_size=16)


@given(EDGES, st.randoms())
def test_circles_are_those_of_an_independent_search(edges, random):
    """Each elementary circle once, however the graph is listed; `any_longer` is exact on small graphs."""
    listed_ = sorted(edges)
    random.shuffle(listed_)
    graph: dict[str, list[str]] = {}
    for a, b in listed_:
        graph.setdefault(a, []).append(b)
    found = list(itertools.chain(*(circles(graph, k) for k in range(1, 7))))
    oracle = list(nx.simple_cycles(nx.DiGraph(listed_)))
    turn = lambda c: tuple(c[c.index(min(c)) :] + c[: c.index(min(c))])  # noqa: E731
    assert sorted(found) == sorted(turn(list(c)) for c in oracle)
    for length in range(1, 6):
        assert any_longer(graph, length) == any(len(c) > length for c in oracle)


def test_the_shipped_names_fit_the_equations():
    """Every loop that the atlas names is closed by its couplings, and the Jacobian gives it the sign that is told."""
    from samenspel.composition.plain import full_catalogue
    from samenspel.composition.values import shipped
    from samenspel.evidence.grade import Grading
    from samenspel.insight.loops import sample
    from samenspel.population.worlds import draw_worlds
    from samenspel.systems import catalogue

    atlas = shipped()
    drawn = draw_worlds(atlas, full_catalogue(atlas, catalogue()), Grading(atlas).couplings(), seed=3, ids=np.arange(8))
    couplings = [atlas.couplings[i] for i in sorted(atlas.couplings)]
    result = loops(sample(atlas, drawn, seed=3, people=2), couplings, list(atlas.loops.values()), longest=4)
    assert not result["not_found"]
    assert {r["id"]: r["sign"] for r in result["loops"] if r["name"]} == {i: n.sign for i, n in atlas.loops.items()}


def test_the_command_gives_one_document_and_speaks_two_languages():
    """The pond: two named loops, and the one through the silt."""
    import json
    from pathlib import Path

    import typer
    from typer.testing import CliRunner

    from samenspel.quantities.errors import SamenspelError
    from samenspel.views.loops_cli import loops as command

    app = typer.Typer()
    app.command()(command)
    pond = str(Path(__file__).parents[2] / "data" / "toy-atlas")
    options = ["--atlas", pond, "--worlds", "12", "--people", "3"]
    document = json.loads(CliRunner().invoke(app, [*options, "--json", "--language", "nl"]).stdout)
    rows = {r["id"]: r for r in document["loops"]}
    assert not document["truncated"]
    assert (rows["clear-water"]["sign"], rows["eaten-away"]["sign"]) == ("reinforcing", "balancing")
    assert rows["clear-water"]["name"].startswith("Planten")
    (silt,) = [r for r in document["loops"] if "silt-feeds-algae" in r["links"]]
    assert set(silt["links"]) == {"algae-shade-plants", "plants-hold-silt", "silt-feeds-algae"}
    assert silt["sign"] == "reinforcing"  # lowers, lowers, raises
    assert "Planten" in CliRunner().invoke(app, [*options, "--language", "nl"]).stdout
    wrong = CliRunner().invoke(app, ["--worlds", "0"])
    assert isinstance(wrong.exception, SamenspelError)
