"""Laws of gains and worlds: what a budget, a split, a removed claim and another world may and may not change."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from samenspel.composition.plain import full_catalogue
from samenspel.engine import People, settle
from samenspel.evidence.grade import Grade, Grading
from samenspel.evidence.reader import read_atlas
from samenspel.evidence.schema_model import Coupling
from samenspel.population.gains import Drawn, draw, existence_and_sign, stabilise
from samenspel.population.people import draw_candidates
from samenspel.population.worlds import draw_worlds
from samenspel.systems import catalogue

POND = Path(__file__).parents[1] / "data" / "toy-atlas"
IDS = np.arange(300, dtype=np.int64)


@pytest.fixture(scope="module")
def pond():
    return read_atlas(POND)


@pytest.fixture(scope="module")
def ladder(pond):
    return pond.need_ladder()


def link(id, source, target="t.y", **fields):
    return Coupling.model_validate({"id": id, "from": source, "to": target, "sign": "raises", **fields})


def grade(statement, exists=1.0, told=1.0, **fields):
    return Grade(level="1", exists=exists, told_sign=told, statement=statement, **fields)


def gains(ladder, couplings, supports=None, *, on=None, slopes=None, hazards=frozenset(), seed=5, ids=IDS, sizes=None):
    supports = {c.id: grade(c.id) for c in couplings} | (supports or {})
    everywhere = {c.id: np.ones(len(ids), dtype=bool) for c in couplings} | (on or {})
    slope = {c.id: np.ones(len(ids)) for c in couplings} | (slopes or {})
    targets = {c.id: c.to for c in couplings}
    return draw(seed, ids, couplings, supports, everywhere, slope, targets, hazards, ladder, sizes)


A, A2 = link("a-moves-t", "a.x"), link("a-also-moves-t", "a.z")
B, C = link("b-moves-t", "b.x"), link("c-moves-t", "c.x")
U = link("a-moves-u", "a.x", "u.y")


def sizes(drawn, *names):
    return np.sum([np.abs(drawn[n].gamma) for n in names], axis=0)


@given(st.integers(2, 5), st.floats(0.2, 1.0), st.floats(0.5, 3.0))
def test_splitting_a_coupling_leaves_the_sum(ladder_, k, exists, slope):
    """k parallel couplings of one pair: in every world their sum is what one alone would be."""
    support = grade("one-article", exists, 0.7)
    parts = [A.model_copy(update={"id": f"part-{i}"}) for i in range(k)]
    steep = {c.id: np.full(len(IDS), slope) for c in (A, *parts)}
    one, _ = gains(ladder_, [A, B], {A.id: support}, slopes=steep)
    many, _ = gains(ladder_, [*parts, B], {p.id: support for p in parts}, slopes=steep)
    np.testing.assert_allclose(sum(many[p.id].gamma for p in parts), one[A.id].gamma, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(many[B.id].gamma, one[B.id].gamma, rtol=1e-12)


@pytest.fixture(scope="module")
def ladder_(ladder):
    return ladder


def test_further_couplings_do_not_make_a_system_more_important(ladder):
    """System a has one source or two: what all its couplings together get stays the same in every world."""
    one, _ = gains(ladder, [A, B, C])
    two, _ = gains(ladder, [A, A2, B, C])
    np.testing.assert_allclose(sizes(two, A.id, A2.id), sizes(one, A.id), rtol=1e-12)
    np.testing.assert_allclose(two[B.id].gamma, one[B.id].gamma, rtol=1e-12)


def test_a_coupling_of_another_target_changes_nothing(ladder):
    alone, _ = gains(ladder, [A, B])
    beside, _ = gains(ladder, [A, B, U])
    for name in (A.id, B.id):
        np.testing.assert_array_equal(beside[name].gamma, alone[name].gamma)


def test_inputs_and_hazards_stand_outside_the_budget(ladder):
    given_ = link("tap-moves-t", "tap.on", input=True)
    risk = link("a-risks-t", "a.x", "t.risk", bound=1.0)
    alone, _ = gains(ladder, [A, B])
    beside, _ = gains(ladder, [A, B, given_, risk], hazards=frozenset({risk.id}))
    for name in (A.id, B.id):
        np.testing.assert_array_equal(beside[name].gamma, alone[name].gamma)
    assert np.abs(beside[risk.id].gamma).max() <= 1.0


@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_a_weaker_grade_reshuffles_nobody(ladder_, before, after):
    """When a's support falls, b and c keep their ratio, other targets keep their gains, and a keeps its luck."""
    strong, weak = max(before, after), min(before, after)
    couplings = [A, B, C, U.model_copy(update={"source": "d.x"})]
    was, _ = gains(ladder_, couplings, {A.id: grade("art", strong)})
    now, _ = gains(ladder_, couplings, {A.id: grade("art", weak)})
    np.testing.assert_array_equal(was[U.id].gamma, now[U.id].gamma)
    np.testing.assert_allclose(was[B.id].gamma * now[C.id].gamma, now[B.id].gamma * was[C.id].gamma, rtol=1e-12)
    assert not ((now[A.id].gamma != 0) & (was[A.id].gamma == 0)).any()
    still = now[A.id].gamma != 0
    np.testing.assert_array_equal(now[A.id].gamma[still], was[A.id].gamma[still])


