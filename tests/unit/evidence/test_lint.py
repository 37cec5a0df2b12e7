"""Every rule is broken once, and says so with file, line and cure."""

import pytest

from samenspel.evidence.facts import COLUMNS
from samenspel.evidence.lint import RULES, check_folder, lint, load
from samenspel.evidence.lint_rule import Ends
from samenspel.evidence.split import role_of_family, role_of_source
from samenspel.quantities.errors import SamenspelError

from .conftest import claim

EFFECT = 'effect = {{metric = "SMD", value = {value}, low = {low}, high = {high}{level}}}'
CHECK = next(name for name in (f"cook-{year}" for year in range(1900, 2100)) if role_of_source(name) == "check")
TAUGHT = next(name for name in (f"cook-{year}" for year in range(1900, 2100)) if role_of_source(name) == "calibrate")
EXAMINED = next(name for name in (f"family-{n}" for n in range(100)) if role_of_family(name) == "check")
NOT_MODELLED = "original\tclaim\treason_en\nF1\tcook-2001.heat.steam\tno such measure\n"


SCENARIO = (
    'id = "boil"\nquestion = {en = "x", nl = "x"}\nweeks = 1.0\n[[arm]]\nid = "a"\nen = "x"\nnl = "x"\n[[arm]]\n'
    'id = "b"\nen = "x"\nnl = "x"\n[estimand]\npopulation = "x"\ncomparator = "a"\ntreatment = "b"\n'
    'outcome = "steem"\n'
    'day = 7.0\nafter_stopping = "treatment-policy"\nsummary = "mean-difference"\nsd = "none"\n'
)


def fact_table(source: str) -> str:
    cells = {"id": "F1", "family": EXAMINED, "study": "cross-section", "measure": "steam", "metric": "mean",
             "value": "1.0",
             "source": source, "claim": f"{source}.heat.steam", "original": "F1"}  # fmt: skip
    return "\t".join(COLUMNS) + "\n" + "\t".join(cells.get(column, "") for column in COLUMNS) + "\n"


def parameter(more: str, level: str = "world") -> str:
    return f'[[parameter]]\nid = "kettle.size"\nlevel = "{level}"\n{more}\n'


def effect(value=1.0, low=0.5, high=1.5, level=", level = 0.95"):
    return EFFECT.format(value=value, low=low, high=high, level=level)


