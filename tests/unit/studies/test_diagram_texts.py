"""What the atlas of a drawing says of its numbers, in both languages."""

import pytest

from samenspel.evidence.diagram import Variable
from samenspel.studies import diagram_texts as texts
from samenspel.studies.diagram_files import Reading


@pytest.mark.parametrize("kind", ["stock", "auxiliary"])
def test_dutch_texts_have_decimal_commas(kind):
    reading = Reading(step=0.5, memory=1.5, bend=0.1)
    v = Variable(id="a", label="A", kind=kind, strength=-1.5)
    for pair in (texts.state(v, reading), texts.bend(reading), texts.question(v, v), texts.arm_pushed(v), texts.push(v)):
        numbers = [w for w in pair["en"].split() if any(c.isdigit() for c in w)]
        assert numbers
        for word in numbers:
            assert word.rstrip(".").replace(".", ",") in pair["nl"], word


def test_the_bend_says_where_it_is_straight():
    assert "within 1 SD" in texts.bend(Reading())["en"]
    assert "within 0.05 SD" in texts.bend(Reading(bend=0.1))["en"]
    assert "binnen 0,05 SD" in texts.bend(Reading(bend=0.1))["nl"]