def test_the_budget_is_never_exceeded_and_is_all_shared(ladder):
    """Σ |γ| slope over a target is one draw of B wherever anything exists, whatever exists there."""
    half = {c.id: grade(c.id, 0.5) for c in (A, A2, B, C)}
    steep = {A.id: np.full(len(IDS), 2.0), C.id: np.full(len(IDS), 0.5)}
    full, _ = gains(ladder, [A, B, C])
    some, _ = gains(ladder, [A, A2, B, C], half, slopes=steep)
    weight = lambda d, names: sum(np.abs(d[n].gamma) * steep.get(n, np.ones(len(IDS))) for n in names)  # noqa: E731
    budget = sizes(full, A.id, B.id, C.id)
    shared = weight(some, [A.id, A2.id, B.id, C.id])
    anything = shared > 0
    assert 0 < anything.mean() < 1
    np.testing.assert_allclose(shared[anything], budget[anything], rtol=1e-12)
    assert budget.max() < 1


def test_measured_gains_come_first_and_may_fill_the_budget(ladder):
    """M leaves (1 - M) B to the others; at the limit the world is refused."""
    of = lambda size: {A.id: np.full(len(IDS), size)}  # noqa: E731
    free, _ = gains(ladder, [A, B])
    taken, refused = gains(ladder, [A, B], sizes=of(0.6))
    alone, _ = gains(ladder, [B])
    assert taken[A.id].measured
    np.testing.assert_allclose(taken[A.id].gamma, 0.6)
    np.testing.assert_allclose(np.abs(taken[B.id].gamma), 0.4 * np.abs(alone[B.id].gamma), rtol=1e-9)
    assert not refused.any()
    assert not free[A.id].measured
    _, full = gains(ladder, [A, B], sizes=of(ladder.budget_measured_limit.value))
    assert full.all()


@pytest.mark.parametrize(("exists", "told"), [(0.1, 0.5), (0.5, 0.7), (0.8, 0.9)])
def test_shares_of_worlds_are_those_of_the_ladder(ladder, exists, told):
    """4,000 worlds; a miss by more than four standard errors is a fault."""
    ids = np.arange(4000, dtype=np.int64)
    there, sign = existence_and_sign(2, ids, grade("x", exists, told), ladder)
    for share, expected in ((there.mean(), exists), ((sign > 0).mean(), told)):
        assert abs(share - expected) < 4 * np.sqrt(expected * (1 - expected) / len(ids))