BREAK = {
    "every-word-is-in-the-vocabulary": lambda k: k.source("cook-2001", claim(object="steem")),
    "claim-id-starts-with-its-source": lambda k: k.source("cook-2001", claim("brewer-2001.heat.steam")),
    "value-lies-in-its-interval": lambda k: k.source("cook-2001", claim(more=effect(value=2.0))),
    "interval-has-its-level": lambda k: k.source("cook-2001", claim(more=effect(level=""))),
    "level-is-a-share": lambda k: k.source("cook-2001", claim(more=effect(level=", level = 95.0"))),
    "one-doi-one-source": lambda k: [
        k.source(name,
            more='doi = "10.1000/ABC"' if name == "a-1" else 'doi = "10.1000/abc"') for name in ("a-1", "b-1")
    ],
    "sources-resolve": lambda k: k.source("cook-2001", more='via = "nobody"'),
    "primary-resolves": lambda k: k.source("cook-2001", claim(more='primary = "nobody-2001"')),
    "pooled-claim-says-what-it-pools": lambda k: k.source("cook-2001", claim(more=effect()), design="meta-analysis"),
    "printed-count-is-whole": lambda k: k.source("cook-2001", claim(more='printed = {unit = "item", by = "all"}')),
    "printed-table-is-there": lambda k: k.source("cook-2001", claim(more='values = "../secret.tsv"')),
    "claim-text-is-sober": lambda k: k.source("cook-2001", claim(en="This cure resets the kettle.")),
    "kin-are-words": lambda k: k.write("vocabulary/kin.toml", '[[kin]]\nnarrow = "lid"\nbroad = "top"\nby = "part"\n'),
    "remarks-resolve": lambda k: k.source("cook-2001", claim(more='note = "Contradicted by cook-2001.heat.stem."')),
    "referenced-claims-exist": lambda k: k.coupling("cook-2001.heat.steam"),
    "parameter-has-one-address": lambda k: k.write("parameters/kettle.toml", parameter("")),
    "number-has-an-address": lambda k: k.write(
        "reference.toml", '[[reference]]\nid = "steam"\nmean = 1.0\nsd = 1.0\n'
    ),
    "coupling-has-a-reason": lambda k: k.coupling(),
    "size-comes-from-level-five": lambda k: [
        k.source(TAUGHT, claim(f"{TAUGHT}.heat.steam")),
        k.coupling(f"{TAUGHT}.heat.steam", more=f'size = "{TAUGHT}.heat.steam"\ntrial = {{ days = 7.0, transport = "same" }}'),
    ],
    "total-effect-sets-no-parameter": lambda k: [
        k.source(TAUGHT, claim(f"{TAUGHT}.heat.steam", kind="effect", more=effect() + '\nintervention = "stoking"'),
                 design="rct"),
        k.write("parameters/kettle.toml", parameter(f'claim = "{TAUGHT}.heat.steam"')),
    ],
    "check-sources-teach-nothing": lambda k: [
        k.source(CHECK, claim(f"{CHECK}.heat.steam", more=effect())),
        k.write("parameters/kettle.toml", parameter(f'claim = "{CHECK}.heat.steam"')),
    ],
    "used-interval-has-its-level": lambda k: [
        k.source(TAUGHT, claim(f"{TAUGHT}.heat.steam", more=effect(level=""))),
        k.write("parameters/kettle.toml", parameter(f'claim = "{TAUGHT}.heat.steam"')),
    ],
    "retracted-sources-feed-nothing": lambda k: [
        k.source("cook-2001", claim(), more='status = "retracted"'), k.coupling("cook-2001.heat.steam"),
    ],
    "coupling-ends-exist": lambda k: [k.source("cook-2001", claim()), k.coupling("cook-2001.heat.steam")],
    "measures-read-something": lambda k: k.write(
        "measures.toml",
        '[[measure]]\nid = "steam"\nen = "x"\nnl = "x"\nkind = "continuous"\nreads = "kettle.steem"\n'
        'assumption = {en = "x", nl = "x"}\n',
    ),
    "people-reach-the-model": lambda k: k.write(
        "people.toml",
        '[[event]]\nid = "storm"\nen = "x"\nnl = "x"\nrate_per_year = {kind = "point", value = 1.0}\ndays = 2.0\n'
        'assumption = {en = "x", nl = "x"}\n[[event.push]]\ninput = "kettle.size"\nsize = 1.0\n',
    ),
    "parameters-belong-to-a-system": lambda k: k.write(
        "parameters/kettle.toml",
        parameter('distribution = {kind = "normal", mean = 1.0, sd = 1.0}\nassumption = {en = "x", nl = "x"}'),
    ),
    "side-by-side-has-rivals": lambda k: [k.source("cook-2001", claim()), k.coupling("cook-2001.heat.steam")],
    "levers-are-not-only-the-persons": lambda k: [
        k.source("cook-2001", claim()), k.coupling("cook-2001.heat.steam", more='lever = "person"'),
    ],
    "hypotheses-resolve": lambda k: k.write(
        "hypotheses/which.toml",
        'id = "which"\nquestion = {en = "x", nl = "x"}\n[[option]]\nid = "a"\nen = "x"\nnl = "x"\non = ["nothing"]\n'
        '[[option]]\nid = "b"\nen = "x"\nnl = "x"\n',
    ),
    "loops-resolve": lambda k: k.write(
        "loops.toml", '[[loop]]\nid = "l"\nen = "x"\nnl = "x"\nlinks = ["a", "b"]\nsign = "balancing"\n'
    ),
    "questions-resolve": lambda k: k.write(
        "questions/q.toml",
        '[[question]]\nid = "q"\nen = "x"\nnl = "x"\nwho = "cook"\nsource = "nobody"\n'
        'locator = "1"\nstatus = "no-data"\n',
    ),
    "systems-compose": lambda k: None,
    "scenarios-resolve": lambda k: k.write("scenarios/boil.toml", SCENARIO),
    "populations-can-be-asked": lambda k: k.write("scenarios/boil.toml", SCENARIO),
    "rules-do-not-circle": lambda k: k.write("measures.toml", "".join(
        f'[[measure]]\nid = "{a}"\nen = "x"\nnl = "x"\nkind = "criteria"\nrule = "{b} == 1"\n'
        'assumption = {en = "x", nl = "x"}\n' for a, b in (("steam", "lid"), ("lid", "steam")))),
    "units-fit": lambda k: k.write(
        "parameters/kettle.toml",
        '[[parameter]]\nid = "kettle.sise"\ndistribution = {kind = "point", value = 1.0}\nunit = "h"\n'
        'assumption = {en = "x", nl = "x"}\n',
    ),
    "manifest-resolves": lambda k: k.write("atlas.toml", (k.root / "atlas.toml").read_text() + 'scenario = "boyl"\n'),
    "plain-systems-have-names-of-their-own": lambda k: k.write(
        "systems/kettle.toml",
        'id = "kettle"\nen = "x"\nnl = "x"\n[[state]]\nid = "lid"\nen = "x"\nnl = "x"\nrange = [0.0, 1.0]\nstart = 0.5\n'
        'time_constant = 1.0\nassumption = {en = "x", nl = "x"}\n',
    ),
    "divisors-are-not-zero": lambda k: k.write(
        "parameters/kettle.toml",
        parameter('distribution = {kind = "normal", mean = 1.0, sd = 1.0}\nassumption = {en = "x", nl = "x"}'),
    ),
    "inputs-lie-in-their-range": lambda k: k.write("scenarios/boil.toml", SCENARIO.replace(
        "[estimand]", '[[arm.inputs]]\ninput = "stove.gas"\nvalue = 2.0\nassumption = {en = "x", nl = "x"}\n[estimand]')),
    "correlations-hold-together": lambda k: k.write("people.toml", "".join(
        f'[[trait]]\nid = "{name}"\nen = "x"\nnl = "x"\ndistribution = {{kind = "normal", mean = 0.0, sd = 1.0}}\n'
        'assumption = {en = "x", nl = "x"}\n' for name in "abc") + "".join(
        f'[[correlation]]\nbetween = ["{pair[0]}", "{pair[1]}"]\nvalue = {r}\n'
        for pair, r in (("ab", 0.9), ("bc", 0.9), ("ac", -0.9)))),
    "loops-close": lambda k: [k.coupling(), k.write(
        "loops.toml", '[[loop]]\nid = "l"\nen = "x"\nnl = "x"\nlinks = ["heat-raises-steam", "kettle.steam"]\nsign = "balancing"\n')],
    "mechanism-claims-have-one-fate": lambda k: [
        k.write("atlas.toml", (k.root / "atlas.toml").read_text() + 'ledger = ["cook-2001"]\n'),
        k.source("cook-2001", claim(kind="mechanism")),
    ],
    "facts-are-readable": lambda k: k.write("facts/kettle.tsv", "id\tfamily\nF1\n"),
    "facts-have-claims": lambda k: k.write("facts/not-modelled.tsv", NOT_MODELLED),
    "roles-are-written-down": lambda k: k.write("facts/split.toml", "[rule]\n"),
    "no-fact-is-asked-about-itself": lambda k: [
        k.source(TAUGHT, claim(f"{TAUGHT}.heat.steam", more=effect())),
        k.write("parameters/kettle.toml", parameter(f'claim = "{TAUGHT}.heat.steam"')),
        k.write("facts/kettle.tsv", fact_table(TAUGHT)),
    ],
    "model-texts-are-in-dutch-too": lambda k: [
        k.source("cook-2001", claim()), k.coupling("cook-2001.heat.steam"),
        k.write("couplings/heat-raises-steam.toml", (k.root / "couplings/heat-raises-steam.toml").read_text().replace(
            'nl = "Warmte geeft meer stoom."\n', "")),
    ],
}  # fmt: skip
ENDS = Ends(
    frozenset({"stove.heet"}), frozenset({"kettle.worming"}), parameters=frozenset({"kettle.sise"}),
    units={"kettle.sise": "ml"}, divisors=lambda: frozenset({"kettle.size"}), ranges={"stove.gas": (0.0, 1.0)},
    shared=frozenset({"kettle"}), composes=lambda _: SamenspelError("no system 'kettle'.", cure="Correct it."),
)  # fmt: skip


