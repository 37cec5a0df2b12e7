"""What cannot be is refused on its line, with a cure; what is only strange is left alone."""

from __future__ import annotations

import re

import pytest

from samenspel.evidence.lint import check_folder

STUDY = """id = "boil"
question = {en = "x", nl = "x"}
weeks = 4.0
[[arm]]
id = "a"
en = "x"
nl = "x"
[[arm]]
id = "b"
en = "x"
nl = "x"
[arm.contact]
hours_per_week = 1.0
[[arm.inputs]]
input = "stove.gas"
value = 2.0
start = 1.0
stop = 14.0
from_hour = 6.0
to_hour = 12.0
[[arm]]
id = "c"
en = "x"
nl = "x"
[arm.exercise]
mode = "mixed"
minutes = 30.0
sessions_per_week = 2.0
supervision = "home"
weeks = 4.0
intensity = {start = 0.5, end = 0.6, of = "vo2max"}
[estimand]
population = "x >= 1"
comparator = "a"
treatment = "b"
outcome = "steam"
day = 14.0
responder_change = 1.0
after_stopping = "treatment-policy"
summary = "mean-difference"
sd = "none"
[recruitment]
enrich = {age = 1.0}
candidates = 100
settle_days = 10
"""
#: a line of the study → what cannot stand there
IMPOSSIBLE = [
    ("value = 2.0", "value = nan"), ("value = 2.0", "value = inf"), ("value = 2.0", "value = 1e300"),
    ("value = 2.0", 'value = "2"'), ("stop = 14.0", "stop = 400.0"), ("stop = 14.0", "stop = 0.0"),
    ("stop = 14.0", "stop = 13.5"), ("start = 1.0", "start = -3.0"), ("from_hour = 6.0", "from_hour = 22.0"),
    ("from_hour = 6.0", "from_hour = 25.0"), ("hours_per_week = 1.0", "hours_per_week = 500.0"),
    ("minutes = 30.0", "minutes = 1000.0"), ("sessions_per_week = 2.0", "sessions_per_week = 8.0"),
    ("weeks = 4.0\nintensity", "weeks = 9.0\nintensity"), ("weeks = 4.0\n[[arm]]", "weeks = 200000.0\n[[arm]]"),
    ('id = "c"', 'id = "a"'), ('comparator = "a"', 'comparator = "b"'), ('comparator = "a"', 'comparator = "nobody"'),
    ("day = 14.0", "day = 140.0"), ("day = 14.0", "day = 15.0"), ("responder_change = 1.0", "responder_change = 0.0"),
    ("enrich = {age = 1.0}", "enrich = {age = 50.0}"), ("candidates = 100", "candidates = 0"),
    ("candidates = 100", "candidates = 1.5"), ("candidates = 100", "candidates = 10000000000"),
    ("settle_days = 10", "settle_days = 10000000"), ('sd = "none"', 'sd = "nun"'), ('mode = "mixed"', "mode = true"),
    ('input = "stove.gas"', 'input = "Stove gas"'), ("intensity = {start = 0.5", "intensity = {start = 5.0"),
]  # fmt: skip
#: wording of the library that reads the records, which no author knows
FOREIGN = re.compile(r"Input should|validation|valid (string|number|dictionary|tuple)|Tuple|instance of|pydantic|keyword")


@pytest.mark.parametrize(("good", "wrong"), IMPOSSIBLE)
def test_what_cannot_be_is_refused_on_its_line(kitchen, good, wrong):
    text = STUDY.replace(good, wrong)
    assert text != STUDY
    kitchen.write("scenarios/boil.toml", text)
    issues = [i for i in check_folder(kitchen.root)[1] if i.rule == "schema"]
    assert len(issues) == 1, [str(i) for i in issues]
    assert text.split("\n")[issues[0].line - 1].startswith(wrong.split("\n")[0])
    assert issues[0].cure
    assert not FOREIGN.search(str(issues[0]))


