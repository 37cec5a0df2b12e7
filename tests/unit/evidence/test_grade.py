"""The ladder: each design lands on its level, and no wording of a claim can lift it."""

import pytest

from samenspel.evidence.grade import Grading, removed_by
from samenspel.evidence.reader import read_atlas
from samenspel.quantities.errors import SamenspelError

from .conftest import claim

MOVED = (
    'moved = true\nintervention = "{how}"\ncomparator = "kettles"\n'
    'effect = {{metric = "SMD", value = 0.5, low = 0.2, high = 0.8, level = 0.95}}\n'
    'source_change = {{metric = "SMD", value = 1.0, low = {low}, high = 1.4, level = 0.95}}'
)
ONE_BURNER = MOVED.format(how="one-burner", low=0.6)


def level(kitchen, design, more="", **fields):
    kitchen.source("cook-2001", claim(more=more, **fields), design=design)
    return Grading(read_atlas(kitchen.root)).level("cook-2001.heat.steam")


@pytest.mark.parametrize(
    ("design", "more", "fields", "expected"),
    [
        ("rct", ONE_BURNER, {"kind": "effect"}, "5"),
        ("rct", MOVED.format(how="stoking", low=0.6), {"kind": "effect"}, "T"),  # several routes
        ("rct", MOVED.format(how="one-burner", low=-0.6), {"kind": "effect"}, "T"),  # the source may not have moved
        ("rct", 'intervention = "one-burner"', {"kind": "effect"}, "T"),  # source not measured
        ("rct", ONE_BURNER + '\nspecies = "animal"', {"kind": "effect"}, "1"),
        ("rct", ONE_BURNER + '\nspecies = "unclear"', {"kind": "effect"}, "1"),
        ("rct", "", {}, "2"),  # a correlation inside a trial was not assigned
        ("meta-analysis", ONE_BURNER + '\npools = ["rct"]', {"kind": "effect"}, "T"),
        ("meta-analysis", ONE_BURNER + '\npools = ["rct", "pre-post"]', {"kind": "effect"}, "1"),
        ("meta-analysis", 'pools = ["cohort", "cross-sectional"]', {}, "2"),
        ("meta-analysis", "", {}, "1"),
        ("mendelian-randomisation", "", {}, "3"),
        ("cohort", 'timing = "lagged-between"', {}, "3"),
        ("cohort", "", {"kind": "risk"}, "3"),
        ("cohort", 'timing = "same-time"', {"kind": "risk"}, "2"),
        ("diary", 'timing = "same-time"', {}, "2"),
        ("diary", 'timing = "lagged-within"', {}, "3"),  # one direction only
        ("case-control", "", {}, "2"),
        ("narrative-review", "", {}, "1"),
        ("non-randomised-trial", 'intervention = "one-burner"', {"kind": "effect"}, "1"),
        ("expert", 'limits = ["commercial"]', {}, "0"),
        ("commercial", "", {}, "0"),
        ("testimony", "", {}, "0"),
        ("testimony", "", {"kind": "care-process"}, "1"),
        ("testimony", 'system = "work"', {"kind": "testimony"}, "1"),
        ("rct", "", {"kind": "definition"}, "none"),
    ],
)
def test_level(kitchen, design, more, fields, expected):
    assert level(kitchen, design, more, **fields) == expected


def test_a_diary_that_looked_both_ways_orders_within_persons(kitchen):
    lagged = 'timing = "lagged-within"'
    back = claim("cook-2001.steam.heat", subject="steam", object="heat", relation="no-difference", more=lagged)
    kitchen.source("cook-2001", claim(more=lagged), back, design="diary")
    grading = Grading(read_atlas(kitchen.root))
    assert set(grading.levels.values()) == {"4"}
    assert Grading(grading.atlas, frozenset({"cook-2001.steam.heat"})).level("cook-2001.heat.steam") == "3"


def test_a_retracted_source_supports_nothing(kitchen):
    kitchen.source("cook-2001", claim(), design="rct", more='status = "retracted"')
    grading = Grading(read_atlas(kitchen.root))
    assert grading.levels == {"cook-2001.heat.steam": "none"}
    assert grading.support(grading.levels) == ()


def test_another_coupling_from_the_same_input_is_another_route(kitchen):
    words = (kitchen.root / "vocabulary/words.toml").read_text().replace(
        'several_routes = false', 'several_routes = false\nreads = "burner.on"')  # fmt: skip
    kitchen.write("vocabulary/words.toml", words)
    kitchen.source("cook-2001", claim(kind="effect", more=ONE_BURNER), design="rct")
    kitchen.coupling("cook-2001.heat.steam")
    assert Grading(read_atlas(kitchen.root)).level("cook-2001.heat.steam") == "5"
    other = 'id = "burner-dries-kettle"\nfrom = "burner.on"\nto = "kettle.drying"\nsign = "raises"\ninput = true\n'
    kitchen.write("couplings/more.toml", f'[[coupling]]\n{other}claims = ["cook-2001.heat.steam"]\n')
    assert Grading(read_atlas(kitchen.root)).level("cook-2001.heat.steam") == "T"