def test_every_rule_is_one_sentence_and_has_an_example():
    assert {rule.name for rule in RULES} == set(BREAK)
    assert len({rule.name for rule in RULES}) == len(RULES)
    for rule in RULES:
        assert rule.sentence.endswith(".")
        assert rule.severity in ("error", "warning")


@pytest.mark.parametrize("name", sorted(BREAK))
def test_a_broken_rule_says_where_and_what_to_do(kitchen, name):
    BREAK[name](kitchen)
    atlas, issues = check_folder(kitchen.root, ENDS)
    assert atlas is not None
    found = [issue for issue in issues if issue.rule == name]
    assert found, [str(issue) for issue in issues]
    for issue in found:
        assert (kitchen.root / issue.file).exists()
        assert issue.cure


def test_a_clean_kitchen_has_no_findings(kitchen):
    kitchen.source("cook-2001", claim(kind="course"), design="cohort")
    kitchen.coupling("cook-2001.heat.steam")
    ends = Ends(frozenset({"stove.heat"}), frozenset({"kettle.warming"}))
    assert check_folder(kitchen.root, ends)[1] == []


def test_a_scenario_says_on_which_line_it_names_what_is_not_there(kitchen):
    """Input, population, unit and enrichment, each with the line it stands on and the nearest right word."""
    text = SCENARIO.replace('nl = "x"\n[estimand]', 'nl = "x"\n[[arm.inputs]]\ninput = "stove.gass"\nvalue = 1.0\n'
                            'assumption = {en = "x", nl = "x"}\n[estimand]')  # fmt: skip
    text = text.replace('population = "x"', 'population = "age >= 18 and agee < 60"') + "[recruitment]\nenrich = {aeg = 1.0}\n"
    kitchen.write("scenarios/boil.toml", text)
    kitchen.write("people.toml", '[[trait]]\nid = "age"\nen = "x"\nnl = "x"\nunit = "year"\n'
                  'distribution = {kind = "normal", mean = 1.0, sd = 1.0}\nassumption = {en = "x", nl = "x"}\n')  # fmt: skip
    ends = Ends(frozenset(), frozenset(), inputs=frozenset({"stove.gas"}), units={"stove.gas": "h"})
    lines = text.split("\n")
    found = {lines[i.line - 1]: i.cure for i in check_folder(kitchen.root, ends)[1] if i.file == "scenarios/boil.toml"}
    assert "stove.gas" in found['input = "stove.gass"']
    assert "age" in found['population = "age >= 18 and agee < 60"']
    assert "age" in found["enrich = {aeg = 1.0}"]
    kitchen.write("scenarios/boil.toml", text.replace("gass", "gas").replace("agee", "age").replace("aeg", "age"))
    rules = {i.rule for i in check_folder(kitchen.root, ends)[1] if i.file == "scenarios/boil.toml"}
    assert "units-fit" in rules
    assert "populations-can-be-asked" not in rules