def test_statements_of_one_article_share_their_draw_and_a_selected_body_may_fall_as_a_whole(ladder):
    ids = np.arange(4000, dtype=np.int64)
    one = existence_and_sign(2, ids, grade("same", 0.5, 0.7), ladder)
    two = existence_and_sign(2, ids, grade("same", 0.5, 0.7), ladder)
    np.testing.assert_array_equal(one, two)
    a = existence_and_sign(2, ids, grade("p", 1.0, 1.0, body="review"), ladder)
    b = existence_and_sign(2, ids, grade("q", 1.0, 1.0, body="review"), ladder)
    np.testing.assert_array_equal(a, b)
    null, turned = ladder.selected_all_null.value, ladder.selected_all_reversed.value
    assert abs((~a[0]).mean() - null) < 4 * np.sqrt(null * (1 - null) / len(ids))
    assert abs((a[1] < 0).mean() - turned) < 4 * np.sqrt(turned * (1 - turned) / len(ids))


RING = [link("a-b", "a.x", "b.p"), link("b-c", "b.x", "c.p"), link("c-a", "c.x", "a.p"), link("b-a", "b.x", "a.p")]
ENTERS = {"a.p": "a.x", "b.p": "b.x", "c.p": "c.x"}


@given(st.lists(st.floats(-3, 3), min_size=4, max_size=4), st.lists(st.booleans(), min_size=4, max_size=4), st.floats(0.1, 2.0))
def test_no_world_is_left_unstable(ladder_, values, measured, response):
    """After `stabilise` the loop matrix, built here anew, has a spectral radius below the limit or the world is flagged."""
    drawn = {c.id: Drawn(np.array([v, 0.3 * v]), m) for c, v, m in zip(RING, values, measured, strict=True)}
    slopes = {c.id: np.ones(2) for c in RING}
    peaks = {(c.id, ENTERS[c.to]): np.full(2, response) for c in RING}
    after, flagged = stabilise(drawn, RING, slopes, peaks, ladder_)

    def radius(table, world):
        states = sorted(ENTERS.values())
        m = np.zeros((3, 3))
        for c in RING:  # |gain| of all influences from one state to another
            m[states.index(ENTERS[c.to]), states.index(c.source)] += abs(table[c.id].gamma[world]) * response
        return np.abs(np.linalg.eigvals(m)).max()

    for world in range(2):
        before, now = radius(drawn, world), radius(after, world)
        assert now <= before + 1e-9
        assert flagged[world] == (now >= ladder_.stability_refuse.value)
        if not any(measured):
            assert now <= ladder_.stability_limit.value + 1e-6
        if before < ladder_.stability_limit.value:
            assert all(after[c.id].gamma[world] == drawn[c.id].gamma[world] for c in RING)
    for c in RING:
        if drawn[c.id].measured:
            np.testing.assert_array_equal(after[c.id].gamma, drawn[c.id].gamma)
        assert (np.sign(after[c.id].gamma) * np.sign(drawn[c.id].gamma) >= 0).all()


@given(st.lists(st.floats(-3, 3), min_size=8, max_size=8), st.integers(1, 8))
def test_worlds_are_stabilised_alone(ladder_, values, numbers):
    """How many worlds are looked at together changes no gain."""
    drawn = {c.id: Drawn(np.array(values) * (k + 1), False) for k, c in enumerate(RING)}
    slopes = {c.id: np.ones(8) for c in RING}
    peaks = {(c.id, ENTERS[c.to]): np.full(8, 0.5) for c in RING}
    whole = stabilise(drawn, RING, slopes, peaks, ladder_)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("samenspel.population.gains.MOST_NUMBERS", 9 * numbers)
        parts = stabilise(drawn, RING, slopes, peaks, ladder_)
    np.testing.assert_array_equal(whole[1], parts[1])
    for c in RING:
        np.testing.assert_array_equal(whole[0][c.id].gamma, parts[0][c.id].gamma)


# -- whole worlds of the toy atlas


def drawn_worlds(atlas, ids, **more):
    return draw_worlds(atlas, full_catalogue(atlas, catalogue()), Grading(atlas).couplings(), seed=11, ids=ids, **more)