@pytest.mark.parametrize(("good", "strange"), [
    ("value = 2.0", "value = -2.0"), ("stop = 14.0", "stop = 28.0"), ("hours_per_week = 1.0", "hours_per_week = 168.0"),
    ("enrich = {age = 1.0}", "enrich = {age = -5.0}"), ("weeks = 4.0\n[[arm]]", "weeks = 1040.0\n[[arm]]"),
])  # fmt: skip
def test_what_is_only_strange_is_left_alone(kitchen, good, strange):
    kitchen.write("scenarios/boil.toml", STUDY.replace(good, strange))
    assert [str(i) for i in check_folder(kitchen.root)[1] if i.rule == "schema"] == []


PEOPLE = """[[trait]]
id = "age"
en = "x"
nl = "x"
distribution = {kind = "normal", mean = 40.0, sd = 10.0}
assumption = {en = "x", nl = "x"}
[[trait]]
id = "height"
en = "x"
nl = "x"
distribution = {kind = "normal", mean = 1.7, sd = 0.1}
assumption = {en = "x", nl = "x"}
[[correlation]]
between = ["age", "height"]
value = 0.1
[[condition]]
id = "flu"
en = "x"
nl = "x"
prevalence = {kind = "point", value = 0.1}
assumption = {en = "x", nl = "x"}
[[event]]
id = "storm"
en = "x"
nl = "x"
rate_per_year = {kind = "point", value = 1.0}
days = 2.0
assumption = {en = "x", nl = "x"}
"""


@pytest.mark.parametrize(("good", "wrong"), [
    ("prevalence = {kind = \"point\", value = 0.1}", "prevalence = {kind = \"point\", value = 3.0}"),
    ("prevalence = {kind = \"point\", value = 0.1}", "prevalence = {kind = \"normal\", mean = 0.1, sd = 0.1}"),
    ("rate_per_year = {kind = \"point\", value = 1.0}", "rate_per_year = {kind = \"point\", value = -1.0}"),
    ('between = ["age", "height"]', 'between = ["age", "age"]'), ('between = ["age", "height"]', 'between = ["age"]'),
    ('between = ["age", "height"]', 'between = ["age", "size"]'), ("value = 0.1\n[[cond", "value = 1.1\n[[cond"),
    ("distribution = {kind = \"normal\", mean = 1.7, sd = 0.1}", "distribution = {kind = \"normal\", mean = 1.7, sd = -0.1}"),
    ("distribution = {kind = \"normal\", mean = 1.7, sd = 0.1}", "distribution = {kind = \"normal\", mean = 1e300, sd = 0.1}"),
    ("distribution = {kind = \"normal\", mean = 1.7, sd = 0.1}",
     "distribution = {kind = \"normal\", mean = 0.0, sd = 1.0, low = 50.0, high = 51.0}"),
    ("days = 2.0", "days = 0.0"),
])  # fmt: skip
def test_people_that_cannot_be_are_one_finding_and_no_other(kitchen, good, wrong):
    """A study that names the traits of a file with a mistake is not told that they are missing."""
    text = PEOPLE.replace(good, wrong)
    assert text != PEOPLE
    kitchen.write("people.toml", text)
    kitchen.write("scenarios/boil.toml", STUDY.replace('population = "x >= 1"', 'population = "age >= 18 and height > 1"'))
    issues = check_folder(kitchen.root)[1]
    (found,) = [i for i in issues if i.file == "people.toml" and i.severity == "error" and i.rule == "schema"]
    assert text.split("\n")[found.line - 1] == wrong.split("\n")[0]
    assert not [str(i) for i in issues if "'age'" in i.message and i.file != "people.toml"]
    assert not FOREIGN.search(str(found))


def test_a_list_is_not_called_too_short_where_its_entries_are_wrong(kitchen):
    kitchen.write("systems/pond.toml", 'id = "pond"\nen = "x"\nnl = "x"\n[[state]]\nid = "a"\nen = "x"\nnl = "x"\n'
                  'range = [5.0, 1.0]\nstart = 2.0\ntime_constant = 1.0\nassumption = {en = "x", nl = "x"}\n')  # fmt: skip
    (found,) = check_folder(kitchen.root)[1]
    assert (found.file, found.line) == ("systems/pond.toml", 8)