@pytest.mark.parametrize("wrong", ["day = 8.0", "measured_day = 7.0", 'after_stopping = "hypothetical"', 'summary = "ratio"'])
def test_an_estimand_that_no_run_computes_is_refused_on_its_line(kitchen, wrong):
    name = wrong.split(" ")[0]
    kept = [line for line in SCENARIO.split("\n") if not line.startswith(f"{name} = ")]
    lines = "\n".join(kept).replace("[estimand]", f"[estimand]\n{wrong}").split("\n")
    kitchen.write("scenarios/boil.toml", "\n".join(lines))
    (found,) = [i for i in check_folder(kitchen.root)[1] if i.rule == "schema"]
    assert (found.file, lines[found.line - 1]) == ("scenarios/boil.toml", wrong)


def test_a_second_entry_of_one_id_is_shown_on_its_own_line(kitchen):
    trait = '[[trait]]\nid = "age"\nen = "x"\nnl = "x"\ndistribution = {kind = "normal", mean = 1.0, sd = 1.0}\n'
    kitchen.write("people.toml", 2 * (trait + 'assumption = {en = "x", nl = "x"}\n'))
    kitchen.source("cook-2001", claim(), claim())
    found = {(i.file, i.line): i.message for i in check_folder(kitchen.root)[1] if i.rule == "duplicate-id"}
    text = (kitchen.root / "sources/cook-2001.toml").read_text().split("\n")
    second = [n for n, line in enumerate(text, 1) if line == "[[claim]]"][1]
    assert set(found) == {("people.toml", 7), ("sources/cook-2001.toml", second)}
    assert "people.toml:1" in found["people.toml", 7]


def test_suspect_values_may_lie_outside_their_interval(kitchen):
    kitchen.source("cook-2001", claim(more=effect(value=2.0) + '\nsuspect = "printed so"'))
    assert check_folder(kitchen.root)[1] == []


def test_load_names_the_first_error_and_how_many_are_left(kitchen):
    kitchen.source("cook-2001", claim(object="steem"), claim("cook-2001.heat.lid", object="lit"))
    with pytest.raises(SamenspelError, match="1 more"):
        load(kitchen.root)


def test_a_misspelt_word_gets_its_nearest(kitchen):
    kitchen.source("cook-2001", claim(object="steem"))
    (issue,) = check_folder(kitchen.root)[1]
    assert "steam" in issue.cure


def test_the_order_of_rules_does_not_matter(kitchen):
    kitchen.source(
        "cook-2001", claim(object="steem", en="A cure."), claim("cook-2001.heat.lid", more=effect(value=9.0))
    )
    atlas, _ = check_folder(kitchen.root)
    assert lint(atlas, rules=RULES) == lint(atlas, rules=RULES[::-1])


def test_the_shipped_atlas_has_no_errors():
    atlas, issues = check_folder()
    assert atlas is not None
    assert [str(issue) for issue in issues if issue.severity == "error"] == []