def coupling_grade(kitchen, *claims, removed=()):
    kitchen.coupling(*claims)
    atlas = read_atlas(kitchen.root)
    return Grading(atlas, frozenset(removed)).coupling(atlas.couplings["heat-raises-steam"])


def test_a_coupling_takes_its_best_claim_and_falls_when_it_goes(kitchen):
    kitchen.source("cook-2001", claim(kind="risk"), design="cohort")
    kitchen.source("brewer-2002", claim("brewer-2002.heat.steam"), design="expert")
    names = ("cook-2001.heat.steam", "brewer-2002.heat.steam")
    grade = coupling_grade(kitchen, *names)
    assert (grade.level, grade.exists, grade.told_sign) == ("3", 0.7, 0.8)
    assert grade.articles == ("brewer-2002", "cook-2001")
    assert grade.statement == "cook-2001"
    fallen = coupling_grade(kitchen, *names, removed=names[:1])
    assert (fallen.level, fallen.exists, fallen.told_sign) == ("1", 0.5, 0.7)
    nothing = coupling_grade(kitchen, *names, removed=names)
    assert (nothing.level, nothing.exists) == ("0", 0.1)


def test_null_findings_do_not_support_a_coupling(kitchen):
    kitchen.source("cook-2001", claim(kind="risk", relation="no-difference"), design="cohort")
    grade = coupling_grade(kitchen, "cook-2001.heat.steam")
    assert (grade.level, grade.articles) == ("0", ())


def test_a_trial_with_several_routes_argues_and_no_more(kitchen):
    kitchen.source("cook-2001", claim(kind="effect", more='intervention = "stoking"'), design="rct")
    assert coupling_grade(kitchen, "cook-2001.heat.steam").level == "1"


def test_animals_alone_say_less_about_the_sign(kitchen):
    kitchen.source("cook-2001", claim(more='species = "animal"'), design="animal")
    assert coupling_grade(kitchen, "cook-2001.heat.steam").told_sign == 0.6


def test_repetition_counts_once(kitchen):
    kitchen.source("cook-2001", claim(), design="cohort")
    kitchen.source(
        "brewer-2002", claim("brewer-2002.heat.steam", more='primary = "cook-2001.heat.steam"'), design="expert"
    )
    kitchen.source("baker-2003", claim("baker-2003.heat.steam", more='primary = "cook-2001"'), design="expert")
    grade = coupling_grade(kitchen, "cook-2001.heat.steam", "brewer-2002.heat.steam", "baker-2003.heat.steam")
    assert grade.articles == ("cook-2001",)


def test_commercial_claims_count_as_no_support(kitchen):
    kitchen.source("cook-2001", claim(), design="commercial")
    grade = coupling_grade(kitchen, "cook-2001.heat.steam")
    assert (grade.level, grade.articles) == ("0", ())


def test_what_came_by_a_selected_body_shares_it(kitchen):
    kitchen.source("review-2001", design="narrative-review", more="selected_on_outcome = true")
    for name in ("cook-2001", "brewer-2002"):
        kitchen.source(name, claim(f"{name}.heat.steam"), design="expert", more='via = "review-2001"')
    both = ("cook-2001.heat.steam", "brewer-2002.heat.steam")
    assert coupling_grade(kitchen, *both).body == "review-2001"
    kitchen.source("baker-2003", claim("baker-2003.heat.steam"), design="expert")
    assert coupling_grade(kitchen, *both, "baker-2003.heat.steam").body is None


def test_knocking_out_a_source_takes_its_repeats_along(kitchen):
    kitchen.source("cook-2001", claim(), design="cohort")
    kitchen.source(
        "brewer-2002", claim("brewer-2002.heat.steam", more='primary = "cook-2001.heat.steam"'), design="expert"
    )
    atlas = read_atlas(kitchen.root)
    assert removed_by(atlas, sources=["cook-2001"]) == {"cook-2001.heat.steam", "brewer-2002.heat.steam"}
    assert removed_by(atlas, designs=["expert"]) == {"brewer-2002.heat.steam"}
    assert removed_by(atlas, levels=["2"]) == {"cook-2001.heat.steam", "brewer-2002.heat.steam"}
    with pytest.raises(SamenspelError, match="no claim"):
        removed_by(atlas, claims=["cook-2001.heat.steem"])


@pytest.mark.parametrize("how", ["half", "double"])
def test_the_ladder_varies_odds_and_leaves_certainty(atlas, how):
    varied, plain = atlas.need_ladder().varied(how), atlas.need_ladder()
    assert varied.row("5").exists == 1.0
    for row in plain.level:
        if row.exists not in (None, 1.0):
            odds, new = row.exists / (1 - row.exists), varied.row(row.level).exists
            assert new / (1 - new) == pytest.approx(odds * (0.5 if how == "half" else 2.0))