@given(st.lists(st.integers(0, 400), min_size=1, max_size=5, unique=True))
def test_a_world_is_the_same_whoever_else_is_drawn(pond_, others):
    ids = sorted({17, *others})
    alone, among = drawn_worlds(pond_, [17]).groups[0], drawn_worlds(pond_, ids).groups[0]
    k = int(np.flatnonzero(among.ids == 17)[0])
    assert {h: o[k] for h, o in among.options.items()} == {h: o[0] for h, o in alone.options.items()}
    for name, value in alone.parameters.items():
        assert np.broadcast_to(among.parameters[name], among.ids.shape)[k] == np.ravel(value)[0], name


@pytest.fixture(scope="module")
def pond_(pond):
    return pond


@given(st.randoms())
def test_order_of_couplings_and_claims_does_not_matter(pond_, random):
    couplings = list(pond_.couplings.items())
    random.shuffle(couplings)
    mixed = {i: c.model_copy(update={"claims": tuple(random.sample(c.claims, len(c.claims)))}) for i, c in couplings}
    ids = np.arange(12)
    a, b = drawn_worlds(pond_, ids), drawn_worlds(dataclasses.replace(pond_, couplings=mixed), ids)
    assert a.groups[0].model.key == b.groups[0].model.key
    for name, gain in a.groups[0].gamma.items():
        np.testing.assert_array_equal(gain, b.groups[0].gamma[name], name)


def test_removing_a_claim_moves_only_what_shares_its_budget(pond):
    removed = frozenset({"tank-study.algae.fleas"})
    systems, ids = full_catalogue(pond, catalogue()), np.arange(60)
    was, now = (
        draw_worlds(pond, systems, Grading(pond, r).couplings(), seed=11, ids=ids).groups[0] for r in (frozenset(), removed)
    )
    for name, c in pond.couplings.items():
        if not c.to.startswith("fleas."):
            np.testing.assert_array_equal(was.gamma[name], now.gamma[name], name)
    assert (was.gamma["algae-feed-fleas"] != now.gamma["algae-feed-fleas"]).any()


def test_all_gains_zero_is_the_uncoupled_world(pond):
    """Cut every coupling, or have none: people rest at the same points."""
    names = ("algae", "fleas", "plants", "silt")
    manifest = pond.manifest.model_copy(update={"systems": names})
    cut = drawn_worlds(pond, np.arange(4), without=frozenset(pond.couplings)).groups[0]
    bare_atlas = dataclasses.replace(pond, couplings={}, hypotheses={}, manifest=manifest)
    bare = drawn_worlds(bare_atlas, np.arange(4)).groups[0]
    rest = []
    for atlas, group in ((pond, cut), (bare_atlas, bare)):
        people = draw_candidates(atlas, group, 20, seed=11, enrich={}).people
        still = settle(group.model, people)
        rest.append({s: still.states[i] for i, s in enumerate(group.model.state_names)})
    for name, value in rest[1].items():
        np.testing.assert_allclose(rest[0][name], value, atol=1e-7, err_msg=name)


def test_the_reference_person_rests_where_he_rests_alone_in_every_world(pond):
    """f = 0 at the reference person, so no gain moves him."""
    group = drawn_worlds(pond, np.arange(20)).groups[0]
    assert len(group.ids) == 20
    centre = {p.name: 0.0 for p in group.model.parameters if p.name in group.person}
    people = People(np.zeros(20, dtype=np.int64), group.ids, {**group.parameters, **centre})
    still = settle(group.model, people)
    for i, name in enumerate(group.model.state_names):
        np.testing.assert_allclose(still.states[i], group.at_rest[name], atol=1e-7, err_msg=name)


def test_half_and_double_change_existence_the_way_they_say(ladder):
    for row in ladder.level:
        if row.exists is not None and 0 < row.exists < 1:
            assert ladder.varied("half").row(row.level).exists < row.exists < ladder.varied("double").row(row.level).exists
        if row.exists in (0.0, 1.0):
            assert ladder.varied("half").row(row.level).exists == row.exists
